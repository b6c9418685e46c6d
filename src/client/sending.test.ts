import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as TestClock from "effect/TestClock"
import { ending, from, hello, scripted, tagOf, to } from "../../test/support/scriptedClient.ts"
import {
  accountSid,
  answered,
  authToken,
  created,
  failed,
  listed,
  type Reply,
  refusedBy,
  sidOf,
  wireMessage,
} from "../../test/support/scriptedHttp.ts"
import type { ClientError } from "./errors.ts"
import type { Message, SendRequest } from "./types.ts"

describe("A send", () => {
  it.effect("posts a form with Basic authorization that nobody sees, and gives the message", () =>
    Effect.gen(function* () {
      const { client, http } = scripted([created({ sid: sidOf(7) })])
      const message: Message = yield* client.messages.send({
        ...hello,
        mediaUrl: ["https://a.test/1.png", "https://a.test/2.png"],
        statusCallback: "https://app.test/status",
        validityPeriod: 600,
      })
      strictEqual(message.sid, sidOf(7))
      deepStrictEqual([message.numSegments, message.dateCreated], [1, new Date(0)])
      const [request] = http.requests
      strictEqual(request?.url, `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`)
      strictEqual(
        request?.body,
        "To=%2B15551234567&From=%2B15550000001&Body=Hello&MediaUrl=https%3A%2F%2Fa.test%2F1.png&MediaUrl=https%3A%2F%2Fa.test%2F2.png&StatusCallback=https%3A%2F%2Fapp.test%2Fstatus&ValidityPeriod=600",
      )
      strictEqual(JSON.stringify(request).includes(authToken), false)
      strictEqual(JSON.stringify(request).includes(btoa(`${accountSid}:${authToken}`)), false)
    }),
  )

  it.effect("writes a local number in E.164, and takes the client's sender when it names none", () =>
    Effect.gen(function* () {
      const { client, http } = scripted([created()], { from, statusCallback: "https://app.test/s" })
      yield* client.messages.send({ to: "(415) 867-5309", body: "x" })
      strictEqual(
        http.requests[0]?.body,
        "To=%2B14158675309&From=%2B15550000001&Body=x&StatusCallback=https%3A%2F%2Fapp.test%2Fs",
      )
    }),
  )

  const service = `MG${"1".repeat(32)}`
  it.effect("of a date goes out as a schedule", () =>
    Effect.gen(function* () {
      const { client, http } = scripted([created()])
      const sendAt = new Date("2026-01-31T10:00:00.500Z")
      yield* client.messages.send({ to, messagingServiceSid: service, body: "x", sendAt })
      assertTrue(http.requests[0]?.body?.endsWith("&ScheduleType=fixed&SendAt=2026-01-31T10%3A00%3A00Z"))
    }),
  )

  it.effect.each<readonly [string, Partial<SendRequest>, string, number]>([
    ["no recipient", { to: "" }, "InvalidRecipient", 21604],
    ["a recipient that is no number", { to: "+1555" }, "InvalidRecipient", 21211],
    ["a sender that is none", { from: "!" }, "InvalidSender", 21212],
    ["no sender", { from: undefined }, "InvalidSender", 21603],
    ["a service that is none", { from: undefined, messagingServiceSid: "MG1" }, "InvalidSender", 21705],
    ["its sender as recipient", { to: from }, "InvalidRecipient", 21266],
    ["nothing in it", { body: undefined }, "InvalidRequest", 21619],
    ["an empty body", { body: "" }, "InvalidRequest", 21619],
    ["a body of 1601 characters", { body: "x".repeat(1_601) }, "MessageTooLong", 21617],
    ["eleven media", { mediaUrl: Array(11).fill("https://a.test/") }, "InvalidRequest", 21623],
    ["a schedule without a service", { sendAt: new Date(0) }, "InvalidRequest", 35118],
    ["a body that is no text", { body: 482_913 as never }, "InvalidRequest", 21619],
    ["a text for its media", { mediaUrl: "https://a.test/" as never }, "InvalidRequest", 21620],
    ["a schedule in words", { messagingServiceSid: service, sendAt: "tomorrow" as never }, "InvalidRequest", 35114],
    ["a schedule at no date", { messagingServiceSid: service, sendAt: new Date("x") }, "InvalidRequest", 35114],
  ])("with %s is refused before it leaves", ([, wrong, tag, code]) =>
    Effect.gen(function* () {
      const { client, http } = scripted([])
      const error = yield* Effect.flip(client.messages.send({ ...hello, ...wrong }))
      deepStrictEqual([error._tag, error.code, http.requests.length], [tag, code, 0])
    }),
  )

  it.effect("of 1600 characters, and of ten media, leaves", () =>
    Effect.gen(function* () {
      const { client, http } = scripted([created()])
      yield* client.messages.send({ ...hello, body: "x".repeat(1_600) })
      yield* client.messages.send({ ...hello, mediaUrl: Array(10).fill("https://a.test/") })
      strictEqual(http.requests.length, 2)
    }),
  )

  it.effect("of a template says what it makes of its variables, or what is missing", () =>
    Effect.gen(function* () {
      const { client, http } = scripted([created()])
      yield* client.templates.register("code", "Your code is {{ code }}, {{user.name}}.")
      yield* client.messages.send({
        to,
        from,
        template: { name: "code", variables: { code: 123, user: { name: "Ann" } } },
      })
      assertTrue(http.requests[0]?.body?.includes("Body=Your+code+is+123%2C+Ann."))
      const missing = yield* Effect.flip(client.messages.send({ to, from, template: { name: "code" } }))
      deepStrictEqual([missing._tag, missing.message], ["MissingVariables", 'template "code" needs code, user.name'])
      strictEqual(
        (yield* Effect.flip(client.messages.send({ to, from, template: { name: "x" } })))._tag,
        "UnknownTemplate",
      )
      strictEqual(http.requests.length, 1)
    }),
  )

  it.effect("to somebody who has opted out does not leave; Twilio's refusal is remembered for that sender", () =>
    Effect.gen(function* () {
      const { client, http } = scripted([refusedBy(400, 21610), created()])
      for (const requests of [1, 1]) {
        const error = yield* Effect.flip(client.messages.send(hello))
        deepStrictEqual([error._tag, error.code, http.requests.length], ["OptedOut", 21610, requests])
      }
      yield* client.messages.send({ ...hello, from: "+15550000002" })
      deepStrictEqual(
        (yield* client.optOuts.list).map(({ recipient, sender, source }) => [recipient, sender, source]),
        [[to, from, "refused"]],
      )
    }),
  )
})

describe("A send that fails", () => {
  it.effect.each<readonly [string, ReadonlyArray<Reply>, string, number, number]>([
    ["429, then 201", [refusedBy(429, 20429), created()], "sent", 2, 1_000],
    ["429 that asks for 7 s, then 201", [refusedBy(429, 20429, { "retry-after": "7" }), created()], "sent", 2, 7_000],
    ["429 that asks for an hour", [refusedBy(429, 20429, { "retry-after": "3600" })], "AccountRateLimited", 1, 0],
    ["429 five times", [refusedBy(429, 20429)], "AccountRateLimited", 5, 15_000],
    ["a full queue, then 201", [refusedBy(429, 21611), created()], "sent", 2, 1_000],
    ["no connection, then 201", [failed("connect", false), created()], "sent", 2, 500],
    ["no connection three times", [failed("connect", false)], "ConnectionFailed", 3, 1_500],
    ["no name three times", [failed("dns", false)], "DnsResolutionFailed", 3, 1_500],
    ["no connection in time, three times", [failed("timeout", false)], "Timeout", 3, 2_000],
    [
      "429 and no connection: attempts count in all",
      [refusedBy(429, 20429), refusedBy(429, 20429), failed("connect", false)],
      "ConnectionFailed",
      3,
      3_000,
    ],
    ["a region that is not permitted", [refusedBy(400, 21408)], "PermissionDenied", 1, 0],
    ["wrong credentials", [refusedBy(401, 20003)], "InvalidCredentials", 1, 0],
    ["a landline", [refusedBy(400, 21614)], "InvalidRecipient", 1, 0],
    ["500", [refusedBy(500, 20500)], "OutcomeUnknown", 1, 0],
    ["503", [refusedBy(503, 20503)], "OutcomeUnknown", 1, 0],
    ["502 of something before Twilio", [answered(502, "<html>")], "OutcomeUnknown", 1, 0],
    ["a reset after it left", [failed("reset", true)], "OutcomeUnknown", 1, 0],
    ["no answer", ["never"], "OutcomeUnknown", 1, 30_000],
    ["an answer that is no JSON", [answered(201, "<html>")], "OutcomeUnknown", 1, 0],
    ["an answer that is no message", [answered(201, { sid: 1 })], "OutcomeUnknown", 1, 0],
    ["a redirect", [answered(307, "", { location: "https://evil.test/" })], "InvalidRequest", 1, 0],
  ])("with %s", ([, replies, tag, requests, tookMs]) =>
    Effect.gen(function* () {
      const { client, http } = scripted(replies, { circuitBreaker: false })
      const end = yield* ending(client.messages.send(hello))
      deepStrictEqual([tagOf(end.result), http.requests.length, end.tookMs], [tag, requests, tookMs])
      if (Either.isLeft(end.result)) strictEqual(end.result.left.attempts, requests)
    }),
  )

  it.effect("is not repeated where the client is told not to", () =>
    Effect.gen(function* () {
      const { client, http } = scripted([refusedBy(429, 20429)], { retry: false })
      const { result } = yield* ending(client.messages.send(hello))
      deepStrictEqual([tagOf(result), http.requests.length], ["AccountRateLimited", 1])
    }),
  )

  it.effect("tells what is behind an unknown outcome", () =>
    Effect.gen(function* () {
      const { client } = scripted([refusedBy(503, 20503, { "twilio-request-id": "RQ1" })])
      const error = yield* Effect.flip(client.messages.send(hello))
      deepStrictEqual([error.code, error.status, error.requestId, error.retryable], [20503, 503, "RQ1", false])
      strictEqual((error.cause as ClientError)._tag, "ServiceUnavailable")
    }),
  )
})

describe("A send that is checked (onAmbiguous: check)", () => {
  const mine = wireMessage({ sid: sidOf(9) })
  it.effect.each<readonly [string, ReadonlyArray<Reply>, string, ReadonlyArray<string>]>([
    ["reset, and is there", [failed("reset", true), listed([mine])], "sent", ["POST", "GET"]],
    [
      "reset, and is there at the third look",
      [failed("reset", true), listed([]), listed([]), listed([mine])],
      "sent",
      ["POST", "GET", "GET", "GET"],
    ],
    [
      "reset, and is never there",
      [failed("reset", true), listed([])],
      "OutcomeUnknown",
      ["POST", "GET", "GET", "GET", "GET"],
    ],
    [
      "reset, and looking fails",
      [failed("reset", true), failed("connect", false)],
      "OutcomeUnknown",
      ["POST", "GET", "GET", "GET", "GET"],
    ],
    [
      "answered 502 by something before Twilio, and is not there",
      [answered(502, "<html>"), listed([])],
      "OutcomeUnknown",
      ["POST", "GET", "GET", "GET", "GET"],
    ],
    ["answered 503, and is there", [refusedBy(503, 20503), listed([mine])], "sent", ["POST", "GET"]],
    ["answered 503, and is not there", [refusedBy(503, 20503), listed([]), created()], "sent", ["POST", "GET", "POST"]],
    [
      "answered 503 three times, and is not there",
      [refusedBy(503, 20503), listed([]), refusedBy(503, 20503), listed([]), refusedBy(503, 20503), listed([])],
      "ServiceUnavailable",
      ["POST", "GET", "POST", "GET", "POST", "GET"],
    ],
    [
      "answered 503, and looking fails",
      [refusedBy(503, 20503), failed("connect", false)],
      "OutcomeUnknown",
      ["POST", "GET"],
    ],
    ["answered what cannot be read, and is there", [answered(201, "<"), listed([mine])], "sent", ["POST", "GET"]],
  ])("%s", ([, replies, tag, methods]) =>
    Effect.gen(function* () {
      const { client, http } = scripted(replies, { onAmbiguous: "check", circuitBreaker: false })
      const { result } = yield* ending(client.messages.send(hello))
      deepStrictEqual([tagOf(result), http.requests.map(({ method }) => method)], [tag, methods])
      if (Either.isRight(result) && methods.at(-1) === "GET") strictEqual(result.right.sid, sidOf(9))
    }),
  )

  it.effect.each<readonly [string, Record<string, unknown>]>([
    ["another text", { body: "Hello!" }],
    ["another sender", { from: "+15550000009" }],
    ["a service", { messaging_service_sid: `MG${"1".repeat(32)}` }],
    ["media", { num_media: "1" }],
    ["inbound", { direction: "inbound" }],
    ["from before", { date_created: "Wed, 31 Dec 1969 23:59:30 +0000" }],
  ])("takes no other message for it: %s", ([, other]) =>
    Effect.gen(function* () {
      const { client } = scripted([failed("reset", true), listed([wireMessage(other)])], { onAmbiguous: "check" })
      strictEqual(tagOf((yield* ending(client.messages.send(hello))).result), "OutcomeUnknown")
    }),
  )

  it.effect.each<readonly [string, string, string]>([
    ["space at its ends", " Hello \n", "Hello"],
    ["ends of lines", "Hello\r\nyou", "Hello\nyou"],
    ["half a character", "Hello \ud83d", "Hello \ufffd"],
    ["a trial account's line", "Hello", "Sent from your Twilio trial account - Hello"],
  ])("knows its text again whatever becomes of %s", ([, body, kept]) =>
    Effect.gen(function* () {
      const replies = [refusedBy(503, 20503), listed([{ ...mine, body: kept }])]
      const { client, http } = scripted(replies, { onAmbiguous: "check" })
      strictEqual(tagOf((yield* ending(client.messages.send({ ...hello, body }))).result), "sent")
      deepStrictEqual(
        http.requests.map(({ method }) => method),
        ["POST", "GET"],
      )
    }),
  )

  it.effect("takes no message for it that was another send's", () =>
    Effect.gen(function* () {
      const { client } = scripted([created(), failed("reset", true), listed([wireMessage()])], { onAmbiguous: "check" })
      yield* client.messages.send(hello)
      strictEqual(tagOf((yield* ending(client.messages.send(hello))).result), "OutcomeUnknown")
    }),
  )

  it.effect("does not guess while another send of the same message is under way", () =>
    Effect.gen(function* () {
      const { client } = scripted([failed("reset", true)], { onAmbiguous: "check" })
      const { result } = yield* ending(client.messages.sendBulk([hello, hello]))
      deepStrictEqual(
        Either.getOrThrow(result).map((one) => (one.ok ? "sent" : one.error._tag)),
        ["OutcomeUnknown", "OutcomeUnknown"],
      )
    }),
  )

  it.effect("reads dates by Twilio's clock, however wrong its own is", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2030, 0, 1))
      const { client } = scripted([failed("reset", true), listed([mine])], { onAmbiguous: "check" })
      strictEqual(tagOf((yield* ending(client.messages.send(hello))).result), "sent")
    }),
  )

  it.effect("cannot look for a text that Twilio makes", () =>
    Effect.gen(function* () {
      const { client, http } = scripted([failed("reset", true)], { onAmbiguous: "check" })
      const { result } = yield* ending(client.messages.send({ ...hello, shortenUrls: true }))
      deepStrictEqual([tagOf(result), http.requests.length], ["OutcomeUnknown", 1])
    }),
  )
})
