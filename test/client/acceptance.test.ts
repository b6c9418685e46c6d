import { afterAll, afterEach, beforeEach, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Redacted from "effect/Redacted"
import { vi } from "vitest"
import {
  type CreateOptions,
  createClient,
  createWebhooks,
  type InboundMessage,
  type LogLine,
  type PlainWebhooks,
  type SmsClient,
  type StatusUpdate,
  signedWebhook,
  TwilioSmsError,
} from "../../src/client/client.ts"
import { type Ringback, type Settings, start } from "../../src/testing/testing.ts"
import { type Application, buyNumber, serveWebhooks } from "../support/application.ts"
import { calledShare } from "../support/coverage.ts"
import { hurried } from "../support/hurried.ts"
import { leaksIn } from "../support/leaks.ts"

/* The acceptance list of the specification (11), line by line: the library against the exchange, over real HTTP. */

/** Counts from before the library is loaded. */
const session = await vi.hoisted(async () => {
  const { Session } = await import("node:inspector/promises")
  const counting = new Session()
  counting.connect()
  await counting.post("Profiler.enable")
  await counting.post("Profiler.startPreciseCoverage", { callCount: false, detailed: true })
  return counting
})
afterAll(() => session.disconnect())

const [phone, ours] = ["+15551234567", "+14155550100"]
const hello = { to: phone, from: ours, body: "Hello" }
/** Requests over real sockets have 12 s of it where waits are hurried. */
const unhurriedMs = 600_000

let ringback: Ringback
let client: SmsClient
let webhooks: PlainWebhooks
let application: Application
let messages: Array<InboundMessage> = []
let updates: Array<StatusUpdate> = []
let lines: Array<LogLine> = []

const log = (line: LogLine) => void lines.push(line)

const open = async (settings: Settings = {}, options: Partial<CreateOptions> = {}) => {
  ringback = await start({ settings })
  messages = []
  updates = []
  lines = []
  const { accountSid, authToken, url } = ringback
  webhooks = createWebhooks({ authToken, log, logLevel: "trace" })
    .onMessage("ping", () => "pong")
    .onMessage((message) => void messages.push(message))
    .onStatus((update) => void updates.push(update))
  application = await serveWebhooks(webhooks)
  client = createClient({
    accountSid,
    authToken,
    baseUrl: url,
    limits: false,
    optOuts: webhooks.optOuts,
    statusCallback: `${application.url}/status`,
    log,
    logLevel: "trace",
    ...options,
  })
  await buyNumber(ringback, ours, { SmsUrl: `${application.url}/sms` })
}
const close = async () => {
  client.close()
  await ringback.stop()
  await application.close()
}
const failing = async (call: Promise<unknown>): Promise<TwilioSmsError> => {
  try {
    await call
  } catch (error) {
    assertTrue(error instanceof TwilioSmsError, String(error))
    return error
  }
  throw new Error("the call did not fail")
}
const says = async (body: string, more: { readonly media?: ReadonlyArray<string> } = {}) => {
  await ringback.inbound({ from: phone, to: ours, body, ...more })
  await ringback.settled()
}

describe("11.1 Functional", () => {
  beforeEach(() => open())
  afterEach(close)

  it("Send single SMS", async () => {
    const sent = await client.messages.send(hello)
    deepStrictEqual([sent.status, sent.to, sent.from, sent.body], ["queued", phone, ours, "Hello"])
    strictEqual(ringback.messages.get(sent.sid)?.body, "Hello")
  })
  it("Send bulk SMS", async () => {
    const outcomes = await client.messages.sendBulk([hello, { ...hello, to: "nobody" }, { ...hello, body: "3" }])
    deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? outcome.value.body : outcome.error._tag)),
      ["Hello", "InvalidRecipient", "3"],
    )
  })
  it("Receive inbound SMS (webhook)", async () => {
    await says("Grüße & more")
    await says("Ping")
    deepStrictEqual(
      messages.map(({ body, from, to }) => [body, from, to]),
      [["Grüße & more", phone, ours]],
    )
    const reply = await ringback.messages.waitFor({ to: phone, body: "pong" })
    strictEqual(reply.direction, "outbound-reply")
  })
  it("Status callback handling", async () => {
    const { sid } = await client.messages.send(hello)
    await ringback.clock.advance("1m")
    deepStrictEqual(
      updates.map(({ messageSid, status }) => [messageSid, status]),
      [
        [sid, "sent"],
        [sid, "delivered"],
      ],
    )
    assertTrue(ringback.callbacks.list().every(({ attempts }) => attempts.every(({ status }) => status === 200)))
  })
  it("Message lookup by SID", async () => {
    const { sid } = await client.messages.send(hello)
    strictEqual((await client.messages.get(sid)).status, "queued")
    await ringback.clock.advance("1m")
    strictEqual((await client.messages.get(sid)).status, "delivered")
    const [found, missing] = await client.messages.getMany([sid, `SM${"0".repeat(32)}`])
    deepStrictEqual([found?.ok, missing?.ok], [true, false])
  })
  it("Scheduled message send", async () => {
    const sendAt = new Date(ringback.clock.now().getTime() + 3_600_000)
    const messagingServiceSid = `MG${"7".repeat(32)}`
    const { sid, status } = await client.messages.send({ to: phone, messagingServiceSid, body: "Later", sendAt })
    strictEqual(status, "scheduled")
    strictEqual((await failing(client.messages.send({ ...hello, sendAt }))).code, 35118)
    await ringback.clock.advance("59m")
    strictEqual((await client.messages.get(sid)).status, "scheduled")
    await ringback.clock.advance("2m")
    strictEqual((await client.messages.get(sid)).status, "delivered")
  })
  it("Opt-out detection (STOP)", async () => {
    await says("stop")
    deepStrictEqual(
      (await client.optOuts.list()).map(({ recipient, sender, source }) => [recipient, sender, source]),
      [[phone, ours, "keyword"]],
    )
    strictEqual(messages[0]?.keyword, "STOP")
  })
  it("Opt-in detection (START)", async () => {
    await says("STOP")
    await says("START")
    deepStrictEqual(await client.optOuts.list(), [])
    strictEqual((await client.messages.send(hello)).status, "queued")
  })
  it("Pre-send opt-out check", async () => {
    await says("STOP")
    const asked = () => ringback.log.entries({ type: "api.requested" }).length
    const before = asked()
    const error = await failing(client.messages.send(hello))
    deepStrictEqual([error._tag, error.code, asked() - before], ["OptedOut", 21610, 0])
  })
  it("MMS with media URL", async () => {
    const sent = await client.messages.send({ ...hello, mediaUrl: ["https://media.example/1.png"] })
    deepStrictEqual([sent.sid.slice(0, 2), sent.numMedia], ["MM", 1])
    await says("look", { media: ["https://media.example/2.png"] })
    strictEqual(messages[0]?.media.length, 1)
  })
  it("Webhook signature validation", async () => {
    const params = [
      ["MessageSid", `SM${"1".repeat(32)}`],
      ["AccountSid", ringback.accountSid],
      ["From", phone],
      ["To", ours],
      ["Body", "forged"],
    ] as const
    const forged = signedWebhook(`${application.url}/sms`, params, { authToken: "guessed" })
    strictEqual((await fetch(forged)).status, 403)
    deepStrictEqual(messages, [])
    const genuine = signedWebhook(`${application.url}/sms`, params, { authToken: ringback.authToken })
    strictEqual((await fetch(genuine)).status, 200)
    strictEqual(messages[0]?.body, "forged")
  })
  it("Rate limiting (client-side)", async () => {
    await close()
    await open({}, { limits: { account: { perSecond: 10, burst: 30 }, onLimit: "refuse" } })
    const outcomes = await client.messages.sendBulk(Array.from({ length: 5 }, () => hello))
    deepStrictEqual(
      outcomes.map((outcome) => (outcome.ok ? "sent" : outcome.error._tag)),
      ["sent", "sent", "sent", "NumberRateLimited", "NumberRateLimited"],
    )
  })
})

describe("10 Enterprise features", () => {
  afterEach(close)

  it("Status callbacks, also late and twice; a listener that fails is told again", async () => {
    await open({ callbacks: { faults: { duplicated_percent: 100, out_of_order_percent: 50 } } })
    let failures = 0
    webhooks.onStatus("delivered", () => {
      if (++failures === 1) throw new Error("not yet")
    })
    await client.messages.send({ ...hello, statusCallback: `${application.url}/status#rc=2&rp=all` })
    await ringback.clock.advance("1h")
    strictEqual(updates.at(-1)?.status, "delivered")
    strictEqual(failures, 2)
    assertTrue(lines.some(({ level }) => level === "error"))
  })
  it("Status polling: lists by pages, and cancels", async () => {
    await open()
    for (let i = 0; i < 5; i++) await client.messages.send({ ...hello, body: `n ${i}` })
    const bodies: Array<string> = []
    for await (const { body } of client.messages.list({
      to: phone,
      pageSize: 2,
      dateSentBefore: new Date("2040-01-01"),
    }))
      bodies.push(body)
    for await (const { items } of client.messages.pages({ to: phone, pageSize: 2 }))
      bodies.push(...items.map(({ body }) => body))
    assertTrue(bodies.includes("n 0") && bodies.includes("n 4"))
    const sendAt = new Date(ringback.clock.now().getTime() + 3_600_000)
    const messagingServiceSid = `MG${"7".repeat(32)}`
    const { sid } = await client.messages.send({ to: phone, messagingServiceSid, body: "Later", sendAt })
    strictEqual((await client.messages.cancel(sid)).status, "canceled")
  })
  it("Opt-out list, by the application too", async () => {
    await open()
    const pair = { recipient: phone, sender: ours }
    await client.optOuts.optOut(pair)
    strictEqual(await client.optOuts.isOptedOut(pair), true)
    strictEqual((await failing(client.messages.send(hello)))._tag, "OptedOut")
    strictEqual(await client.optOuts.optIn(pair), true)
  })
  it("Template rendering and validation", async () => {
    await open()
    await client.templates.register("code", "Your code is {{ code }}")
    strictEqual((await failing(client.templates.validate("code")))._tag, "MissingVariables")
    strictEqual((await failing(client.templates.register("bad", "{{ 1 + 1 }}")))._tag, "InvalidTemplate")
    strictEqual(await client.templates.render("code", { code: 7 }), "Your code is 7")
    const sent = await client.messages.send({
      to: phone,
      from: ours,
      template: { name: "code", variables: { code: 42 } },
    })
    strictEqual(sent.body, "Your code is 42")
  })
  it("A send whose answer is lost is looked for, and there is one message", async () => {
    await open(
      { twilio: { faults: [{ method: "POST", path: "*/Messages.json", drop: "answer" }] } },
      { onAmbiguous: "check" },
    )
    const { sid } = await client.messages.send(hello)
    deepStrictEqual(
      ringback.messages.list({ to: phone }).map((message) => message.sid),
      [sid],
    )
  })
  it("Limits wait, and nothing is lost", async () => {
    await open({}, { limits: { number: { perSecond: 1, burst: 1 } }, timeoutMs: unhurriedMs })
    const began = performance.now()
    const requests = [1, 2, 3].map((n) => ({ ...hello, body: `${n}` }))
    const outcomes = await Effect.runPromise(
      Logger.withMinimumLogLevel(hurried(client.effect.messages.sendBulk(requests)), LogLevel.None),
    )
    assertTrue(outcomes.every(({ ok }) => ok))
    assertTrue(performance.now() - began >= 20)
  })
  it("Magic numbers, and an unreachable API", async () => {
    await open({ twilio: { test_credentials: { account_sid: `AC${"7".repeat(32)}`, auth_token: "test" } } })
    const options = { accountSid: `AC${"7".repeat(32)}`, authToken: "test", baseUrl: ringback.url, log }
    const test = createClient(options)
    for (const [to, tag] of [
      ["+15005550001", "InvalidRecipient"],
      ["+15005550004", "OptedOut"],
      ["+15005550003", "PermissionDenied"],
    ] as const)
      strictEqual((await failing(test.messages.send({ to, from: "+15005550006", body: "x" })))._tag, tag)
    test.close()
    const nowhere = createClient({ ...options, baseUrl: "http://127.0.0.1:1", retry: false })
    strictEqual((await failing(nowhere.messages.get(`SM${"1".repeat(32)}`)))._tag, "ConnectionFailed")
    nowhere.close()
  })
  it("Webhooks as web requests, checked or handled", async () => {
    await open()
    const url = "https://app.example/sms"
    const shape = { authToken: ringback.authToken }
    const { params } = await webhooks.check(signedWebhook(url, [["CallSid", "CA1"]], shape))
    strictEqual(params.get("CallSid"), "CA1")
    strictEqual((await webhooks.inbound.fetch(signedWebhook(url, [["CallSid", "CA1"]], shape))).status, 400)
    strictEqual((await failing(webhooks.check(signedWebhook(url, [], { authToken: "no" }))))._tag, "InvalidSignature")
  })
})

describe("11.2 Non-functional", () => {
  afterEach(close)

  it("No panics", async () => {
    await open()
    const valid = { ...hello, messagingServiceSid: undefined }
    const wrong = [{ to: {} }, { body: 7 }, { from: [] }, { mediaUrl: "x" }, { sendAt: "x" }, { template: "x" }]
    const nonsense = [undefined, null, 1, "", {}, [], ...wrong.map((each) => ({ ...valid, ...each }))]
    for (const request of nonsense) {
      const outcome = await client.messages.send(request as never).then(
        () => "sent",
        (error: unknown) => error,
      )
      assertTrue(outcome instanceof TwilioSmsError, String(outcome))
    }
    for (const body of ["", "%", "=", "\0", "MessageSid=x", "x".repeat(200_000)]) {
      const { status } = await fetch(`${application.url}/sms`, {
        method: "POST",
        headers: { "X-Twilio-Signature": "x" },
        body,
      })
      assertTrue(status >= 400 && status < 500, String(status))
    }
    strictEqual((await client.messages.send(hello)).status, "queued")
  })
  it("Credentials protected", async () => {
    await open()
    const { accountSid, authToken, url } = ringback
    const other = createClient({ accountSid, authToken: Redacted.make("wrong-token-7Q"), baseUrl: url, log })
    const error = await failing(other.messages.send(hello))
    other.close()
    await client.messages.send(hello)
    await says("Hello")
    await ringback.clock.advance("1m")
    const told = [
      JSON.stringify(lines),
      JSON.stringify(error),
      String(error),
      error.stack ?? "",
      JSON.stringify(client),
    ]
    deepStrictEqual(leaksIn(told.join("\n"), { token: authToken, wrong: "wrong-token-7Q" }), [])
    assertTrue(lines.length > 5)
  })
  it("Retry works correctly", async () => {
    const faults = [{ method: "POST", path: "*/Messages.json", status: 429, code: 20429, percent: 50 }] as const
    await open({ twilio: { faults } }, { timeoutMs: unhurriedMs })
    const requests = Array.from({ length: 10 }, (_, i) => ({ ...hello, body: `n ${i}` }))
    const outcomes = await Effect.runPromise(
      Logger.withMinimumLogLevel(hurried(client.effect.messages.sendBulk(requests)), LogLevel.None),
    )
    const sent = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value.body] : []))
    const asked = ringback.log.entries({ type: "api.requested" }).length
    assertTrue(asked > 12, `${asked} requests`)
    assertTrue(sent.length >= 8, `${sent.length} sent`)
    strictEqual(ringback.messages.list({ to: phone }).length, sent.length)
  })
  it("Circuit breaker functions", async () => {
    await open({ twilio: { faults: [{ method: "GET", status: 500, code: 20500 }] } }, { retry: false })
    const sid = `SM${"1".repeat(32)}`
    for (let i = 0; i < 5; i++) strictEqual((await failing(client.messages.get(sid)))._tag, "InternalError")
    strictEqual(await client.circuit(), "open")
    const asked = ringback.log.entries({ type: "api.requested" }).length
    strictEqual((await failing(client.messages.get(sid)))._tag, "CircuitOpen")
    strictEqual(ringback.log.entries({ type: "api.requested" }).length, asked)
  })
  it("Phone numbers redacted in logs", async () => {
    await open()
    await client.messages.send(hello)
    await says(`Call me at ${phone}`)
    await says("STOP")
    await ringback.clock.advance("1m")
    const told = JSON.stringify(lines)
    strictEqual(told.includes(phone.slice(2)), false)
    assertTrue(told.includes("+1555***4567"))
    assertTrue(lines.some(({ level }) => level === "trace"))
  })
  it("Test coverage > 80%", async () => {
    await open()
    const sendsAndReceives = (path: string) => /\/src\/client\/(?!simulation\/|twiml\/)/.test(path)
    const { files, share, uncalled } = await calledShare(session, sendsAndReceives)
    assertTrue(files > 30, `${files} files`)
    assertTrue(share > 0.8, `${Math.round(100 * share)} % of the functions are called, and not ${uncalled.join(", ")}`)
  })
})
