import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { decode } from "../../src/core/Entry.ts"
import { type Conversing, conversing, number, phone, smsParams, statusParams } from "../support/conversing.ts"

const sid = (n: number) => `SM${String(n).padStart(32, "0")}`
const sms = "/webhook/twilio/sms"
const status = "/webhook/twilio/status"

const typesOf = ({ rows }: Conversing) =>
  Effect.map(rows, (all) => all.map(({ type }) => type).filter((type) => type.startsWith("conversation")))

/** Turns without what they are asked. */
const entriesOf = ({ rows }: Conversing) => Effect.map(rows, (all) => all.map(decode))

const aside = { conversations: { signatures: "off" as const } }

describe("the webhook of messages", () => {
  it.scoped("takes a message once, whoever tells it again, and however", () =>
    Effect.gen(function* () {
      const run = yield* conversing()
      const answers = [
        yield* run.ask("POST", sms, smsParams(sid(1))),
        yield* run.ask("POST", sms, smsParams(sid(1))),
        yield* run.ask("POST", sms, smsParams(sid(1), { Body: "Another text" })),
      ]
      deepStrictEqual(
        answers.map((answer) => [answer.status, answer.body]),
        Array(3).fill([200, '<?xml version="1.0" encoding="UTF-8"?><Response/>']),
      )
      const received = (yield* typesOf(run)).filter((type) => type === "conversation-message.received")
      strictEqual(received.length, 1)
      const { json } = yield* run.ask("GET", `/api/messages/${sid(1)}`)
      deepStrictEqual([json.message_content, json.delivery_status], ["Hello there", "received"])
      const [raw] = (yield* run.rows).filter(({ seq }) => seq === json.raw_webhook_entry).map(decode)
      deepStrictEqual(raw?.data.params, [...smsParams(sid(1))])
    }),
  )

  it.scoped("is signed, or is not looked at; whether it has to be is a setting", () =>
    Effect.gen(function* () {
      const run = yield* conversing()
      for (const signature of ["invalid", "absent"] as const)
        for (const path of [sms, status]) {
          const { json, status: code } = yield* run.ask("POST", path, smsParams(sid(2)), { signature })
          deepStrictEqual([code, json.error.code], [403, "sms.forbidden"])
        }
      const barred = yield* run.ask("POST", sms, smsParams(sid(2)), { peer: "refused" })
      deepStrictEqual([barred.status, barred.json.error.code], [403, "sms.forbidden"])
      deepStrictEqual(yield* typesOf(run), [])
      const open = yield* conversing({ settings: aside })
      strictEqual((yield* open.ask("POST", sms, smsParams(sid(2)), { signature: "absent" })).status, 200)
    }),
  )

  it.scoped("says what is missing in it", () =>
    Effect.gen(function* () {
      const run = yield* conversing()
      const { json, status: code } = yield* run.ask(
        "POST",
        sms,
        new URLSearchParams({ From: "nobody!", MessageSid: "x" }),
      )
      strictEqual(code, 400)
      deepStrictEqual(
        json.error.details.map(({ field }: { field: string }) => field),
        ["MessageSid", "From", "To"],
      )
    }),
  )

  it.scoped("answers with the configured reply, which is a message whose statuses find it", () =>
    Effect.gen(function* () {
      const run = yield* conversing({ settings: { conversations: { reply: "Thanks & bye" } } })
      yield* run.write("Hello, are you open today?")
      yield* run.settled
      const { json } = yield* run.ask("GET", `/api/conversations/by-number/${phone}`)
      const listed = yield* run.ask("GET", `/api/conversations/${json.id}/messages`)
      const [reply, asked] = listed.json.messages
      deepStrictEqual(
        [reply.message_content, reply.direction, reply.delivery_status, asked.direction],
        ["Thanks & bye", "outbound", "delivered", "inbound"],
      )
      const carried = (yield* entriesOf(run)).filter(
        ({ type, data }) => type === "message.created" && data.direction === "outbound-reply",
      )
      deepStrictEqual(
        carried.map(({ subject }) => subject),
        [reply.twilio_sid],
      )
    }),
  )

  it.scoped("reopens a closed conversation, and leads to the one that the number's was merged into", () =>
    Effect.gen(function* () {
      const run = yield* conversing()
      const idOf = (from: string) =>
        Effect.map(run.ask("GET", `/api/conversations/by-number/${from}`), ({ json }) => json.id as string)
      const other = "+14155550199"
      yield* run.write("Hi", phone)
      yield* run.write("Hi", other)
      yield* run.settled
      const [one, two] = [yield* idOf(phone), yield* idOf(other)]
      yield* run.ask("PATCH", `/api/conversations/${two}`, { workflow_type: "dispute", tenant_id: "T1" })
      strictEqual((yield* run.ask("POST", `/api/conversations/${one}/close`)).json.status, "closed")
      yield* run.write("Still there?", phone)
      yield* run.settled
      strictEqual((yield* run.ask("GET", `/api/conversations/${one}`)).json.status, "open")
      const merged = yield* run.ask("POST", `/api/conversations/${two}/merge`, { into: one })
      deepStrictEqual([merged.json.status, merged.json.merged_into], ["merged", one])
      strictEqual(yield* idOf(other), one)
      yield* run.write("And now?", other)
      yield* run.settled
      const { json } = yield* run.ask("GET", `/api/conversations/${one}/messages`)
      deepStrictEqual(
        json.messages.map(({ message_content }: { message_content: string }) => message_content),
        ["And now?", "Still there?", "Hi", "Hi"],
      )
      const into = (yield* run.ask("GET", `/api/conversations/${one}`)).json
      deepStrictEqual([into.workflow_type, into.tenant_id, into.message_count], ["dispute", "T1", 4])
      strictEqual((yield* run.ask("POST", `/api/conversations/${two}/close`)).json.error.code, "sms.conflict")
      strictEqual((yield* run.ask("GET", "/api/conversations")).json.conversations.length, 1)
    }),
  )
})

describe("the webhook of statuses", () => {
  const sent = (run: Conversing) =>
    Effect.gen(function* () {
      const { json } = yield* run.ask("POST", "/api/messages", { to: phone, body: "Hello", from: number })
      return (yield* run.ask("GET", `/api/messages/${json.id}`)).json as { id: string; twilio_sid: string }
    })

  it.scoped("never moves a message back, keeps what came late, and takes each status once", () =>
    Effect.gen(function* () {
      const run = yield* conversing({ pace: { _tag: "paused" } })
      const message = yield* sent(run)
      for (const each of ["delivered", "sent", "delivered", "queued", "undelivered", "sent"])
        strictEqual((yield* run.ask("POST", status, statusParams(message.twilio_sid, each))).status, 200)
      const { json } = yield* run.ask("GET", `/api/messages/${message.id}`)
      strictEqual(json.delivery_status, "delivered")
      deepStrictEqual(
        json.status_events.map((event: { event_status: string; late: boolean }) => [event.event_status, event.late]),
        [
          ["delivered", false],
          ["sent", true],
          ["queued", true],
          ["undelivered", true],
        ],
      )
    }),
  )

  it.scoped("of a SID that nobody has is kept, and tied when the carrier's answer names it", () =>
    Effect.gen(function* () {
      const first = yield* conversing({ pace: { _tag: "paused" } })
      const known = (yield* sent(first)).twilio_sid
      // The same run again: the SID is the same, and its status comes before anything was sent.
      const run = yield* conversing({ pace: { _tag: "paused" } })
      strictEqual((yield* run.ask("POST", status, statusParams(known, "sent"))).status, 200)
      strictEqual((yield* run.ask("POST", status, statusParams(known, "sent"))).status, 200)
      strictEqual(run.world().untied.get(known)?.length, 1)
      const message = yield* sent(run)
      strictEqual(message.twilio_sid, known)
      const { json } = yield* run.ask("GET", `/api/messages/${message.id}`)
      deepStrictEqual([json.delivery_status, json.status_events.length], ["sent", 1])
      strictEqual(run.world().untied.size, 0)
    }),
  )

  it.scoped("finds a message that nobody knows to be sent by the name in its URL", () =>
    Effect.gen(function* () {
      const run = yield* conversing({
        settings: {
          conversations: {
            carrier: { account_sid: `AC${"1".repeat(32)}`, auth_token: "x", url: "https://hanging.test" },
          },
        },
      })
      const { json } = yield* run.ask("POST", "/api/messages", { to: phone, body: "Hello", from: number })
      yield* run.settled
      const unsure = (yield* run.ask("GET", `/api/messages/${json.id}`)).json
      deepStrictEqual([unsure.delivery_status, unsure.error.reason, unsure.attempts], ["unknown", "timeout", 1])
      yield* run.ask("POST", `${status}?message=${json.id}`, statusParams(sid(9), "delivered"))
      const told = (yield* run.ask("GET", `/api/messages/${json.id}`)).json
      deepStrictEqual([told.delivery_status, told.twilio_sid, told.error], ["delivered", sid(9), null])
    }),
  )

  it.scoped("refuses what is no status", () =>
    Effect.gen(function* () {
      const run = yield* conversing()
      for (const each of ["pending", "unknown", "__proto__", ""])
        strictEqual((yield* run.ask("POST", status, statusParams(sid(1), each))).status, 400)
    }),
  )
})
