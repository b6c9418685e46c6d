import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import twilio from "twilio"
import { describe, it } from "vitest"
import { rules } from "../../src/app/rules.ts"
import { verifyRows } from "../../src/engine/verify.ts"
import { readRecording } from "../../src/log/recording.ts"
import { begin, refused } from "../support/begin.ts"
import { newFolder } from "../support/folder.ts"
import { listen } from "../support/listener.ts"

const to = "+15551234567"
const from = "+15550000001"

describe("An exchange in a test", () => {
  it("takes what the SDK sends, and stands still until the test moves its clock", async () => {
    const { client, ringback } = await begin()
    const { sid, status } = await client.messages.create({ to, from, body: "Your code is 123456" })
    strictEqual(status, "queued")
    const message = await ringback.messages.waitFor({ to, body: /\d{6}/ })
    deepStrictEqual([message.sid, message.code, message.status], [sid, "123456", "queued"])
    strictEqual(ringback.clock.now().toISOString(), "2026-01-01T00:00:00.000Z")
    strictEqual(ringback.clock.nextDue()?.toISOString(), "2026-01-01T00:00:02.000Z")
    await ringback.clock.advance("2s")
    strictEqual(ringback.messages.get(sid).status, "sent")
    await ringback.clock.advance("1h")
    strictEqual(ringback.messages.get(sid).status, "delivered")
    strictEqual(ringback.clock.now().toISOString(), "2026-01-01T01:00:02.000Z")
    strictEqual(ringback.clock.nextDue(), null)
  })

  it("calls the application back while time is moved, and every answer is in before the order resolves", async () => {
    const application = await listen()
    const { client, ringback } = await begin()
    const { sid } = await client.messages.create({ to, from, body: "x", statusCallback: `${application.url}/status` })
    await ringback.clock.runToEnd()
    deepStrictEqual(application.statuses(), ["sent", "delivered"])
    const callbacks = ringback.callbacks.list({ subject: sid, url: "/status" })
    deepStrictEqual(
      callbacks.map(({ attempts, event, params }) => [
        event,
        params.MessageStatus,
        attempts.map(({ status }) => status),
      ]),
      [
        ["sent", "sent", [204]],
        ["delivered", "delivered", [204]],
      ],
    )
    strictEqual(ringback.callbacks.latest().event, "delivered")
    strictEqual((await ringback.callbacks.waitFor({ event: "sent" })).params.MessageSid, sid)
    const signature = String(application.callbacks[0]!.headers["x-twilio-signature"])
    assertTrue(
      twilio.validateRequest(
        ringback.authToken,
        signature,
        `${application.url}/status`,
        application.callbacks[0]!.params,
      ),
    )
  })

  it("waits for what the application does after it has answered, before it goes on", async () => {
    const { client, ringback } = await begin()
    const application = await listen()
    application.answer = ({ params }) => {
      if (params.MessageStatus === "sent") setTimeout(() => client.messages.create({ to, from, body: "and then" }), 5)
      return 204
    }
    await client.messages.create({ to, from, body: "first", statusCallback: application.url })
    await ringback.clock.runToEnd()
    const [then, first] = ringback.messages.list()
    deepStrictEqual([first?.body, then?.body, then?.status], ["first", "and then", "delivered"])
    // It came in the instant of the callback, 2 s after the first.
    strictEqual(then!.dateCreated.getTime() - first!.dateCreated.getTime(), 2_000)
  })

  it("lets phones write, and gives what became of it", async () => {
    const application = await listen()
    application.answer = () => ({ type: "text/xml", body: "<Response><Message>Hi</Message></Response>" })
    const { client, ringback } = await begin({ settings: { twilio: { allowed_from_numbers: [from] } } })
    await client.incomingPhoneNumbers.create({ phoneNumber: "+14155550100", smsUrl: application.url })
    const { keyword, sid } = await ringback.inbound({ from: to, to: "+14155550100", body: "Hello" })
    strictEqual(keyword, null)
    const reply = await ringback.messages.waitFor({ direction: "outbound-reply" })
    deepStrictEqual([reply.to, reply.body], [to, "Hi"])
    deepStrictEqual(application.callbacks[0]?.params.MessageSid, sid)
    strictEqual((await ringback.inbound({ from: to, to: from, body: "stop" })).keyword, "STOP")
    const error = await refused(() => ringback.inbound({ from: to, to: "+14155550199", body: "x" }))
    assertTrue(error.message.startsWith("inbound: no active account has the number +14155550199;"))
    const wrong = await refused(() => ringback.inbound({ from: "", to: from }))
    assertTrue(wrong.message.startsWith("inbound: "), wrong.message)
  })

  it("shows every request it made, webhooks and attempts alike, with what they were answered", async () => {
    const application = await listen()
    application.answer = ({ params }) =>
      params.MessageStatus === undefined
        ? { type: "text/xml", body: "<Response><Message>Hi</Message></Response>" }
        : 500
    const { client, ringback } = await begin()
    await client.incomingPhoneNumbers.create({ phoneNumber: "+14155550100", smsUrl: `${application.url}/sms` })
    const waiting = ringback.requests.waitFor({ purpose: "webhook", params: { Body: /^Hel+o$/ }, status: 200 })
    const { sid } = await ringback.inbound({ from: to, to: "+14155550100", body: "Hello" })
    const webhook = await waiting
    deepStrictEqual(
      [webhook.subject, webhook.method, webhook.url, webhook.params.MessageSid, webhook.failed, webhook.attempt],
      [sid, "POST", `${application.url}/sms`, sid, null, 1],
    )
    strictEqual(webhook.body, "<Response><Message>Hi</Message></Response>")
    strictEqual(webhook.at.toISOString(), "2026-01-01T00:00:00.000Z")
    const sent = await client.messages.create({
      to,
      from,
      body: "x",
      statusCallback: `${application.url}/status#rc=1&rp=5xx`,
    })
    await ringback.clock.runToEnd()
    deepStrictEqual(
      ringback.requests
        .list({ subject: sent.sid, url: "/status", params: { MessageStatus: "sent" } })
        .map(({ attempt, purpose, status }) => [purpose, attempt, status]),
      [
        ["callback", 1, 500],
        ["callback", 2, 500],
      ],
    )
    strictEqual(ringback.requests.latest().attempt, 2)
    deepStrictEqual(ringback.requests.list({ params: { constructor: "native" } }), [])
    await ringback.clear("callbacks")
    deepStrictEqual(ringback.requests.list(), [webhook])
    await ringback.clear()
    deepStrictEqual(ringback.requests.list(), [])
  })

  it("shows what each request went wrong with, and which are on their way", async () => {
    const application = await listen()
    application.answer = () => "hang"
    const { client, ringback } = await begin({ within: "200ms" })
    await client.incomingPhoneNumbers.create({ phoneNumber: "+14155550100", smsUrl: application.url })
    await ringback.inbound({ from: to, to: "+14155550100", body: "Hello" })
    const { body, failed, status } = await ringback.requests.waitFor({ url: application.url })
    deepStrictEqual([body, failed, status], [null, null, null])
    const other = await begin({
      settings: { endpoints: [{ url: "https://bot.example", answers: [{ drop: "reset" }] }] },
    })
    await other.client.incomingPhoneNumbers.create({ phoneNumber: "+14155550100", smsUrl: "https://bot.example/sms" })
    await other.ringback.inbound({ from: to, to: "+14155550100", body: "Hello" })
    await other.ringback.clock.runToEnd()
    deepStrictEqual(
      other.ringback.requests.list().map(({ body, failed, status }) => [body, failed, status]),
      [[null, "reset", null]],
    )
  })

  it("tells what went wrong with a webhook", async () => {
    const application = await listen()
    application.answer = () => ({ type: "text/xml", body: "<Response>" })
    const { client, ringback } = await begin()
    await client.incomingPhoneNumbers.create({ phoneNumber: "+14155550100", smsUrl: application.url })
    await ringback.inbound({ from: to, to: "+14155550100", body: "Hello" })
    await ringback.settled()
    const [alert] = ringback.alerts()
    deepStrictEqual([alert?.errorCode, alert?.requestUrl], [12_100, application.url])
  })

  it("shows codes of verifications", async () => {
    const { client, ringback } = await begin()
    const { sid } = await client.verify.v2.services.create({ friendlyName: "Acme" })
    await client.verify.v2.services(sid).verifications.create({ to, channel: "sms" })
    const [verification] = ringback.verifications({ to, status: "pending" })
    const check = await client.verify.v2.services(sid).verificationChecks.create({ to, code: verification!.code })
    strictEqual(check.status, "approved")
    deepStrictEqual(ringback.verifications({ to: "+15550000009" }), [])
  })

  it("changes settings while it runs", async () => {
    const { client, ringback } = await begin()
    await ringback.change({ twilio: { numbers: { [to]: { outcome: "undelivered", error_code: 30_003 } } } })
    const { sid } = await client.messages.create({ to, from, body: "x" })
    await ringback.clock.runToEnd()
    const { errorCode, status } = ringback.messages.get(sid)
    deepStrictEqual([status, errorCode], ["undelivered", 30_003])
    const error = await refused(() => ringback.change({ twilio: { default_behavior: "often" as never } }))
    strictEqual(error.message, 'twilio.default_behavior: expected success or failure, found "often"')
  })

  it("forgets what is cleared, and keeps it in the log", async () => {
    const application = await listen()
    const { client, ringback } = await begin()
    await client.messages.create({ to, from, body: "x", statusCallback: application.url })
    await ringback.clock.runToEnd()
    await ringback.clear()
    deepStrictEqual([ringback.messages.list(), ringback.callbacks.list()], [[], []])
    strictEqual(ringback.log.entries({ type: "message.created" }).length, 1)
  })

  it("is sent by a connected client all it asks of Twilio, and nothing reaches Twilio", async () => {
    const { client, ringback } = await begin()
    strictEqual((await client.messaging.v1.services.create({ friendlyName: "a" })).friendlyName, "a")
    strictEqual((await client.lookups.v2.phoneNumbers(to).fetch()).phoneNumber, to)
    const error = await refused(() => client.sync.v1.services.list())
    strictEqual(
      error.message,
      "connect: Ringback does not simulate sync.twilio.com; /v1/Services was not sent to Twilio",
    )
    const wrong = await refused(() => ringback.connect({}))
    assertTrue(wrong.message.startsWith("connect: expected a client"))
  })
})

describe("Several exchanges in one process", () => {
  it("know nothing of each other", async () => {
    const all = await Promise.all(
      [1, 2, 3].map((n) => begin({ seed: n, settings: { twilio: { failure_numbers: n === 2 ? [to] : [] } } })),
    )
    await Promise.all(
      all.map(({ client }, n) =>
        Promise.all([1, 2, 3].map((i) => client.messages.create({ to, from, body: `${n} ${i}` }))),
      ),
    )
    await Promise.all(all.map(({ ringback }, n) => ringback.clock.advance(`${n + 1}h`)))
    for (const [n, { ringback }] of all.entries()) {
      deepStrictEqual(
        ringback.messages.list().map(({ body, status }) => [body[0], status]),
        [1, 2, 3].map(() => [String(n), n === 1 ? "failed" : "delivered"]),
      )
      strictEqual(ringback.clock.now().getTime(), Date.UTC(2026, 0, 1, n + 1))
    }
    strictEqual(new Set(all.map(({ ringback }) => ringback.url)).size, 3)
    await all[0]!.ringback.stop()
    await all[1]!.client.messages.create({ to, from, body: "still there" })
  })

  it("make the same log of the same requests", async () => {
    const digests: Array<string> = []
    for (let n = 0; n < 2; n++) {
      const { client, ringback } = await begin({ seed: 7 })
      for (const body of ["one", "two"]) await client.messages.create({ to, from, body })
      await ringback.clock.runToEnd()
      digests.push(ringback.log.digest())
    }
    strictEqual(digests[0], digests[1])
  })
})

describe("A log in a test", () => {
  it("is read by type, subject and place, and written as a recording that verify finds sound", async () => {
    const { client, ringback } = await begin()
    const { sid } = await client.messages.create({ to, from, body: "x" })
    await ringback.clock.runToEnd()
    deepStrictEqual(
      ringback.log.entries({ type: "message.*", subject: sid }).map(({ type, data }) => [type, data.status]),
      [
        ["message.created", "queued"],
        ["message.status-changed", "sending"],
        ["message.status-changed", "sent"],
        ["message.status-changed", "delivered"],
      ],
    )
    const all = ringback.log.entries()
    strictEqual(all.length, ringback.log.length())
    strictEqual(all.at(-1)?.hash, ringback.log.digest())
    deepStrictEqual(ringback.log.entries({ after: all.length - 1 }), all.slice(-1))
    const file = join(newFolder(), "run.jsonl")
    await ringback.log.export(file)
    strictEqual(readFileSync(file, "utf8").trimEnd().split("\n").length, all.length + 1)
    const verdict = await Effect.runPromise(verifyRows(readRecording(file), rules))
    strictEqual(verdict._tag === "Sound" ? verdict.digest : verdict.problem, ringback.log.digest())
  })
})

describe("A callback whose answer is kept back", () => {
  it("reaches the application, and again when its time is over", async () => {
    const application = await listen()
    const { client, ringback } = await begin({
      settings: { callbacks: { aimed: [{ event: "sent", unanswered: true }] } },
    })
    await client.messages.create({ to, from, body: "x", statusCallback: application.url })
    await ringback.clock.runToEnd()
    deepStrictEqual(application.statuses(), ["sent", "delivered", "sent"])
    deepStrictEqual(
      ringback.callbacks.latest({ event: "sent" }).attempts.map(({ failed, status }) => failed ?? status),
      ["timeout", 204],
    )
  })
})
