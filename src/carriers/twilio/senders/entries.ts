import * as Schema from "effect/Schema"
import { entryType } from "../../../core/Entry.ts"
import { optional } from "../../../core/optional.ts"

/*
 * What happens to senders: phone numbers, messaging services and their pools. Fields in the order of canonical JSON.
 */

const Text = optional(Schema.String)
const Flag = optional(Schema.Boolean)
const Method = optional(Schema.Literal("GET", "POST"))

/** How a number is set up, as far as it was said; what was not has Twilio's default. An empty text was cleared. */
export const NumberConfig = Schema.Struct({
  address_sid: Text,
  api_version: Text,
  bundle_sid: Text,
  emergency_address_sid: Text,
  emergency_status: optional(Schema.Literal("Active", "Inactive")),
  friendly_name: Text,
  identity_sid: Text,
  sms_application_sid: Text,
  sms_fallback_method: Method,
  sms_fallback_url: Text,
  sms_method: Method,
  sms_url: Text,
  status_callback: Text,
  status_callback_method: Method,
  trunk_sid: Text,
  voice_application_sid: Text,
  voice_caller_id_lookup: Flag,
  voice_fallback_method: Method,
  voice_fallback_url: Text,
  voice_method: Method,
  voice_receive_mode: optional(Schema.Literal("voice", "fax")),
  voice_url: Text,
})
export type NumberConfig = typeof NumberConfig.Type

/** An account buys a phone number. Numbers that settings name are there without. */
export const numberBought = entryType("number.bought", () =>
  Schema.Struct({ account_sid: Schema.String, config: NumberConfig, phone_number: Schema.String }),
)
export type NumberBought = Schema.Schema.Type<typeof numberBought.schema>

/** A phone number or short code is set up anew as far as `config` says, or moves to another account. */
export const numberUpdated = entryType("number.updated", () =>
  Schema.Struct({ account_sid: Text, config: NumberConfig }),
)
export type NumberUpdated = Schema.Schema.Type<typeof numberUpdated.schema>

/** A phone number is given back, and leaves its service. */
export const numberReleased = entryType("number.released", () => Schema.Struct({}))

/** How a messaging service is set up, as far as it was said; what was not has Twilio's default. */
export const ServiceConfig = Schema.Struct({
  area_code_geomatch: Flag,
  fallback_method: Method,
  fallback_to_long_code: Flag,
  fallback_url: Text,
  friendly_name: Text,
  inbound_method: Method,
  inbound_request_url: Text,
  mms_converter: Flag,
  scan_message_content: optional(Schema.Literal("inherit", "enable", "disable")),
  smart_encoding: Flag,
  status_callback: Text,
  sticky_sender: Flag,
  synchronous_validation: Flag,
  use_inbound_webhook_on_number: Flag,
  usecase: Text,
  /** Seconds. */
  validity_period: optional(Schema.Int),
})
export type ServiceConfig = typeof ServiceConfig.Type

export const serviceCreated = entryType("service.created", () =>
  Schema.Struct({ account_sid: Schema.String, config: ServiceConfig }),
)
export type ServiceCreated = Schema.Schema.Type<typeof serviceCreated.schema>

export const serviceUpdated = entryType("service.updated", () => Schema.Struct({ config: ServiceConfig }))
export type ServiceUpdated = Schema.Schema.Type<typeof serviceUpdated.schema>

/** A service ends; its numbers are free for others. */
export const serviceDeleted = entryType("service.deleted", () => Schema.Struct({}))

/** A sender joins the pool of the service that is the subject: a phone number, short code or alphanumeric sender ID. */
export const senderAdded = entryType("sender.added", () =>
  Schema.Struct({ sender: Schema.String, sender_sid: Schema.String }),
)
export type SenderAdded = Schema.Schema.Type<typeof senderAdded.schema>

export const senderRemoved = entryType("sender.removed", () => Schema.Struct({ sender_sid: Schema.String }))
export type SenderRemoved = Schema.Schema.Type<typeof senderRemoved.schema>

export const senderEntryTypes = [
  numberBought,
  numberUpdated,
  numberReleased,
  serviceCreated,
  serviceUpdated,
  serviceDeleted,
  senderAdded,
  senderRemoved,
] as const
