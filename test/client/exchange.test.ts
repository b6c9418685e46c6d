import { afterEach, beforeEach, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import {
  type CreateOptions,
  createClient,
  OutcomeUnknown,
  type SendRequest,
  type SmsClient,
  TwilioSmsError,
} from "../../src/client/client.ts"
import { type Ringback, type Settings, start } from "../../src/testing/testing.ts"
import { hurried } from "../support/hurried.ts"

/* The client against the exchange, over real HTTP. */

const [to, from] = ["+15551234567", "+15550000001"]
const hello = { to, from, body: "Hello" }

let ringback: Ringback
let client: SmsClient
const open = async (settings: Settings = {}, options: Partial<CreateOptions> = {}) => {
  ringback = await start({ settings })
  client = clientOf(options)
}
const clientOf = (options: Partial<CreateOptions> = {}) =>
  createClient({
    accountSid: ringback.accountSid,
    authToken: ringback.authToken,
    baseUrl: ringback.url,
    limits: false,
    ...options,
  })
afterEach(async () => {
  client.close()
  await ringback.stop()
})

const failing = async (call: Promise<unknown>): Promise<TwilioSmsError> => {
  try {
    await call
  } catch (error) {
    assertTrue(error instanceof TwilioSmsError, String(error))
    return error
  }
  throw new Error("the call did not fail")
}
const taggedLike = async (call: Promise<unknown>) => {
  const { _tag, code, status } = (await failing(call)) as TwilioSmsError & { readonly code: number }
  return [_tag, code, status]
}

describe("The client against the exchange", () => {
  beforeEach(() => open({ twilio: { allowed_from_numbers: [from] } }))

  it("sends, and reads back what became of it", async () => {
    const sent = await client.messages.send(hello)
    deepStrictEqual(
      [sent.to, sent.from, sent.body, sent.status, sent.direction, sent.numSegments, sent.dateSent],
      [to, from, "Hello", "queued", "outbound-api", 1, null],
    )
    deepStrictEqual(sent.dateCreated, ringback.clock.now())
    await ringback.clock.advance("1m")
    const later = await client.messages.get(sent.sid)
    deepStrictEqual([later.status, later.price, later.errorCode], ["delivered", "-0.00750", null])
  })

  it("sends media", async () => {
    const sent = await client.messages.send({ ...hello, mediaUrl: ["https://media.test/1.png"] })
    deepStrictEqual([sent.sid.slice(0, 2), sent.numMedia], ["MM", 1])
  })

  it("sends in bulk: outcomes in order, one that fails is a value", async () => {
    const outcomes = await client.messages.sendBulk(
      [hello, { ...hello, to: "nobody" }, { ...hello, from: "+15557777777" }, { ...hello, body: "last" }],
      { concurrency: 2 },
    )
    deepStrictEqual(
      outcomes.map((one) => (one.ok ? one.value.body : [one.error._tag, one.error.status])),
      ["Hello", ["InvalidRecipient", undefined], ["InvalidSender", 400], "last"],
    )
  })

  it("reads several, each in its place and asked for once", async () => {
    const [a, b] = [await client.messages.send(hello), await client.messages.send({ ...hello, body: "b" })]
    const none = `SM${"0".repeat(32)}`
    const before = ringback.log.entries({ type: "api.requested" }).length
    const found = await client.messages.getMany([b.sid, none, a.sid, b.sid])
    deepStrictEqual(
      found.map((one) => (one.ok ? one.value.body : one.error._tag)),
      ["b", "NotFound", "Hello", "b"],
    )
    strictEqual(ringback.log.entries({ type: "api.requested" }).length - before, 3)
  })

  it("lists page by page, as far as it is asked", async () => {
    for (let i = 0; i < 5; i++) await client.messages.send({ ...hello, body: `${i}` })
    await client.messages.send({ ...hello, to: "+15551234568" })
    const bodies: Array<string> = []
    for await (const { body } of client.messages.list({ to, pageSize: 2 })) bodies.push(body)
    deepStrictEqual(bodies, ["4", "3", "2", "1", "0"])
    const asked = () => ringback.log.entries({ type: "api.requested" }).length
    const before = asked()
    for await (const { body } of client.messages.list({ to, pageSize: 2 })) if (body === "3") break
    strictEqual(asked() - before, 1)
    const pages: Array<readonly [number, number, boolean]> = []
    for await (const { index, isLast, items } of client.messages.pages({ to, pageSize: 2 }))
      pages.push([index, items.length, isLast])
    deepStrictEqual(pages, [
      [0, 2, false],
      [1, 2, false],
      [2, 1, true],
    ])
    const two: Array<string> = []
    for await (const { body } of client.messages.list({ to, pageSize: 1, limit: 2 })) two.push(body)
    deepStrictEqual(two, ["4", "3"])
  })

  it("lists by the day and the instant of sending", async () => {
    await client.messages.send(hello)
    await ringback.clock.advance("2d")
    await client.messages.send({ ...hello, body: "later" })
    await ringback.clock.advance("1m")
    const bodies = async (filter: Parameters<typeof client.messages.list>[0]) => {
      const found: Array<string> = []
      for await (const { body } of client.messages.list(filter)) found.push(body)
      return found
    }
    deepStrictEqual(await bodies({ dateSent: new Date("2026-01-01T18:00:00Z") }), ["Hello"])
    deepStrictEqual(await bodies({ dateSentAfter: new Date("2026-01-02T00:00:00Z") }), ["later"])
    deepStrictEqual(await bodies({ dateSentBefore: new Date("2026-01-02T00:00:00Z") }), ["Hello"])
  })

  it("rejects with the class of Twilio's error", async () => {
    deepStrictEqual(await taggedLike(client.messages.get(`SM${"0".repeat(32)}`)), ["NotFound", 20404, 404])
    const other = clientOf({ authToken: "wrong" })
    deepStrictEqual(await taggedLike(other.messages.send(hello)), ["InvalidCredentials", 20003, 401])
    deepStrictEqual(await taggedLike(client.messages.get("x/../y")), ["InvalidRequest", undefined, undefined])
    const sent = await client.messages.send(hello)
    deepStrictEqual(await taggedLike(client.messages.cancel(sent.sid)), ["NotCancelable", 30409, 409])
  })

  it("learns of opt-outs by Twilio's refusal, and asks no more", async () => {
    await ringback.inbound({ from: to, to: from, body: "STOP" })
    const asked = () => ringback.log.entries({ type: "api.requested" }).length
    const before = asked()
    for (const status of [400, undefined])
      deepStrictEqual(await taggedLike(client.messages.send(hello)), ["OptedOut", 21610, status])
    strictEqual(asked() - before, 1)
    strictEqual(await client.optOuts.isOptedOut({ recipient: to, sender: from }), true)
  })

  it("aborts with the signal's reason, and sends nothing when it is aborted already", async () => {
    const reason = new Error("no longer wanted")
    const before = ringback.log.entries().length
    await client.messages.send(hello, { signal: AbortSignal.abort(reason) }).then(
      () => assertTrue(false),
      (error: unknown) => strictEqual(error, reason),
    )
    strictEqual(ringback.log.entries().length, before)
  })
})

describe("A scheduled message", () => {
  const messagingServiceSid = `MG${"7".repeat(32)}`
  beforeEach(() => open())

  it("is canceled, and canceling it again is canceling it", async () => {
    const sendAt = new Date(ringback.clock.now().getTime() + 3_600_000)
    const sent = await client.messages.send({ to, messagingServiceSid, body: "Later", sendAt })
    strictEqual(sent.status, "scheduled")
    strictEqual((await client.messages.cancel(sent.sid)).status, "canceled")
    strictEqual((await client.messages.cancel(sent.sid)).status, "canceled")
    await ringback.clock.advance("2h")
    strictEqual((await client.messages.get(sent.sid)).status, "canceled")
  })
})

const quietly = <A>(effect: Effect.Effect<A>) => Effect.runPromise(Logger.withMinimumLogLevel(effect, LogLevel.None))

describe("A send whose answer is lost", () => {
  const messages = () => ringback.messages.list({ to }).length
  const lost = (drop: "answer" | "request", percent = 100): Settings => ({
    twilio: { faults: [{ method: "POST", drop, percent }] },
  })

  /** Its waits take less than they say. */
  const send = async (request: SendRequest) => {
    const ended = await quietly(hurried(Effect.either(client.effect.messages.send(request))))
    if (Either.isLeft(ended)) throw ended.left
    return ended.right
  }

  it("is not repeated: one message, and the error says that it may exist", async () => {
    await open(lost("answer"))
    const error = await failing(send(hello))
    assertTrue(error instanceof OutcomeUnknown)
    strictEqual((error.cause as Error).name, "ConnectionFailed")
    strictEqual(messages(), 1)
  })

  it("is found by looking: one message, and it is given", async () => {
    await open(lost("answer"), { onAmbiguous: "check" })
    const sent = await client.messages.send(hello)
    deepStrictEqual(
      ringback.messages.list({ to }).map(({ sid }) => sid),
      [sent.sid],
    )
  })

  it("is told from others of the same text", async () => {
    await open(lost("answer"), { onAmbiguous: "check" })
    const sids = [await send(hello), await send(hello)].map(({ sid }) => sid)
    strictEqual(new Set(sids).size, 2)
    deepStrictEqual(
      ringback.messages.list({ to }).map(({ sid }) => sid),
      sids.toReversed(),
    )
  })

  it("is not repeated when it is carried out only after every look for it", async () => {
    await open({ twilio: { faults: [{ method: "POST", latency: "60s" }] } }, { onAmbiguous: "check", timeoutMs: 5_000 })
    const error = await failing(send(hello))
    strictEqual((error.cause as Error).name, "Timeout")
    strictEqual(messages(), 0)
    await ringback.clock.advance("2m")
    strictEqual(messages(), 1)
  })

  it("never makes two of one, whatever happens: at most one message for each send, and one for each that succeeded", async () => {
    const faults: Settings = {
      twilio: {
        faults: [
          { method: "POST", drop: "answer", percent: 20 },
          { method: "POST", drop: "request", percent: 10 },
          { method: "POST", status: 503, percent: 15 },
          { method: "POST", status: 429, code: 20429, percent: 15 },
          { method: "GET", drop: "request", percent: 30 },
        ],
      },
    }
    await open(faults, { onAmbiguous: "check", circuitBreaker: false })
    const requests = Array.from({ length: 40 }, (_, i) => ({ ...hello, body: `message ${i}` }))
    const outcomes = await quietly(hurried(client.effect.messages.sendBulk(requests)))
    const exist = (body: string) =>
      ringback.messages
        .list({ to })
        .filter((one) => one.body === body)
        .map(({ sid }) => sid)
    const kinds = new Set<string>()
    for (const [i, outcome] of outcomes.entries()) {
      const there = exist(`message ${i}`)
      assertTrue(there.length <= 1, `${there.length} of message ${i}`)
      if (outcome.ok) deepStrictEqual(there, [outcome.value.sid])
      else if (outcome.error._tag !== "OutcomeUnknown") deepStrictEqual(there, [])
      kinds.add(outcome.ok ? "sent" : outcome.error._tag)
    }
    assertTrue(kinds.has("sent") && kinds.has("OutcomeUnknown"), [...kinds].join())
  })
})
