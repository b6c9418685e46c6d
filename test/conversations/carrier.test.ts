import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { rules } from "../../src/app/rules.ts"
import { decode } from "../../src/core/Entry.ts"
import { verifyRows } from "../../src/engine/verify.ts"
import { conversing, phone } from "../support/conversing.ts"

const tenant = "7b0e4b0c-6f6b-4d7e-9a55-0d6c5c3a1f10"

const settings = {
  conversations: { monitor: { simulated: { tenants: { "4155550123": tenant }, latency: "40ms" } } },
}

describe("the exchange as the carrier of the conversation service", () => {
  it.scoped("plays a whole conversation in one run without a socket: inbound, look-up, reply, statuses", () =>
    Effect.gen(function* () {
      const { ask, rows, settled, world, write } = yield* conversing({ settings })
      yield* write("Hola, ¿me puede decir a qué hora abren mañana? Gracias")
      yield* settled
      const listed = yield* ask("GET", "/api/conversations")
      const [conversation] = listed.json.conversations
      deepStrictEqual(
        {
          number: conversation.phone_number_canonical,
          tenant: conversation.tenant_id,
          lookup: conversation.tenant_lookup.outcome,
          language: conversation.language_detected,
          messages: conversation.message_count,
        },
        { number: phone, tenant, lookup: "found", language: "es", messages: 1 },
      )
      const sent = yield* ask("POST", "/api/messages", {
        conversation_id: conversation.id,
        body: "Abrimos a las nueve.",
      })
      deepStrictEqual([sent.status, sent.json.delivery_status, sent.json.twilio_sid], [202, "pending", null])
      yield* settled
      const read = yield* ask("GET", `/api/messages/${sent.json.id}`)
      strictEqual(read.json.delivery_status, "delivered")
      deepStrictEqual(
        read.json.status_events.map(({ event_status, late }: { event_status: string; late: boolean }) => [
          event_status,
          late,
        ]),
        [
          ["sent", false],
          ["delivered", false],
        ],
      )
      strictEqual(world().asked.size, 0)
      const all = yield* rows
      deepStrictEqual(
        all.filter(({ type }) => type.startsWith("conversation")).map(({ type }) => type),
        [
          "conversation.started",
          "conversation-message.received",
          "conversation.language-detected",
          "conversation.tenant-asked",
          "conversation.tenant-looked-up",
          "conversation-message.composed",
          "conversation-message.accepted",
          "conversation-status.received",
          "conversation-status.received",
        ],
      )
      const asked = all
        .map(decode)
        .filter(({ data, type }) => type === "outbound.requested" && data.purpose === "tenant-lookup")
      deepStrictEqual(
        asked.map(({ data }) => data.params),
        [[["phone", phone]], [["phone", "14155550123"]], [["phone", "4155550123"]]],
      )
      const verdict = yield* verifyRows(Stream.fromIterable(all), rules)
      strictEqual(verdict._tag, "Sound")
    }),
  )
})
