import * as Schema from "effect/Schema"
import { entryType } from "../../../core/Entry.ts"
import { optional } from "../../../core/optional.ts"

/*
 * What happens to TwiML applications, which are the subject. Fields in the order of canonical JSON.
 */

const Text = optional(Schema.String)
const Flag = optional(Schema.Boolean)
const Method = optional(Schema.Literal("GET", "POST"))

/**
 * How an application is set up, as far as it was said; what was not has Twilio's default. An empty text was cleared. Fields that numbers
 * have, too, are named as theirs (`senders/entries.ts`).
 */
export const ApplicationConfig = Schema.Struct({
  api_version: Text,
  friendly_name: Text,
  message_status_callback: Text,
  public_application_connect_enabled: Flag,
  sms_fallback_method: Method,
  sms_fallback_url: Text,
  sms_method: Method,
  sms_url: Text,
  status_callback: Text,
  status_callback_method: Method,
  voice_caller_id_lookup: Flag,
  voice_fallback_method: Method,
  voice_fallback_url: Text,
  voice_method: Method,
  voice_url: Text,
})
export type ApplicationConfig = typeof ApplicationConfig.Type

export const applicationCreated = entryType("application.created", () =>
  Schema.Struct({ account_sid: Schema.String, config: ApplicationConfig }),
)
export type ApplicationCreated = Schema.Schema.Type<typeof applicationCreated.schema>

export const applicationUpdated = entryType("application.updated", () => Schema.Struct({ config: ApplicationConfig }))
export type ApplicationUpdated = Schema.Schema.Type<typeof applicationUpdated.schema>

/** It is gone, and numbers it was to handle are handled by their own URLs. */
export const applicationDeleted = entryType("application.deleted", () => Schema.Struct({}))

export const applicationEntryTypes = [applicationCreated, applicationUpdated, applicationDeleted] as const
