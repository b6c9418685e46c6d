import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { nextPlace } from "../../src/carriers/twilio/messages.ts"
import { twilioMachine } from "../../src/carriers/twilio/twilio.machine.ts"
import { conversationsMachine } from "../../src/conversations/conversations.machine.ts"
import { sid as sidOf } from "../../src/core/chance.ts"
import { requestIn, smsParams, statusParams } from "./conversing.ts"
import type { Simulation } from "./simulate.ts"

/** What a carrier, clients and operators do about conversations. */
export interface ConversationAct {
  readonly _tag: "converse"
  readonly how: keyof typeof ways
  readonly nth: number
}

type Way = (simulation: Simulation, nth: number) => ReturnType<typeof requestIn>

const slice = ({ run }: Simulation) => run.engine.world.slice(conversationsMachine)

const nthOf = <A>(items: ReadonlyArray<A>, nth: number): A | undefined => items[nth % Math.max(1, items.length)]

const conversationPath = (simulation: Simulation, nth: number): string =>
  `/api/conversations/${nthOf(slice(simulation).all, nth)?.id ?? "none"}`

const phones = ["+14155550123", "+525512345678", "whatsapp:+351912345678"]
const bodies = [
  "Hi, when does the shop open tomorrow?",
  "Olá, obrigado pela ajuda, não consegui ligar ontem",
  "¿dónde está mi pedido?",
  "ok",
]
const reported = ["sent", "delivered", "queued", "undelivered"]

const ways = {
  hear: (_, nth) =>
    requestIn(
      "POST",
      "/webhook/twilio/sms",
      smsParams(sidOf("SM", 99, nth % 6), { From: nthOf(phones, nth) ?? "", Body: nthOf(bodies, nth) ?? "" }),
    ),
  unsigned: (_, nth) =>
    requestIn("POST", "/webhook/twilio/sms", smsParams(sidOf("SM", 98, nth)), { signature: "invalid" }),
  report: (simulation, nth) => {
    const message = nthOf(slice(simulation).messages, nth)
    const sid = message === undefined || message.sid === "" ? sidOf("SM", 97, nth) : message.sid
    return requestIn(
      "POST",
      `/webhook/twilio/status?message=${message?.id ?? ""}`,
      statusParams(sid, nthOf(reported, nth) ?? ""),
    )
  },
  /** The status of the message that the carrier makes next. */
  reportEarly: (simulation) => {
    const { seed } = simulation.run
    const next = sidOf("SM", seed, nextPlace(simulation.run.engine.world.slice(twilioMachine).messages))
    return requestIn("POST", "/webhook/twilio/status", statusParams(next, "sent"))
  },
  say: (_, nth) =>
    requestIn(
      "POST",
      "/api/messages",
      { to: nthOf(phones.slice(0, 2), nth), body: `Number ${nth}`, from: "+15550000001" },
      { named: { "idempotency-key": `key ${nth}`.replace(" ", "-") } },
    ),
  answer: (simulation, nth) =>
    requestIn("POST", "/api/messages", {
      conversation_id: nthOf(slice(simulation).all, nth)?.id ?? "none",
      body: "Thank you",
    }),
  update: (simulation, nth) =>
    requestIn("PATCH", conversationPath(simulation, nth), {
      workflow_type: nth % 2 === 0 ? "dispute" : null,
      workflow_id: String(nth),
    }),
  close: (simulation, nth) => requestIn("POST", `${conversationPath(simulation, nth)}/close`, {}),
  reopen: (simulation, nth) => requestIn("POST", `${conversationPath(simulation, nth)}/reopen`, {}),
  merge: (simulation, nth) =>
    requestIn("POST", `${conversationPath(simulation, nth)}/merge`, {
      into: nthOf(slice(simulation).all, nth + 1)?.id ?? "none",
    }),
  lookUp: (simulation, nth) => requestIn("POST", `${conversationPath(simulation, nth)}/lookup`, {}),
  list: (_, nth) => requestIn("GET", `/api/conversations?page_size=${1 + (nth % 3)}&language=es`),
  read: (simulation, nth) => requestIn("GET", `${conversationPath(simulation, nth)}/messages`),
} as const satisfies Readonly<Record<string, Way>>

export const conversationWays = Object.keys(ways) as ReadonlyArray<keyof typeof ways>

export const conversationActs: FastCheck.Arbitrary<ConversationAct> = FastCheck.record({
  _tag: FastCheck.constant("converse" as const),
  how: FastCheck.oneof(
    FastCheck.constantFrom<keyof typeof ways>("hear", "say", "report", "reportEarly"),
    FastCheck.constantFrom(...conversationWays),
  ),
  nth: FastCheck.nat(20),
})

export const performConversation = (simulation: Simulation, { how, nth }: ConversationAct): Effect.Effect<void> =>
  Effect.async((resume) =>
    simulation.run.engine.ask(
      (ways[how] as Way)(simulation, nth),
      () => resume(Effect.void),
      (why) => resume(Effect.die(why)),
    ),
  )
