import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { dataCleared } from "../../src/core/entries.ts"
import { openProjection } from "../../src/projection/ProjectionFile.ts"
import { type Conversing, conversing, smsParams, statusParams } from "../support/conversing.ts"
import { seededRuns } from "../support/seeded.ts"
import { agrees, scoped } from "./agreeing.ts"

const tenant = "7b0e4b0c-6f6b-4d7e-9a55-0d6c5c3a1f10"
const settings = {
  conversations: { monitor: { simulated: { tenants: { "4155550120": tenant }, latency: "40ms" } } },
}

const phoneOf = (n: number) => `+1415555012${n}`
/** Only from 0 to 9: several statuses are about one message, or about one that comes later. */
const sidOf = (n: number) => `SM${String(n).repeat(32)}`
const statuses = ["queued", "sent", "delivered", "undelivered", "read", "failed"] as const
const texts = ["hola donde esta mi paquete", "ok", "where is my package please", "oi tudo bem", "👍"] as const

type Act =
  | { readonly do: "inbound"; readonly phone: number; readonly sid: number; readonly text: number }
  | { readonly do: "status"; readonly sid: number; readonly status: number; readonly of: number }
  | { readonly do: "send" | "close" | "reopen" | "lookup" | "patch"; readonly phone: number }
  | { readonly do: "merge"; readonly phone: number; readonly into: number }
  | { readonly do: "step" }
  | { readonly do: "clear" }

const digit = FastCheck.integer({ min: 0, max: 3 })
const act: FastCheck.Arbitrary<Act> = FastCheck.oneof(
  {
    weight: 5,
    arbitrary: FastCheck.record({ do: FastCheck.constant("inbound" as const), phone: digit, sid: digit, text: digit }),
  },
  {
    weight: 4,
    arbitrary: FastCheck.record({
      do: FastCheck.constant("status" as const),
      sid: digit,
      status: FastCheck.integer({ min: 0, max: 5 }),
      of: digit,
    }),
  },
  {
    weight: 4,
    arbitrary: FastCheck.record({
      do: FastCheck.constantFrom(
        "send" as const,
        "close" as const,
        "reopen" as const,
        "lookup" as const,
        "patch" as const,
      ),
      phone: digit,
    }),
  },
  { weight: 1, arbitrary: FastCheck.record({ do: FastCheck.constant("merge" as const), phone: digit, into: digit }) },
  { weight: 4, arbitrary: FastCheck.constant({ do: "step" as const }) },
  { weight: 1, arbitrary: FastCheck.constant({ do: "clear" as const }) },
)

const perform = ({ ask, run, world }: Conversing, act: Act): Effect.Effect<unknown> => {
  const idOf = (phone: number) => world().all.find(({ number }) => number === phoneOf(phone))?.id ?? "nobody"
  switch (act.do) {
    case "inbound":
      return ask(
        "POST",
        "/webhook/twilio/sms",
        smsParams(sidOf(act.sid), { From: phoneOf(act.phone), Body: texts[act.text] ?? "" }),
      )
    case "status": {
      // Of a message that was sent, or of a SID that nobody knows yet.
      const sent = world().messages.filter(({ direction, sid }) => direction === "outbound" && sid !== "")
      const sid = sent[act.of]?.sid ?? sidOf(act.sid)
      return ask(
        "POST",
        "/webhook/twilio/status",
        statusParams(sid, statuses[act.status] ?? "sent", { ErrorCode: "30003" }),
      )
    }
    case "send":
      return ask("POST", "/api/messages", { to: phoneOf(act.phone), body: "hello" })
    case "patch":
      return ask("PATCH", `/api/conversations/${idOf(act.phone)}`, { workflow_type: "rent", workflow_id: null })
    case "merge":
      return ask("POST", `/api/conversations/${idOf(act.phone)}/merge`, { into: idOf(act.into) })
    case "step":
      return Effect.orDie(run.engine.step(1))
    case "clear":
      return Effect.orDie(run.engine.submit(dataCleared.draft("", { what: "all" })))
    default:
      return ask("POST", `/api/conversations/${idOf(act.phone)}/${act.do}`)
  }
}

describe("A projection of conversations", () => {
  it.effect.prop(
    "is what the world says, whatever came twice, late or for nobody",
    [
      FastCheck.array(act, { minLength: 5, maxLength: 25 }),
      FastCheck.array(FastCheck.integer({ min: 1, max: 40 }), { maxLength: 10 }),
    ],
    ([acts, pieces]) =>
      Effect.gen(function* () {
        const simulation = yield* conversing({ settings, pace: { _tag: "paused" } })
        for (const each of acts) yield* perform(simulation, each)
        yield* agrees(yield* simulation.rows, pieces)
      }).pipe(Effect.scoped),
    seededRuns(40),
  )
  it.effect("keeps each webhook as it came, one that changed nothing too, and ties what came before its message", () =>
    scoped(
      Effect.gen(function* () {
        const simulation = yield* conversing({ settings })
        const inbound = smsParams(sidOf(1), { Body: "hola", From: phoneOf(0) })
        for (const signature of ["valid", "invalid", "valid"] as const)
          yield* simulation.ask("POST", "/webhook/twilio/sms", inbound, { signature })
        yield* simulation.settled
        const projection = yield* openProjection("")
        projection.take(yield* simulation.rows)
        const webhooks = [...projection.rows("sms_webhooks")]
        deepStrictEqual(
          webhooks.map(({ path, signature }) => [path, signature]),
          [
            ["/webhook/twilio/sms", "valid"],
            ["/webhook/twilio/sms", "invalid"],
            ["/webhook/twilio/sms", "valid"],
          ],
        )
        const [message, ...others] = [...projection.rows("sms_messages")]
        strictEqual(others.length, 0)
        strictEqual(message?.raw_webhook_data, webhooks[0]?.raw_webhook_data)
        deepStrictEqual(JSON.parse(String(message?.raw_webhook_data)), Object.fromEntries(inbound))
        const [conversation] = [...projection.rows("sms_conversations")]
        deepStrictEqual([conversation?.tenant_id, conversation?.tenant_lookup], [tenant, "found"])
      }),
    ),
  )
})
