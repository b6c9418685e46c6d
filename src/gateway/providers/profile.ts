import * as Schema from "effect/Schema"
import { optional } from "../../core/optional.ts"

const BasisPoints = Schema.Int.pipe(Schema.between(0, 10_000))
const Ms = Schema.NonNegativeInt

/** A span in virtual ms, both ends included. */
const Span = Schema.suspend(() => Schema.Struct({ max_ms: Ms, min_ms: Ms }))

/**
 * A time in which a simulated provider is out of order. `from_ms` counts from the beginning of the run; with `every_ms` it comes
 * again and again.
 */
export const Outage = Schema.suspend(() =>
  Schema.Struct({
    every_ms: optional(Schema.Int.pipe(Schema.positive())),
    for_ms: Schema.Int.pipe(Schema.positive()),
    from_ms: Ms,
    /** No connection; no answer in time; or 503. */
    how: Schema.Literal("connect", "timeout", "503"),
  }),
)
export type Outage = typeof Outage.Type

/** How a simulated provider behaves. Chances are basis points of the requests it gets; each is drawn for itself, by `roll`. */
export const SimulatedProfile = Schema.suspend(() =>
  Schema.Struct({
    /** A provider that lies: of what it took, receipts that say delivered and then undelivered. */
    contradicting_bp: BasisPoints,
    /** Answered 500, and not taken. */
    failing_bp: BasisPoints,
    /** How long an answer takes. */
    latency: Span,
    /** Its own limit of requests in a second of the clock, whatever came of them; above it answers 429. Absent: none. */
    limit_per_second: optional(Schema.Int.pipe(Schema.positive())),
    /** Never arrive: the connection is reset, and nothing is taken. */
    lost_bp: BasisPoints,
    outages: Schema.Array(Outage),
    /** How long after its answer a receipt comes. */
    receipt: Span,
    /** Refused as wrong messages are. */
    refused_bp: BasisPoints,
    /** A provider that lies: of what it took, messages that never come to anything; no receipt either. */
    silent_bp: BasisPoints,
    /** Taken, but the answer never comes. */
    unanswered_bp: BasisPoints,
    /** Of what it took, messages whose receipt says undelivered. */
    undelivered_bp: BasisPoints,
  }),
)
export type SimulatedProfile = typeof SimulatedProfile.Type

/** A provider that does what it should, as the three default ones are. */
export const defaultProfile: SimulatedProfile = {
  contradicting_bp: 0,
  failing_bp: 0,
  latency: { max_ms: 120, min_ms: 40 },
  lost_bp: 0,
  outages: [],
  receipt: { max_ms: 3_000, min_ms: 500 },
  refused_bp: 0,
  silent_bp: 0,
  unanswered_bp: 0,
  undelivered_bp: 0,
}
