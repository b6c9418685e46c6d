import type { MessageStatusChanged, Plan } from "../../delivery/entries.ts"
import { segments } from "../../delivery/segments.ts"
import { smartEncoded } from "../../delivery/smartEncoding.ts"
import type { TwilioSettings } from "../settings.ts"
import type { Twilio } from "../state.ts"

/** What will become of a message to this number: the failure list, the registered list, then the default. */
export const outcomeFor = ({ failing, registered, settings }: Twilio, to: string): Plan => {
  const fails = failing.has(to) || (!registered.has(to) && settings.default_behavior === "failure")
  const { delay_ms } = settings.callbacks
  return fails
    ? { delay_ms, error_code: settings.failure_error_code, outcome: "failed" }
    : { delay_ms, outcome: "delivered" }
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
export const queuePlan = (
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
