import * as Schema from "effect/Schema"
import { entryType } from "../core/Entry.ts"
import { optional } from "../core/optional.ts"

/*
 * What happens to requests of the gateway and to its providers. Subjects are ids of requests, but for entries about a provider, whose
 * subject is its id. Fields in the order of canonical JSON; instants and spans in virtual ms.
 *
 *   accepted ──> attempt.chosen ──> outbound.requested ──> attempt.answered ──> receipt.arrived ──> settled
 *                     ^                                        │
 *                     └───────────── retried <─────────────────┴──> dead-lettered ──> resent
 */

/** Of those that may be sent, high goes before normal, and that before low. */
export const Priority = Schema.Literal("high", "normal", "low")
export type Priority = typeof Priority.Type

/** Money in millionths of a currency (ISO 4217). */
export const Cost = Schema.Struct({ currency: Schema.String, micros: Schema.NonNegativeInt })
export type Cost = typeof Cost.Type

const attempt = Schema.Int.pipe(Schema.positive())

/** A text to a phone was taken. Its id follows from the seed and `n`, its place among all requests of the run. */
export const requestAccepted = entryType("gateway-request.accepted", () =>
  Schema.Struct({
    /** The one provider it is for: past the queue, with a single attempt. */
    direct: optional(Schema.String),
    /** The key under which a repeat is harmless, and the hash of what it came with. */
    idempotency: optional(Schema.Struct({ key: Schema.String, of: Schema.String })),
    n: Schema.NonNegativeInt,
    /** In E.164 form. */
    phone: Schema.String,
    priority: Priority,
    /** Not before this instant. */
    send_at: optional(Schema.Int),
    text: Schema.String,
  }),
)
export type RequestAccepted = Schema.Schema.Type<typeof requestAccepted.schema>

/** One provider as it stood when an attempt was made. */
export const Candidate = Schema.Struct({
  /** Its turn in the weighted round robin, this round's weight added; the highest is chosen. Absent: it had no part in this round. */
  current: optional(Schema.Int),
  /** Failures in the window of its health. */
  failures: Schema.NonNegativeInt,
  health: Schema.Literal("healthy", "recovering", "unhealthy"),
  /** Requests on their way to it. */
  in_flight: Schema.NonNegativeInt,
  limit: Schema.Int,
  /** Why it had no part in this round. */
  out: optional(Schema.Literal("unhealthy", "limit", "busy", "tried", "told-to-wait", "probed", "weightless")),
  provider: Schema.String,
  /** Attempts in the window of its limit, this one not included. */
  sent: Schema.NonNegativeInt,
  successes: Schema.NonNegativeInt,
  weight: Schema.NonNegativeInt,
})
export type Candidate = typeof Candidate.Type

/** A provider was chosen for an attempt, and why. Attempts of a request count from 1, those after a resend on. */
export const attemptChosen = entryType("gateway-attempt.chosen", () =>
  Schema.Struct({
    attempt,
    /** Every provider, in the order of the settings. */
    candidates: Schema.Array(Candidate),
    /** It is let through to see whether an unhealthy provider has recovered. */
    probe: optional(Schema.Literal(true)),
    provider: Schema.String,
    /** Of all providers together. */
    total: Schema.Struct({ limit: Schema.Int, sent: Schema.NonNegativeInt }),
  }),
)
export type AttemptChosen = Schema.Schema.Type<typeof attemptChosen.schema>

/** What an attempt came to, as its provider's dialect reads the answer. */
export const AttemptOutcome = Schema.Literal(
  /** The provider has taken it. */
  "accepted",
  /** It has not, and says why. */
  "refused",
  /** It has too much to do. */
  "limited",
  /** No usable answer. */
  "failed",
  /** The process ended before the answer came, or nobody can tell: it is never repeated by itself. */
  "unsure",
  /** The provider was asked, and never heard of it. */
  "never-arrived",
)
export type AttemptOutcome = typeof AttemptOutcome.Type

export const attemptAnswered = entryType("gateway-attempt.answered", () =>
  Schema.Struct({
    /** The provider was asked what became of an attempt that nobody was sure of. */
    asked: optional(Schema.Literal(true)),
    attempt,
    /** Of a refusal: whether every provider would refuse this message. */
    blames: optional(Schema.Literal("message", "provider")),
    /** The provider's own. */
    code: optional(Schema.String),
    cost: optional(Cost),
    /** Of a failure: the provider may have taken it all the same. */
    left: optional(Schema.Literal(true)),
    outcome: AttemptOutcome,
    /** It was let through to see whether the provider has recovered. */
    probe: optional(Schema.Literal(true)),
    provider: Schema.String,
    provider_message_id: optional(Schema.String),
    reason: optional(Schema.String),
    /** Of a limit: how long the provider wants to be left alone. */
    retry_after_ms: optional(Schema.NonNegativeInt),
    /** Of a refusal: whether the same provider may take it later. */
    retryable: optional(Schema.Boolean),
    /** Of the HTTP answer. */
    status: optional(Schema.Int),
  }),
)
export type AttemptAnswered = Schema.Schema.Type<typeof attemptAnswered.schema>

/** A request is to be tried again: at once by another provider, or by any after a pause. */
export const requestRetried = entryType("gateway-request.retried", () =>
  Schema.Struct({ due: Schema.Int, why: Schema.Literal("failover", "back-off", "limited") }),
)
export type RequestRetried = Schema.Schema.Type<typeof requestRetried.schema>

export const DeadLetterReason = Schema.Literal("attempts", "expired", "refused", "unsure")
export type DeadLetterReason = typeof DeadLetterReason.Type

/** The gateway gives a request up; an operator may have it sent again. */
export const requestDeadLettered = entryType("gateway-request.dead-lettered", () =>
  Schema.Struct({ detail: optional(Schema.String), reason: DeadLetterReason }),
)
export type RequestDeadLettered = Schema.Schema.Type<typeof requestDeadLettered.schema>

/** An operator's order: a dead letter goes back into the queue, with all its attempts before it. */
export const requestResent = entryType("gateway-request.resent", () => Schema.Struct({}))

/** A request that had not been sent yet never will be. */
export const requestCancelled = entryType("gateway-request.cancelled", () => Schema.Struct({}))

/** A provider tells what became of a message. Its subject is the request, empty where no message has that id. */
export const receiptArrived = entryType("gateway-receipt.arrived", () =>
  Schema.Struct({
    /** The provider's own. */
    code: optional(Schema.String),
    cost: optional(Cost),
    provider: Schema.String,
    provider_message_id: Schema.String,
    status: Schema.Literal("sent", "delivered", "undelivered"),
    /** The provider's own word for the status. */
    told: Schema.String,
  }),
)
export type ReceiptArrived = Schema.Schema.Type<typeof receiptArrived.schema>

/** What a receipt says of a request is final. Later ones change nothing. */
export const requestSettled = entryType("gateway-request.settled", () =>
  Schema.Struct({ code: optional(Schema.String), status: Schema.Literal("delivered", "undelivered") }),
)
export type RequestSettled = Schema.Schema.Type<typeof requestSettled.schema>

/** A provider is sent nothing until `until`, when one request is let through; or is sent requests again. */
export const healthChanged = entryType("gateway-provider.health-changed", () =>
  Schema.Struct({
    /** In the window of its health. */
    failures: Schema.NonNegativeInt,
    health: Schema.Literal("healthy", "unhealthy"),
    successes: Schema.NonNegativeInt,
    until: optional(Schema.Int),
    why: Schema.Literal("threshold", "probe-failed", "probe-succeeded"),
  }),
)
export type HealthChanged = Schema.Schema.Type<typeof healthChanged.schema>

/** An operator's order: a provider counts as healthy, its window as empty. */
export const healthReset = entryType("gateway-provider.health-reset", () => Schema.Struct({}))

/** An operator's order: counts of attempts, outcomes and cost begin anew. */
export const distributionReset = entryType("gateway-distribution.reset", () => Schema.Struct({}))

export const gatewayEntryTypes = [
  requestAccepted,
  attemptChosen,
  attemptAnswered,
  requestRetried,
  requestDeadLettered,
  requestResent,
  requestCancelled,
  receiptArrived,
  requestSettled,
  healthChanged,
  healthReset,
  distributionReset,
] as const
