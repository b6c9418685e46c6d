import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { seededRuns } from "../../../test/support/seeded.ts"
import { AccountRateLimited, CircuitOpen } from "../errors.ts"
import { type Http, HttpFailure } from "../Http.ts"
import { clientOver } from "../make.ts"
import { createWebhooks } from "../webhooks/createWebhooks.ts"
import { interactionsOf, readInteractions } from "./interactions.ts"
import { MockTwilioClient, NotAsExpected } from "./MockTwilioClient.ts"
import { magicRecipients, magicSenders } from "./magicNumbers.ts"
import { makeMemoryApi } from "./memoryApi.ts"
import { readRecording } from "./readRecording.ts"
import { makeRecorder } from "./recorder.ts"
import { makeReplayer, NotRecorded } from "./replayer.ts"

const accountSid = `AC${"1".repeat(32)}`
const authToken = "marked0token7Q"
const [ann, bob, ours] = ["+15551234567", "+15557654321", "+15559876543"]

const quiet = { accountSid, authToken, limits: false, circuitBreaker: false, retry: false, from: ours } as const
const over = (http: Http) => Either.getOrThrow(clientOver(http, quiet))
const rejection = async (promise: Promise<unknown>): Promise<{ readonly _tag?: string; readonly code?: number }> => {
  try {
    await promise
  } catch (error) {
    return error as object
  }
  throw new Error("was not rejected")
}
const thrown = (part: () => void): Error => {
  try {
    part()
  } catch (error) {
    return error as Error
  }
  throw new Error("did not throw")
}

describe("The mock", () => {
  it("sends what the real client would, and keeps it", async () => {
    const mock = new MockTwilioClient({ from: ours })
    const message = await mock.client.messages.send({ to: "(555) 123-4567", body: "Hi" })
    strictEqual(message.to, ann)
    strictEqual(message.status, "queued")
    deepStrictEqual(await mock.client.messages.get(message.sid), message)
    deepStrictEqual(
      mock.sent.map(({ request }) => request.body),
      ["Hi"],
    )
    strictEqual((await rejection(mock.client.messages.send({ to: "nobody", body: "Hi" })))._tag, "InvalidRecipient")
    strictEqual((await rejection(mock.client.messages.send({ to: ann, body: "Hi", sendAt: new Date(0) }))).code, 35118)
  })
  it("verifies what was expected", async () => {
    const mock = new MockTwilioClient().expectSend(ann).expectSend({ to: bob, body: /code \d+/ }, 2)
    await mock.client.messages.sendBulk([
      { to: bob, body: "code 1" },
      { to: ann, body: "anything" },
      { to: bob, body: "code 22" },
    ])
    mock.verify()
    mock.reset()
    mock.verify()
  })
  it("tells the difference when something is missing or too much", async () => {
    const mock = new MockTwilioClient({ from: ours }).expectSend({ to: ann, body: "Your code is *" }).expectSend(bob, 2)
    await mock.client.messages.send({ to: bob, body: "Hello" })
    await mock.client.messages.send({ to: ann, body: "Your cod is 12" })
    const error = thrown(() => mock.verify())
    assertTrue(error instanceof NotAsExpected)
    strictEqual(
      error.message,
      [
        'expected to "+15551234567", body "Your code is *"',
        '  nearest: to "+15551234567", from "+15559876543", body "Your cod is 12"',
        '    body: expected "Your code is *", sent "Your cod is 12"',
        'expected 2 times, sent 1 times: to "+15557654321"',
        '  nearest: to "+15551234567", from "+15559876543", body "Your cod is 12"',
        '    to: expected "+15557654321", sent "+15551234567"',
        "",
        "sent, and not expected:",
        '  to "+15551234567", from "+15559876543", body "Your cod is 12"',
      ].join("\n"),
    )
  })
  it("says that nothing was sent", () => {
    const mock = new MockTwilioClient().expectSend(ann)
    strictEqual(thrown(() => mock.verify()).message, `expected to "${ann}"\n  and nothing else was sent`)
  })
  it("answers as it was told, also when the message is read later", async () => {
    const mock = new MockTwilioClient().withResponse(ann, { status: "undelivered", errorCode: 30003 })
    const { client } = mock
    const { sid, status } = await client.messages.send({ to: ann, body: "Hi" })
    strictEqual(status, "undelivered")
    strictEqual((await client.messages.get(sid)).errorCode, 30003)
    const listed: Array<string> = []
    for await (const message of client.messages.list()) listed.push(message.status)
    deepStrictEqual(listed, ["undelivered"])
    const [many] = await client.messages.getMany([sid])
    assertTrue(many?.ok === true && many.value.status === "undelivered")
  })
  it("fails as it was told, so often, with what is no answer of Twilio too", async () => {
    const mock = new MockTwilioClient()
      .simulateFailure(new AccountRateLimited({ message: "slow down", status: 429 }), ann, 2)
      .simulateFailure(new CircuitOpen({ message: "open" }))
    const send = (to: string) => mock.client.messages.send({ to, body: "Hi" })
    strictEqual((await rejection(send(ann)))._tag, "AccountRateLimited")
    strictEqual((await rejection(send(bob)))._tag, "CircuitOpen")
    strictEqual((await rejection(send(ann)))._tag, "AccountRateLimited")
    strictEqual((await send(ann)).to, ann)
    deepStrictEqual(
      mock.sent.map(({ error }) => error),
      ["AccountRateLimited", "CircuitOpen", "AccountRateLimited", undefined],
    )
  })
  it("knows the magic numbers", async () => {
    const { client } = new MockTwilioClient()
    const codeOf = async (to: string, from: string = magicSenders.accepted) =>
      (await rejection(client.messages.send({ to, from, body: "Hi" }))).code
    deepStrictEqual(
      await Promise.all(Object.values(magicRecipients).map((to) => codeOf(to))),
      [21211, 21612, 21408, 21610, 21614],
    )
    deepStrictEqual(
      await Promise.all(
        [magicSenders.invalid, magicSenders.notOwned, magicSenders.queueFull].map((from) => codeOf(ann, from)),
      ),
      [21212, 21606, 21611],
    )
  })
  it("makes webhooks for an application's handlers, another one each time", async () => {
    const mock = new MockTwilioClient({ authToken })
    const { inbound, optOuts } = createWebhooks({ authToken, log: () => {} }).onMessage(({ body }) => `got ${body}`)
    const says = async (body: string) => {
      const answer = await inbound.fetch(mock.receive("https://a.example/sms", { from: ann, to: ours, body }))
      return [answer.status, (await answer.text()).includes(`got ${body}`)]
    }
    deepStrictEqual(await says("Hello"), [200, true])
    deepStrictEqual(await says("Hello"), [200, true])
    deepStrictEqual(await says("STOP"), [200, true])
    strictEqual((await Effect.runPromise(optOuts.list)).length, 1)
  })
})

/** What an application does in a session, told as plain data. */
const session = (http: Http) =>
  Effect.gen(function* () {
    const { messages } = over(http)
    const told: Array<unknown> = []
    const first = yield* messages.send({
      to: ann,
      body: "Grüße & more",
      mediaUrl: ["https://a.example/1.png", "https://a.example/2.png"],
    })
    told.push(first, yield* messages.get(first.sid))
    told.push(yield* Effect.flip(messages.send({ to: magicRecipients.optedOut, body: "Hi" })))
    told.push(yield* Effect.flip(messages.get(`SM${"9".repeat(32)}`)))
    for (let i = 0; i < 3; i++) yield* messages.send({ to: bob, body: `n ${i}` })
    told.push(yield* Stream.runCollect(messages.list({ to: bob, pageSize: 2 })).pipe(Effect.map((all) => [...all])))
    return told.map((each) => JSON.parse(JSON.stringify(each)))
  })

const recorded = Effect.gen(function* () {
  const recorder = makeRecorder(makeMemoryApi({ accountSid }))
  const told = yield* session(recorder.http)
  return { recorder, told }
})

describe("A recording", () => {
  it.effect("replays to the same application as it was, from interactions and from recorded traffic", () =>
    Effect.gen(function* () {
      const { recorder, told } = yield* recorded
      yield* TestClock.adjust("1 hour")
      const interactions = Either.getOrThrow(readInteractions(recorder.interactions()))
      const traffic = Either.getOrThrow(readRecording(recorder.traffic()))
      deepStrictEqual(Either.getOrThrow(readRecording(recorder.interactions())).exchanges, interactions)
      deepStrictEqual(traffic.faults, [])
      strictEqual(interactions.length, recorder.exchanges().length)
      for (const exchanges of [interactions, traffic.exchanges, recorder.exchanges()]) {
        const replayer = makeReplayer(exchanges)
        deepStrictEqual(yield* session(replayer.http), told)
        deepStrictEqual(replayer.unused(), [])
      }
    }),
  )
  it.effect("has the format of the specification", () =>
    Effect.gen(function* () {
      const recorder = makeRecorder(makeMemoryApi({ accountSid }))
      const { sid } = yield* over(recorder.http).messages.send({ to: ann, body: "Hi" })
      const [{ request, response, timestamp }] = JSON.parse(recorder.interactions()).interactions
      deepStrictEqual(request, {
        method: "POST",
        path: `/Accounts/${accountSid}/Messages.json`,
        body: { To: ann, From: ours, Body: "Hi" },
      })
      deepStrictEqual([response.status, response.body.sid, timestamp], [201, sid, "1970-01-01T00:00:00.000Z"])
    }),
  )
  it.effect("holds no credentials, wherever they were", () =>
    Effect.gen(function* () {
      const recorder = makeRecorder(makeMemoryApi({ accountSid }))
      const { messages } = over(recorder.http)
      yield* messages.send({
        to: ann,
        body: `my token is ${authToken}`,
        statusCallback: `https://u:${authToken}@a.example/x?t=${authToken}`,
      })
      for (const text of [recorder.interactions(), recorder.traffic()]) {
        strictEqual(text.includes(authToken), false)
        strictEqual(text.includes(Buffer.from(`${accountSid}:${authToken}`).toString("base64")), false)
        assertTrue(text.includes(accountSid))
      }
    }),
  )
  it.effect("keeps stand-ins for numbers and texts, when asked", () =>
    Effect.gen(function* () {
      const recorder = makeRecorder(makeMemoryApi({ accountSid }), { keepNumbers: false, keepBodies: false, salt: "s" })
      yield* over(recorder.http).messages.send({ to: ann, body: "Meet me at noon" })
      for (const text of [recorder.interactions(), recorder.traffic()]) {
        strictEqual(text.includes(ann.slice(1)), false)
        strictEqual(text.includes("noon"), false)
      }
    }),
  )
  it.effect("keeps failures, and whether the request had left", () =>
    Effect.gen(function* () {
      let n = 0
      const http: Http = {
        send: () => {
          n++
          return new HttpFailure({ reason: n === 1 ? "connect" : "timeout", left: n > 1, message: "no" })
        },
      }
      const recorder = makeRecorder(http)
      const twice = (way: Http) =>
        Effect.gen(function* () {
          const { messages } = over(way)
          return [
            (yield* Effect.flip(messages.send({ to: ann, body: "1" })))._tag,
            (yield* Effect.flip(messages.send({ to: ann, body: "2" })))._tag,
          ]
        })
      const told = yield* twice(recorder.http)
      deepStrictEqual(told, ["ConnectionFailed", "OutcomeUnknown"])
      for (const exchanges of [recorder.exchanges(), Either.getOrThrow(readInteractions(recorder.interactions()))])
        deepStrictEqual(yield* twice(makeReplayer(exchanges).http), told)
    }),
  )
  it.effect("has a limit, and says what it lost", () =>
    Effect.gen(function* () {
      const recorder = makeRecorder(makeMemoryApi({ accountSid }), { max: 2 })
      for (let i = 0; i < 5; i++) yield* over(recorder.http).messages.send({ to: ann, body: `${i}` })
      deepStrictEqual([recorder.exchanges().length, recorder.lost()], [2, 3])
    }),
  )

  const sends = FastCheck.array(
    FastCheck.record({
      to: FastCheck.constantFrom(ann, bob),
      body: FastCheck.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => text.trim() !== ""),
    }),
    { minLength: 1, maxLength: 5 },
  )
  it.effect.prop(
    "survives being written and read, whatever it holds",
    [sends],
    ([requests]) =>
      Effect.gen(function* () {
        const recorder = makeRecorder(makeMemoryApi({ accountSid }))
        const told = yield* over(recorder.http).messages.sendBulk(requests)
        const read = Either.getOrThrow(readInteractions(recorder.interactions()))
        strictEqual(interactionsOf(read), recorder.interactions())
        deepStrictEqual(yield* over(makeReplayer(read).http).messages.sendBulk(requests, { concurrency: 1 }), told)
      }),
    seededRuns(30),
  )
})

describe("A replayer", () => {
  const missOf = (http: Http, body: string, more = {}) =>
    Effect.map(Effect.exit(over(http).messages.send({ to: ann, body, ...more })), (exit) => {
      assertTrue(Exit.isFailure(exit))
      const defect = Cause.squash(exit.cause)
      assertTrue(defect instanceof NotRecorded)
      return defect.message
    })
  it.effect("says what comes nearest to a request it does not know", () =>
    Effect.gen(function* () {
      const recorder = makeRecorder(makeMemoryApi({ accountSid }))
      yield* over(recorder.http).messages.send({ to: ann, body: "Hi", validityPeriod: 60 })
      const replayer = makeReplayer(recorder.exchanges())
      const path = `/2010-04-01/Accounts/${accountSid}/Messages.json`
      strictEqual(
        yield* missOf(replayer.http, "Ho"),
        [
          `nothing was recorded for POST ${path} Body="Ho" From="${ours}" To="${ann}"`,
          `nearest: POST ${path}`,
          '  - Body="Hi"',
          '  - ValidityPeriod="60"',
          '  + Body="Ho"',
        ].join("\n"),
      )
      deepStrictEqual(replayer.unused(), [`POST ${path} Body="Hi" From="${ours}" To="${ann}" ValidityPeriod="60"`])
      strictEqual(
        yield* missOf(makeReplayer([]).http, "Hi"),
        `nothing was recorded for POST ${path} Body="Hi" From="${ours}" To="${ann}"\nthe recording holds no request`,
      )
    }),
  )
  it.effect("gives each answer once, in order, or the last one again", () =>
    Effect.gen(function* () {
      const recorder = makeRecorder(makeMemoryApi({ accountSid }))
      const send = (http: Http) => Effect.map(over(http).messages.send({ to: ann, body: "Hi" }), ({ sid }) => sid)
      const sids = [yield* send(recorder.http), yield* send(recorder.http)]
      const once = makeReplayer(recorder.exchanges())
      deepStrictEqual([yield* send(once.http), yield* send(once.http)], sids)
      assertTrue((yield* missOf(once.http, "Hi")).startsWith("was recorded 2 times, and is asked for once more"))
      const again = makeReplayer(recorder.exchanges(), { mode: "repeat-last" })
      deepStrictEqual([yield* send(again.http), yield* send(again.http), yield* send(again.http)], [...sids, sids[1]])
    }),
  )
  it.effect("does not look at what it was told to ignore", () =>
    Effect.gen(function* () {
      const recorder = makeRecorder(makeMemoryApi({ accountSid }))
      yield* over(recorder.http).messages.send({ to: ann, body: "code 1" })
      const replayer = makeReplayer(recorder.exchanges(), { ignore: ["Body"] })
      strictEqual((yield* over(replayer.http).messages.send({ to: ann, body: "code 2" })).body, "code 1")
    }),
  )
})

describe("A document of interactions", () => {
  const faults: ReadonlyArray<readonly [text: string, expected: string]> = [
    ["", "a document of interactions"],
    ["[]", "a document of interactions"],
    ["{}", "a list in interactions"],
    ['{"interactions":[1]}', "an object at 0 in interactions"],
    ['{"interactions":[{"request":{},"response":{}}]}', "a text in interactions[0].request.path"],
    [
      '{"interactions":[{"request":{"method":"GET","path":"x"},"response":{}}]}',
      "a path in interactions[0].request.path",
    ],
    [
      '{"interactions":[{"request":{"method":"GET","path":"/x"},"response":{"status":1}}]}',
      "an integer from 100 to 599 in interactions[0].response.status",
    ],
    [
      '{"interactions":[{"request":{"method":"POST","path":"/x","body":{"To":1}},"response":{"status":200}}]}',
      "a text, or a list of texts in interactions[0].request.body.To",
    ],
    [
      '{"interactions":[{"request":{"method":"GET","path":"/x"},"response":{"status":200},"timestamp":"noon"}]}',
      "an instant in interactions[0].timestamp",
    ],
  ]
  it.each(faults)("that is none is refused with its place: %s", (text, expected) => {
    const read = readInteractions(text)
    assertTrue(Either.isLeft(read))
    strictEqual(read.left.expected, expected)
  })
  it("as the specification shows it is read", () => {
    const text = `{"interactions":[{"request":{"method":"POST","path":"/Accounts/${accountSid}/Messages.json","body":{"To":"${ann}"}},"response":{"status":201,"body":{"sid":"SM1"}},"timestamp":"2025-01-01T00:00:00Z"}]}`
    const [exchange] = Either.getOrThrow(readInteractions(text))
    strictEqual(exchange?.request.url, `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`)
    strictEqual(exchange?.at, Date.parse("2025-01-01T00:00:00Z"))
  })
})
