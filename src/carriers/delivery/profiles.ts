import * as Schema from "effect/Schema"
import { roll } from "../../core/chance.ts"
import { optional } from "../../core/optional.ts"
import type { Plan } from "./entries.ts"

/*
 * What becomes of messages by the number or the carrier they go to: profiles are data of the settings, chance is drawn for each
 * message by its SID, and what was drawn is kept in its plan.
 */

const BasisPoints = Schema.Int.pipe(Schema.between(0, 10_000))

/** How a message ends, and when. */
const ending = {
  error_code: optional(Schema.Int),
  /** Virtual ms from `sent` to the receipt; absent: the usual delay. */
  landing_ms: optional(Schema.NonNegativeInt),
  /** `sent`: no receipt ever comes. */
  outcome: Schema.Literal("delivered", "undelivered", "failed", "sent"),
  /** Virtual ms before `sent` or `failed`; absent: the usual delay. */
  sending_ms: optional(Schema.NonNegativeInt),
}

/** How messages to one number end, and when. */
export const Behavior = Schema.Struct({ ...ending, number: Schema.String })
export type Behavior = typeof Behavior.Type

/** How one message ends, and when. Its SID follows from the seed. */
export const MessageBehavior = Schema.suspend(() => Schema.Struct({ ...ending, sid: Schema.String }))
export type MessageBehavior = typeof MessageBehavior.Type

/** A carrier behind the simulated API: which numbers it has, and how it treats their messages. */
export const CarrierProfile = Schema.suspend(() =>
  Schema.Struct({
    /** How many messages it filters, and with which ErrorCode. */
    filters: Schema.Array(Schema.Struct({ bp: BasisPoints, error_code: Schema.Int })),
    /** Virtual ms from `sent` to the receipt, as points of its distribution, ascending; between two of them it is even. */
    latency: optional(Schema.NonEmptyArray(Schema.Struct({ bp: BasisPoints, ms: Schema.NonNegativeInt }))),
    /** Messages of which no receipt ever comes. */
    loss_bp: BasisPoints,
    name: Schema.String,
    /** What it takes of all senders together; absent: whatever it is given. */
    segments_per_second: optional(Schema.Int.pipe(Schema.positive())),
    /** What its numbers begin with; empty: it has every number. */
    to: Schema.Array(Schema.String),
  }),
)
export type CarrierProfile = typeof CarrierProfile.Type

/** The carrier a number has: the one whose prefix is the longest, of equals the first. */
export const carrierOf = (carriers: ReadonlyArray<CarrierProfile>, number: string): CarrierProfile | undefined => {
  let found: CarrierProfile | undefined
  let longest = -1
  for (const carrier of carriers) {
    const length = carrier.to.length === 0 ? 0 : prefixLength(carrier.to, number)
    if (length > longest) {
      found = carrier
      longest = length
    }
  }
  return found
}

/** How long the longest of the prefixes is that a number begins with; -1 for none. */
const prefixLength = (prefixes: ReadonlyArray<string>, number: string): number =>
  prefixes.reduce((longest, prefix) => (number.startsWith(prefix) ? Math.max(longest, prefix.length) : longest), -1)

/** The plan of a message that has a behaviour of its own, or goes to a number that has. */
export const planOfBehavior = (
  { error_code, landing_ms, outcome, sending_ms }: Behavior | MessageBehavior,
  delay_ms: number,
): Plan => ({
  delay_ms: sending_ms ?? delay_ms,
  ...(error_code === undefined ? {} : { error_code }),
  ...(landing_ms === undefined ? {} : { landing_ms }),
  outcome,
})

/**
 * The plan of a message that goes through a carrier: filtered, lost or delivered, and when.
 *
 * Chance  three draws about the message's SID, each for itself: whether it is filtered, whether it is lost, and how long it takes
 */
export const planOfCarrier = (
  { filters, latency, loss_bp, name }: CarrierProfile,
  { delay_ms, seed, sid }: { readonly delay_ms: number; readonly seed: number; readonly sid: string },
): Plan => {
  const plan = {
    carrier: name,
    delay_ms,
    ...(latency === undefined ? {} : { landing_ms: latencyAt(latency, roll(seed, "carrier latency", sid, 0)) }),
  }
  const error_code = filteredWith(filters, roll(seed, "carrier filter", sid, 0))
  if (error_code !== undefined) return { ...plan, error_code, outcome: "undelivered" }
  return { ...plan, outcome: roll(seed, "carrier loss", sid, 0) < loss_bp ? "sent" : "delivered" }
}

const filteredWith = (filters: CarrierProfile["filters"], drawn: number): number | undefined => {
  let below = 0
  for (const { bp, error_code } of filters) {
    below += bp
    if (drawn < below) return error_code
  }
  return undefined
}

/** The latency at a draw: that of a point, or between two of them in proportion, in whole ms. */
export const latencyAt = (points: NonNullable<CarrierProfile["latency"]>, drawn: number): number => {
  let before = points[0]
  for (const point of points) {
    if (drawn <= point.bp)
      return point.bp === before.bp
        ? point.ms
        : before.ms + Math.round(((point.ms - before.ms) * (drawn - before.bp)) / (point.bp - before.bp))
    before = point
  }
  return before.ms
}
