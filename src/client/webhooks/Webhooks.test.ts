import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { ask, empty, reply, rig, signed, silent, sms, token } from "../../../test/support/webhookRig.ts"
import { account, inbound, jsonWebhook, messageSid, ours, phone, webhook } from "../../../test/support/webhooks.ts"
import { sign } from "../../core/signature.ts"
import { InvalidAuthToken, InvalidOption } from "../errors.ts"
import { makeOptOuts, OptOuts } from "../optOuts.ts"
import { twiml } from "../twiml/twiml.ts"
import type { WebhookOptions } from "./options.ts"
import { makeWebhooks } from "./Webhooks.ts"
import { fromWebRequest } from "./web.ts"

describe("A webhook of a message", () => {
  it.effect("is handed to the handler, with all that Twilio says", () =>
    Effect.gen(function* () {
      const { inbound: endpoint, messages } = yield* rig()
      const params = inbound({
        MessageSid: messageSid("MM"),
        MessagingServiceSid: `MG${"b".repeat(32)}`,
        Body: "Grüße & <more>",
        NumMedia: "2",
        NumSegments: "3",
        MediaUrl0: "https://api.twilio.com/a",
        MediaContentType0: "image/png",
        MediaUrl1: "https://api.twilio.com/b",
        MediaContentType1: "video/mp4",
        FromCity: "",
      })
      deepStrictEqual(yield* ask(endpoint, webhook(sms, params, signed)), [200, empty])
      const { params: all, ...message } = messages[0]!
      deepStrictEqual(message, {
        sid: params.MessageSid ?? "",
        accountSid: account,
        messagingServiceSid: `MG${"b".repeat(32)}`,
        from: phone,
        to: ours,
        body: "Grüße & <more>",
        media: [
          { url: "https://api.twilio.com/a", contentType: "image/png" },
          { url: "https://api.twilio.com/b", contentType: "video/mp4" },
        ],
        numSegments: 3,
        keyword: null,
        isAnswered: false,
        fallback: null,
      })
      deepStrictEqual(Object.fromEntries(all), params)
    }),
  )
  it.effect("is answered by the first handler that fits, and with nothing when none does", () =>
    Effect.gen(function* () {
      const says = (text: string) => () => Effect.succeed(text)
      const { inbound: endpoint } = yield* rig({
        messages: [
          { on: "balance *", answer: says("glob") },
          { on: /^\d{6}$/g, answer: says("expression") },
          { on: { keyword: "HELP" }, answer: says("keyword") },
          { on: { from: "+1555*", body: "hi", hasMedia: false }, answer: says("all of it") },
          { on: ({ numSegments }) => numSegments > 5, answer: says("function") },
          { on: "twiml", answer: () => Effect.succeed(twiml.messaging(twiml.message("a"), twiml.message("b"))) },
        ],
      })
      const answer = (more: Record<string, string>) =>
        Effect.map(ask(endpoint, webhook(sms, inbound(more), signed)), ([, body]) => body)
      strictEqual(yield* answer({ Body: " Balance of MAY " }), reply("glob"))
      strictEqual(yield* answer({ Body: "123456" }), reply("expression"))
      strictEqual(yield* answer({ Body: "654321" }), reply("expression"))
      strictEqual(yield* answer({ Body: "info" }), reply("keyword"))
      strictEqual(yield* answer({ Body: "Hi" }), reply("all of it"))
      strictEqual(yield* answer({ Body: "Hi", From: "+447911123456" }), empty)
      strictEqual(yield* answer({ NumSegments: "6" }), reply("function"))
      strictEqual((yield* answer({ Body: "twiml" })).match(/<Message>/g)?.length, 2)
      strictEqual(yield* answer({ Body: "Balance" }), empty)
    }),
  )
  it.effect("is handled when it comes by GET", () =>
    Effect.gen(function* () {
      const { inbound: endpoint, messages } = yield* rig()
      deepStrictEqual(
        yield* ask(endpoint, webhook(`${sms}?app=1`, inbound({ Body: "by GET" }), { token, method: "GET" })),
        [200, empty],
      )
      strictEqual(messages[0]?.body, "by GET")
      strictEqual(messages[0]?.params.get("app"), "1")
    }),
  )
  it.effect("of the fallback URL says what went wrong before", () =>
    Effect.gen(function* () {
      const { inbound: endpoint, messages } = yield* rig()
      yield* ask(endpoint, webhook(sms, inbound({ ErrorCode: "11200", ErrorUrl: "https://a.example/x" }), signed))
      deepStrictEqual(messages[0]?.fallback, { errorCode: 11200, errorUrl: "https://a.example/x" })
    }),
  )
})

describe("A webhook is refused", () => {
  const refusals: ReadonlyArray<readonly [why: string, make: () => Request, status: number]> = [
    ["whose signature is another token's", () => webhook(sms, inbound(), { token: "other" }), 403],
    ["without a signature", () => new Request(sms, { method: "POST", body: "a=b" }), 403],
    ["that is no POST or GET", () => webhook(sms, inbound(), { token, method: "PUT" }), 405],
    [
      "whose form was changed",
      () => {
        const { headers } = webhook(sms, inbound(), signed)
        return new Request(sms, { method: "POST", headers, body: new URLSearchParams(inbound()) })
      },
      403,
    ],
    [
      "of another type without a hash",
      () => webhook(sms, inbound(), { token, headers: { "Content-Type": "multipart/form-data" } }),
      415,
    ],
    [
      "whose JSON is not what was hashed",
      () => {
        const { headers, url } = jsonWebhook(sms, "{}", signed)
        return new Request(url, { method: "POST", headers, body: "{ }" })
      },
      403,
    ],
    [
      "whose body is no UTF-8",
      () => {
        const { headers } = webhook(sms, {}, signed)
        return new Request(sms, { method: "POST", headers, body: new Uint8Array([0xff]) })
      },
      400,
    ],
    ["whose body is too long", () => webhook(sms, inbound({ Body: "x".repeat(70_000) }), signed), 413],
    [
      "with more parameters than there are",
      () => webhook(sms, Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`p${i}`, ""])), signed),
      400,
    ],
    ["that names no message", () => webhook(sms, { ...inbound(), MessageSid: "" }, signed), 400],
    ["whose SID is none", () => webhook(sms, { ...inbound(), MessageSid: "SM1" }, signed), 400],
    ["whose number of media is none", () => webhook(sms, inbound({ NumMedia: "-1" }), signed), 400],
    ["whose number of media is absurd", () => webhook(sms, inbound({ NumMedia: "999999" }), signed), 400],
    ["that lacks a medium it counts", () => webhook(sms, inbound({ NumMedia: "1" }), signed), 400],
  ]
  for (const [why, make, expected] of refusals)
    it.effect(`${why}: ${expected}`, () =>
      Effect.gen(function* () {
        const { inbound: endpoint, messages } = yield* rig()
        const [given, body] = yield* ask(endpoint, make())
        strictEqual(given, expected, body)
        strictEqual(body.includes(token), false)
        deepStrictEqual(messages, [])
      }).pipe(Effect.provide(silent)),
    )
  it.effect("that comes to a URL that is not allowed", () =>
    Effect.gen(function* () {
      const { inbound: endpoint, messages } = yield* rig({
        allowedUrls: ["https://app.example/sms", "https://x.example/*/in"],
      })
      const at = (url: string) => Effect.map(ask(endpoint, webhook(url, inbound(), signed)), ([given]) => given)
      strictEqual(yield* at(sms), 200)
      strictEqual(yield* at(`${sms}?a=b`), 200)
      strictEqual(yield* at("https://app.example:443/sms"), 200)
      strictEqual(yield* at("https://x.example/a/b/in"), 200)
      for (const other of [
        "http://app.example/sms",
        "https://app.example/sms/",
        "https://app.example/x?/sms",
        "https://y.example/sms",
      ])
        strictEqual(yield* at(other), 403, other)
      strictEqual(messages.length, 4)
    }).pipe(Effect.provide(silent)),
  )
  it.effect("whose body does not arrive: 408", () =>
    Effect.gen(function* () {
      const { inbound: endpoint } = yield* rig()
      const { headers } = webhook(sms, inbound(), signed)
      const asked = yield* Effect.fork(
        endpoint({
          method: "POST",
          url: sms,
          header: (name) => headers.get(name) ?? undefined,
          body: () => Effect.never,
        }),
      )
      yield* TestClock.adjust(15_000)
      strictEqual((yield* Fiber.join(asked)).status, 408)
    }).pipe(Effect.provide(silent)),
  )
  it.effect("when too many are under way", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<undefined>()
      const { inbound: endpoint } = yield* rig({ requestsMax: 2, messages: [{ answer: () => Deferred.await(gate) }] })
      const asking = () => Effect.fork(ask(endpoint, webhook(sms, inbound(), signed)))
      const under = [yield* asking(), yield* asking()]
      yield* Effect.yieldNow()
      deepStrictEqual(yield* ask(endpoint, webhook(sms, inbound(), signed)), [503, ""])
      yield* Deferred.succeed(gate, undefined)
      for (const fiber of under) deepStrictEqual(yield* Fiber.join(fiber), [200, empty])
      deepStrictEqual(yield* ask(endpoint, webhook(sms, inbound(), signed)), [200, empty])
    }).pipe(Effect.provide(silent)),
  )
})

describe("Options that cannot be", () => {
  const wrong: ReadonlyArray<readonly [Partial<WebhookOptions>, "InvalidAuthToken" | "InvalidOption"]> = [
    [{ authToken: [] }, "InvalidAuthToken"],
    [{ authToken: Redacted.make("") }, "InvalidAuthToken"],
    [{ publicUrl: "app.example" }, "InvalidOption"],
    [{ publicUrl: "https://app.example/?x" }, "InvalidOption"],
    [{ allowedUrls: ["/sms"] }, "InvalidOption"],
    [{ timeoutMs: 0 }, "InvalidOption"],
    [{ bodyBytesMax: 1.5 }, "InvalidOption"],
  ]
  for (const [options, name] of wrong)
    it.effect(`are refused at once: ${JSON.stringify(options)}`, () =>
      Effect.gen(function* () {
        const error = yield* makeWebhooks({ authToken: Redacted.make(token), ...options }).pipe(
          Effect.provideService(OptOuts, makeOptOuts()),
          Effect.flip,
        )
        strictEqual(error._tag, name)
        assertTrue(error instanceof InvalidAuthToken || error instanceof InvalidOption)
      }),
    )
})

describe("Behind a proxy", () => {
  it.effect("the public URL is what is signed, its user and password too", () =>
    Effect.gen(function* () {
      const form = inbound()
      const pairs = Object.entries(form)
      const inside = (query: string, signature: string) =>
        new Request(`http://10.0.0.1:3000/sms${query}`, {
          method: "POST",
          headers: { "X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams(form),
        })
      for (const publicUrl of ["https://public.example/hooks/", "https://u:p@public.example"]) {
        const { inbound: endpoint } = yield* rig({ publicUrl })
        const signature = sign(token, `${publicUrl.replace(/\/$/, "")}/sms?a=1`, pairs)
        strictEqual((yield* ask(endpoint, inside("?a=1", signature)))[0], 200)
        strictEqual((yield* ask(endpoint, inside("?a=2", signature)))[0], 403)
        const { inbound: other } = yield* rig({ publicUrl: "https://public.example" })
        strictEqual((yield* ask(other, inside("?a=1", signature)))[0], 403)
      }
    }).pipe(Effect.provide(silent)),
  )
})

describe("A handler", () => {
  const failing: ReadonlyArray<readonly [string, NonNullable<WebhookOptions["messages"]>[number]["answer"]]> = [
    ["that fails", () => Effect.fail(new Error("no"))],
    ["that dies", () => Effect.die("no")],
    [
      "that throws",
      () => {
        throw new Error("no")
      },
    ],
    ["that answers nonsense", () => Effect.succeed({ x: 1 } as never)],
    ["that answers an element that is no document", () => Effect.succeed(twiml.message("x") as never)],
    ["that answers more than Twilio reads", () => Effect.succeed("x".repeat(65_536))],
  ]
  for (const [what, answer] of failing)
    it.effect(`${what} is answered 500, and nothing of it is told to the caller`, () =>
      Effect.gen(function* () {
        const { inbound: endpoint } = yield* rig({ messages: [{ answer }] })
        deepStrictEqual(yield* ask(endpoint, webhook(sms, inbound(), signed)), [500, ""])
      }).pipe(Effect.provide(silent)),
    )
  it.effect("that takes too long is interrupted and answered 500", () =>
    Effect.gen(function* () {
      let interrupted = false
      const answer = () =>
        Effect.onInterrupt(Effect.never, () =>
          Effect.sync(() => {
            interrupted = true
          }),
        )
      const { inbound: endpoint } = yield* rig({ messages: [{ answer }] })
      const asked = yield* Effect.fork(ask(endpoint, webhook(sms, inbound(), signed)))
      yield* TestClock.adjust(14_999)
      strictEqual(interrupted, false)
      yield* TestClock.adjust(1)
      deepStrictEqual(yield* Fiber.join(asked), [500, ""])
      strictEqual(interrupted, true)
    }).pipe(Effect.provide(silent)),
  )
})

describe("Keywords", () => {
  const service = `MG${"c".repeat(32)}`
  it.effect("STOP opts out of the number and its service, before the handler runs; START opts in again", () =>
    Effect.gen(function* () {
      const seen: Array<boolean> = []
      const optOuts = makeOptOuts()
      const { inbound: endpoint } = yield* makeWebhooks({
        authToken: Redacted.make(token),
        messages: [
          {
            answer: () =>
              Effect.map(optOuts.find(phone, [ours]), (found) => void seen.push(found !== undefined) as undefined),
          },
        ],
      }).pipe(Effect.provideService(OptOuts, optOuts), Effect.orDie)
      const says = (Body: string, more = {}) =>
        ask(endpoint, webhook(sms, inbound({ Body, MessagingServiceSid: service, ...more }), signed))
      yield* says("stop ")
      strictEqual((yield* optOuts.find(phone, [ours])) !== undefined, true)
      strictEqual((yield* optOuts.find(phone, [service])) !== undefined, true)
      strictEqual((yield* optOuts.find(phone, ["+15550000009"])) !== undefined, false)
      yield* says("STOP it")
      yield* says("HELP")
      strictEqual((yield* optOuts.find(phone, [service])) !== undefined, true)
      yield* says("Start")
      strictEqual((yield* optOuts.find(phone, [service])) !== undefined, false)
      deepStrictEqual(seen, [true, true, true, false])
      yield* says("no more please", { OptOutType: "STOP" })
      strictEqual((yield* optOuts.find(phone, [ours])) !== undefined, true)
      yield* says("yes")
      strictEqual((yield* optOuts.find(phone, [ours])) !== undefined, false)
    }).pipe(Effect.provide(silent)),
  )
  it.effect("of a message that is not Twilio's count for nothing", () =>
    Effect.gen(function* () {
      const { inbound: endpoint, optOuts } = yield* rig()
      yield* ask(endpoint, webhook(sms, inbound({ Body: "STOP" }), { token: "other" }))
      deepStrictEqual(yield* optOuts.list, [])
    }).pipe(Effect.provide(silent)),
  )
  it.effect("are those of toll-free numbers for a toll-free number, and YES is one only as far as wanted", () =>
    Effect.gen(function* () {
      const { inbound: endpoint, messages } = yield* rig({ yesOptsIn: false })
      for (const [Body, To] of [
        ["CANCEL", "+18005551212"],
        ["STOP", "+18005551212"],
        ["YES", ours],
      ] as const)
        yield* ask(endpoint, webhook(sms, inbound({ Body, To }), signed))
      deepStrictEqual(
        messages.map(({ keyword }) => keyword),
        [null, "STOP", null],
      )
    }).pipe(Effect.provide(silent)),
  )
})

describe("Any signed webhook", () => {
  it.effect("can be checked: a form, JSON, a GET", () =>
    Effect.gen(function* () {
      const { check } = yield* rig()
      const call = yield* check(
        fromWebRequest(webhook("https://app.example/voice", { CallSid: "CA1", Digits: "1" }, signed)),
      )
      deepStrictEqual(
        [...call.params],
        [
          ["CallSid", "CA1"],
          ["Digits", "1"],
        ],
      )
      const json = yield* check(fromWebRequest(jsonWebhook("https://app.example/events?x=1", '[{"a":1}]', signed)))
      strictEqual(Buffer.from(json.body ?? []).toString(), '[{"a":1}]')
      strictEqual(json.params.get("x"), "1")
      const refused = yield* Effect.flip(check(fromWebRequest(webhook(sms, {}, { token: "other" }))))
      strictEqual(refused._tag, "InvalidSignature")
    }).pipe(Effect.provide(silent)),
  )
})
