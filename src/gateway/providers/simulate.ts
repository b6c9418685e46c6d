import { roll, token } from "../../core/chance.ts"
import type { ScriptedAnswer } from "../../network/settings.ts"
import type { PlannedReceipt, ProviderDecided } from "./entries.ts"
import type { Cost } from "./Provider.ts"
import type { Outage, SimulatedProfile } from "./profile.ts"

/* What a simulated provider does with a request, and what it says: pure functions of its profile, the seed and the request. */

/** A request as the provider reads it. */
export interface Arriving {
  readonly provider: string
  /** What the caller calls it; every draw is about it. */
  readonly reference: string
  /** Which try of it this is, from 1. */
  readonly n: number
  readonly phone: string
  readonly text: string
  /** Virtual ms. */
  readonly at: number
}

/** What the provider knows besides. */
export interface Standing {
  readonly profile: SimulatedProfile
  readonly seed: number
  /** When the run began, virtual ms: outages count from there. */
  readonly startedAt: number
  /** Texts that came to it in this second of the clock before this one. */
  readonly inSecond: number
  /** The name of the message it took under this reference before. */
  readonly takenAs: string | undefined
  readonly cost: Cost | undefined
}

/** The outage that a provider is in at an instant. */
export const outageAt = (outages: ReadonlyArray<Outage>, sinceStart: number): Outage | undefined =>
  outages.find(({ every_ms, for_ms, from_ms }) => {
    const since = sinceStart - from_ms
    return since >= 0 && (every_ms === undefined ? since : since % every_ms) < for_ms
  })

/**
 * Decides what becomes of a request.
 *
 * Order   out of order, lost, its limit, a wrong message, failing, refused, then taken
 * Chance  one draw for each question, by the provider, the reference and the try: other requests shift none of them
 */
export const decideRequest = (
  request: Arriving,
  standing: Standing,
): Omit<ProviderDecided, "provider" | "reference"> => {
  const { profile, seed, startedAt } = standing
  const draw = (name: string): number => roll(seed, `${request.provider} ${name}`, request.reference, request.n)
  const after_ms = within(profile.latency, draw("latency"))
  const outage = outageAt(profile.outages, request.at - startedAt)
  if (outage !== undefined) return { after_ms, fate: "outage", how: outage.how }
  if (draw("lost") < profile.lost_bp) return { after_ms, fate: "lost" }
  if (profile.limit_per_second !== undefined && standing.inSecond >= profile.limit_per_second)
    return {
      after_ms,
      fate: "limited",
      reason: `${profile.limit_per_second} requests a second`,
      retry_ms: 1_000 - (request.at % 1_000),
    }
  const wrong = wrongIn(request)
  if (wrong !== undefined) return { after_ms, fate: "refused", reason: wrong }
  if (standing.takenAs !== undefined) return { after_ms, fate: "repeated", message_id: standing.takenAs }
  if (draw("failing") < profile.failing_bp) return { after_ms, fate: "failing" }
  if (draw("refused") < profile.refused_bp) return { after_ms, fate: "refused", reason: "the recipient is not known" }
  return {
    after_ms,
    ...(standing.cost === undefined ? {} : { cost: standing.cost }),
    fate: draw("unanswered") < profile.unanswered_bp ? "unanswered" : "taken",
    message_id: token(seed, `${request.provider} message`, request.reference),
    receipts: receiptsOf(profile, draw, after_ms),
  }
}

/** What it will tell of a message it took. One that lies tells nothing, or one thing and then the other. */
const receiptsOf = (
  profile: SimulatedProfile,
  draw: (name: string) => number,
  answeredAfter: number,
): ReadonlyArray<PlannedReceipt> => {
  if (draw("silent") < profile.silent_bp) return []
  const after_ms = answeredAfter + within(profile.receipt, draw("receipt"))
  const undelivered = { code: "unreachable", status: "undelivered" } as const
  if (draw("contradicting") < profile.contradicting_bp)
    return [
      { after_ms, status: "delivered" },
      { after_ms: after_ms + within(profile.receipt, draw("second receipt")), ...undelivered },
    ]
  return draw("undelivered") < profile.undelivered_bp
    ? [{ after_ms, ...undelivered }]
    : [{ after_ms, status: "delivered" }]
}

/** The ms of a span at a draw. */
const within = ({ max_ms, min_ms }: SimulatedProfile["latency"], drawn: number): number =>
  min_ms + Math.floor((Math.max(0, max_ms - min_ms + 1) * drawn) / 10_000)

const wrongIn = ({ phone, text }: Arriving): string | undefined => {
  if (!/^\+?[\d\s().-]{5,24}$/.test(phone)) return "phone is no phone number"
  return text === "" ? "text is empty" : undefined
}

/** What the provider says; `drop` where it says nothing. */
export const answerOf = (decided: ProviderDecided): ScriptedAnswer => {
  const { after_ms, fate, how, message_id, provider, reason = "", reference, retry_ms = 0 } = decided
  const says = (status: number, fields: object) => ({
    after_ms,
    body: JSON.stringify({ ...fields, provider, reference }),
    status,
  })
  const no = (status: number, code: string, error: string, more: object = {}) =>
    says(status, { success: false, code, error, ...more })
  switch (fate) {
    case "taken":
    case "repeated":
      return says(200, { success: true, message_id, status: "sent", ...priced(decided.cost) })
    case "known":
      return says(200, { success: true, message_id, status: "sent" })
    case "unknown":
      return no(404, "unknown_reference", "no such reference")
    case "refused":
      return no(422, "invalid_message", reason)
    case "failing":
      return no(500, "internal_error", "something went wrong here")
    case "limited":
      return no(429, "rate_limited", reason, { retry_after: retry_ms / 1000 })
    case "unanswered":
      return { ...silence, after_ms, drop: "timeout" }
    case "lost":
      return { ...silence, after_ms, drop: "reset" }
    case "outage":
      return how === "503" || how === undefined
        ? no(503, "unavailable", "out of order")
        : { ...silence, after_ms: how === "connect" ? 0 : after_ms, drop: how }
  }
}

const silence = { body: "", status: 0 }

const priced = (cost: Cost | undefined): object =>
  cost === undefined ? {} : { cost: (cost.micros / 1_000_000).toFixed(6), currency: cost.currency }

/** What the provider posts about a message it took. */
export const receiptText = (messageId: string, reference: string, { code, status }: PlannedReceipt): string =>
  JSON.stringify({ message_id: messageId, reference, status, ...(code === undefined ? {} : { code }) })
