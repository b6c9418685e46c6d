import * as Schema from "effect/Schema"
import { entryType } from "../../core/Entry.ts"
import { optional } from "../../core/optional.ts"

/*
 * What simulated providers do. Subjects are those of the requests they answer: ids of the gateway's requests; of requests from
 * outside the run, ids of the provider's messages. Fields in the order of canonical JSON; spans in virtual ms.
 */

/**
 * What a simulated provider does with a request.
 *
 * `taken` its message goes out; `unanswered` so it does, and nobody is told; `repeated` it was taken before, under the same reference.
 * `refused` the message is wrong; `failing` 500; `limited` above its own limit; `lost` it never arrived; `outage` it is out of order.
 * `known`, `unknown` it was asked for a reference.
 */
export const Fate = Schema.Literal(
  "taken",
  "unanswered",
  "repeated",
  "refused",
  "failing",
  "limited",
  "lost",
  "outage",
  "known",
  "unknown",
)
export type Fate = typeof Fate.Type

/** A receipt that is to come, so long after the request. */
export const PlannedReceipt = Schema.Struct({
  after_ms: Schema.NonNegativeInt,
  code: optional(Schema.String),
  status: Schema.Literal("delivered", "undelivered"),
})
export type PlannedReceipt = typeof PlannedReceipt.Type

/** A simulated provider has a request, and does this with it. It keeps all that was drawn: a profile that changes later changes nothing here. */
export const providerDecided = entryType("provider-request.decided", () =>
  Schema.Struct({
    after_ms: Schema.NonNegativeInt,
    /** Where a caller from outside wants its receipts. */
    callback_url: optional(Schema.String),
    /** What it takes, where its settings say so. */
    cost: optional(Schema.Struct({ currency: Schema.String, micros: Schema.NonNegativeInt })),
    fate: Fate,
    /** Of an outage. */
    how: optional(Schema.Literal("connect", "timeout", "503")),
    /** The name of its message, where there is one. */
    message_id: optional(Schema.String),
    provider: Schema.String,
    /** Why it is refused. */
    reason: optional(Schema.String),
    receipts: optional(Schema.Array(PlannedReceipt)),
    /** What the caller calls the request. */
    reference: Schema.String,
    /** Of a limit: when there is room again. */
    retry_ms: optional(Schema.NonNegativeInt),
  }),
)
export type ProviderDecided = Schema.Schema.Type<typeof providerDecided.schema>

/** A simulated provider tells the gateway of this run what became of a message: `text` is what it would post to it. */
export const providerReceiptSent = entryType("provider-receipt.sent", () =>
  Schema.Struct({
    message_id: Schema.String,
    /** Which of the message's receipts, from 1. */
    n: Schema.Int.pipe(Schema.positive()),
    provider: Schema.String,
    text: Schema.String,
  }),
)
export type ProviderReceiptSent = Schema.Schema.Type<typeof providerReceiptSent.schema>

export const providerEntryTypes = [providerDecided, providerReceiptSent] as const
