import * as Schema from "effect/Schema"
import { optional } from "../../../core/optional.ts"
import { AnsweredBy, CalleeStep } from "./entries.ts"

/* What settings say of calls, as the log keeps it. */

/** How calls to one number end, and what whoever answers does. */
export const Callee = Schema.suspend(() =>
  Schema.Struct({
    answered_by: optional(AnsweredBy),
    number: Schema.String,
    outcome: Schema.Literal("answered", "busy", "failed", "no-answer", "rejected"),
    /** Virtual ms of ringing; absent: the usual delay. */
    rings_ms: optional(Schema.NonNegativeInt),
    script: optional(Schema.Array(CalleeStep)),
  }),
)
export type Callee = typeof Callee.Type

/** What settings say of calls; nothing said: absent. */
export const CallSettings = Schema.suspend(() =>
  Schema.Struct({
    callees: optional(Schema.Array(Callee)),
    /** Calls an account begins in a second; absent: as many as it likes. */
    per_second: optional(Schema.Int.pipe(Schema.positive())),
    /** Price of a minute in millionths of the currency. */
    price_micros: optional(Schema.NonNegativeInt),
  }),
)
export type CallSettings = typeof CallSettings.Type
