import type { MessageStatusChanged, Plan } from "../../delivery/entries.ts"
import { carrierOf, planOfBehavior, planOfCarrier } from "../../delivery/profiles.ts"
import { segments } from "../../delivery/segments.ts"
import { smartEncoded } from "../../delivery/smartEncoding.ts"
import type { TwilioSettings } from "../settings.ts"
import type { Twilio } from "../state.ts"

/**
 * What will become of a message to this number: the message's own behaviour, that of the number, the failure list, the registered list, the default, and its
 * carrier for what would be delivered by default.
 */
export const outcomeFor = (twilio: Twilio, to: string, sid: string): Plan => {
  const { behaviors, failing, registered, seed, settings } = twilio
  const { delay_ms } = settings.callbacks
  const own = settings.message_behaviors?.find((behavior) => behavior.sid === sid)
  const behavior = own ?? (behaviors.size === 0 ? undefined : behaviors.get(to))
  if (behavior !== undefined) return planOfBehavior(behavior, delay_ms)
  const known = registered.has(to)
  if (failing.has(to) || (!known && settings.default_behavior === "failure"))
    return { delay_ms, error_code: settings.failure_error_code, outcome: "failed" }
  const carrier = known || settings.carriers === undefined ? undefined : carrierOf(settings.carriers, to)
  return carrier === undefined ? { delay_ms, outcome: "delivered" } : planOfCarrier(carrier, { delay_ms, seed, sid })
}

/** Longest that any message waits. Source: OpenAPI, ValidityPeriod. */
const validityMsMax = 36_000_000

/** The ErrorCode of a message that waited too long. */
const expired = 30036

/** A message that joins its sender's queue. */
interface Joining {
  readonly from: string
  readonly numSegments: number
  readonly validityMs: number | undefined
}

/**
 * The plan of a message that joins its sender's queue now; `undefined` when the queue is full.
 *
 * Units   each segment keeps the sender busy for 1/rate of a second, rounded up to whole ms
 * Why     who would wait longer than it is valid takes no place: it fails when that time is over
 */
export const queuePlan = (twilio: Twilio, plan: Plan, joining: Joining, at: number): Plan | undefined => {
  const queued = senderPlan(twilio, plan, joining, at)
  return queued?.carrier === undefined ? queued : carrierPlan(twilio, queued, joining, at)
}

const senderPlan = (
  { messages, settings }: Twilio,
  plan: Plan,
  { from, numSegments, validityMs }: Joining,
  at: number,
): Plan | undefined => {
  const { rate } = settings
  if (rate === undefined) return validityMs === undefined ? plan : expiring(plan, 0, validityMs)
  const wait_ms = Math.max(0, (messages.busyUntil.get(from) ?? at) - at)
  const busy_ms = Math.ceil((numSegments * 1000) / rate.segments_per_second)
  if (wait_ms + busy_ms > rate.queue_ms) return undefined
  const valid = expiring(plan, wait_ms, validityMs ?? validityMsMax)
  return valid === plan ? { busy_ms, ...plan, wait_ms } : valid
}

/** The plan with what it waits for those before it at its carrier, which takes messages in the order they came. */
const carrierPlan = (
  { messages, settings }: Twilio,
  plan: Plan,
  { numSegments, validityMs }: Joining,
  at: number,
): Plan => {
  const { carrier = "", wait_ms = 0 } = plan
  const rate = settings.carriers?.find(({ name }) => name === carrier)?.segments_per_second
  if (rate === undefined) return plan
  const later = Math.max(wait_ms, (messages.carriersBusyUntil.get(carrier) ?? at) - at)
  const valid = expiring(plan, later, validityMs ?? validityMsMax)
  const carrier_busy_ms = Math.ceil((numSegments * 1000) / rate)
  return valid === plan ? { ...plan, carrier_busy_ms, wait_ms: later } : valid
}

/** The plan, or that of a message which expires before it would be sent. */
const expiring = (plan: Plan, waitMs: number, validityMs: number): Plan =>
  waitMs + plan.delay_ms > validityMs ? { delay_ms: validityMs, error_code: expired, outcome: "failed" } : plan

/** Segments a text is sent in. A message with media is one, whatever its text. */
export const segmentsOf = (body: string, { smart, mms }: { smart: boolean; mms: boolean }): number =>
  mms ? 1 : segments(smart ? smartEncoded(body) : body).count

/** The field of entries that says what so many segments cost. */
export const priceOf = (
  { price_micros }: TwilioSettings,
  numSegments: number,
): Pick<MessageStatusChanged, "price_micros"> =>
  price_micros === undefined ? free : { price_micros: price_micros * numSegments }

const free = {}
