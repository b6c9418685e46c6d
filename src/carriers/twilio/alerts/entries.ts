import * as Schema from "effect/Schema"
import { entryType } from "../../../core/Entry.ts"
import { optional } from "../../../core/optional.ts"

/**
 * Something went wrong that no request of the API could be told: with a webhook, with its TwiML, with a reply. About the resource
 * that is the subject. Fields in the order of canonical JSON. Source: Monitor, Alert resource.
 */
export const alertRaised = entryType("alert.raised", () =>
  Schema.Struct({
    account_sid: Schema.String,
    /** What exactly, for people. */
    detail: optional(Schema.String),
    error_code: Schema.Int,
    log_level: Schema.Literal("error", "warning"),
    request_method: optional(Schema.String),
    request_url: optional(Schema.String),
    sid: Schema.String,
  }),
)
export type AlertRaised = Schema.Schema.Type<typeof alertRaised.schema>

export const alertEntryTypes = [alertRaised] as const
