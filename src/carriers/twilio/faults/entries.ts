import * as Schema from "effect/Schema"
import { entryType } from "../../../core/Entry.ts"
import { optional } from "../../../core/optional.ts"

/** What goes wrong with a request of the API. */
export const FaultAction = Schema.suspend(() =>
  Schema.Union(
    /** Not carried out, and answered so. */
    Schema.Struct({ code: Schema.Int, status: Schema.Int }),
    /** Carried out and answered so much later, virtual ms. */
    Schema.Struct({ latency_ms: Schema.NonNegativeInt }),
    /** `request`: the connection is reset before anything is carried out; `answer`: carried out, and the answer never arrives. */
    Schema.Struct({ drop: Schema.Literal("request", "answer") }),
  ),
)
export type FaultAction = typeof FaultAction.Type

/** Requests of the API that go wrong, and how often. What a matcher does not say fits every request. */
export const ApiFault = Schema.suspend(() =>
  Schema.Struct({
    action: FaultAction,
    bp: Schema.Int.pipe(Schema.between(0, 10_000)),
    method: optional(Schema.String),
    /** `*` stands for any text. */
    path: optional(Schema.String),
    to: optional(Schema.String),
  }),
)
export type ApiFault = typeof ApiFault.Type

/**
 * For a request that faults fit, whether one of them strikes: each draw until one does, and what happens to the request.
 *
 * Shape   `n` counts the draws of one `matcher` before this one
 */
export const faultDrawn = entryType("fault.drawn", () =>
  Schema.Struct({
    action: optional(FaultAction),
    draws: Schema.Array(
      Schema.Struct({ bp: Schema.Int, matcher: Schema.String, n: Schema.NonNegativeInt, roll: Schema.Int }),
    ),
  }),
)
export type FaultDrawn = Schema.Schema.Type<typeof faultDrawn.schema>

export const faultEntryTypes = [faultDrawn] as const
