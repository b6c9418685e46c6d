import * as Schema from "effect/Schema"
import { entryType } from "../../../core/Entry.ts"
import { optional } from "../../../core/optional.ts"

/*
 * What happens to verifications and the services they belong to. Fields in the order of canonical JSON.
 *
 * A code stands here as it is. It opens nothing outside the run, follows from the run's seed (or was given, as a message's body is), and
 * the message that carries it is in the log anyway; as a secret it would have to be in the keys file, and no log could be verified without.
 */

const Text = optional(Schema.String)
const Flag = optional(Schema.Boolean)
const Int = optional(Schema.Int)

/** How a service is set up, as far as it was said; what was not has Twilio's default. An empty text was cleared. */
export const VerifyConfig = Schema.Struct({
  code_length: Int,
  custom_code_enabled: Flag,
  default_template_sid: Text,
  do_not_share_warning_enabled: Flag,
  dtmf_input_required: Flag,
  friendly_name: Text,
  lookup_enabled: Flag,
  psd2_enabled: Flag,
  push_apn_credential_sid: Text,
  push_fcm_credential_sid: Text,
  push_include_date: Flag,
  skip_sms_to_landlines: Flag,
  totp_code_length: Int,
  totp_issuer: Text,
  totp_skew: Int,
  totp_time_step: Int,
  tts_name: Text,
  verify_event_subscription_enabled: Flag,
  whatsapp_from: Text,
  whatsapp_msg_service_sid: Text,
})
export type VerifyConfig = typeof VerifyConfig.Type

export const verifyServiceCreated = entryType("verify-service.created", () =>
  Schema.Struct({ account_sid: Schema.String, config: VerifyConfig }),
)
export type VerifyServiceCreated = Schema.Schema.Type<typeof verifyServiceCreated.schema>

export const verifyServiceUpdated = entryType("verify-service.updated", () => Schema.Struct({ config: VerifyConfig }))
export type VerifyServiceUpdated = Schema.Schema.Type<typeof verifyServiceUpdated.schema>

/** The service ends, and with it its verifications. */
export const verifyServiceDeleted = entryType("verify-service.deleted", () => Schema.Struct({}))

/** Ways to bring a code to somebody that are simulated. */
export const VerifyChannel = Schema.Literal("sms", "call", "email", "whatsapp")
export type VerifyChannel = typeof VerifyChannel.Type

/** Somebody is to show that an address is theirs, until `expires_at` (virtual ms). */
export const verificationCreated = entryType("verification.created", () =>
  Schema.Struct({
    account_sid: Schema.String,
    amount: Text,
    code: Schema.String,
    expires_at: Schema.Int,
    payee: Text,
    service_sid: Schema.String,
    to: Schema.String,
  }),
)
export type VerificationCreated = Schema.Schema.Type<typeof verificationCreated.schema>

/** The code is on its way, once more or for the first time; `code` is a new one that was given. */
export const verificationSent = entryType("verification.sent", () =>
  Schema.Struct({
    attempt_sid: Schema.String,
    channel: VerifyChannel,
    code: Text,
    /** The message that carries it; a call or an e-mail is no more than this entry. */
    message_sid: Text,
  }),
)
export type VerificationSent = Schema.Schema.Type<typeof verificationSent.schema>

export const VerificationStatus = Schema.Literal("pending", "approved", "canceled", "max_attempts_reached")
export type VerificationStatus = typeof VerificationStatus.Type

/** A code was shown. */
export const verificationChecked = entryType("verification.checked", () =>
  Schema.Struct({ status: VerificationStatus, valid: Schema.Boolean }),
)
export type VerificationChecked = Schema.Schema.Type<typeof verificationChecked.schema>

/** The application ended it. */
export const verificationStatusChanged = entryType("verification.status-changed", () =>
  Schema.Struct({ status: VerificationStatus }),
)
export type VerificationStatusChanged = Schema.Schema.Type<typeof verificationStatusChanged.schema>

export const verifyEntryTypes = [
  verifyServiceCreated,
  verifyServiceUpdated,
  verifyServiceDeleted,
  verificationCreated,
  verificationSent,
  verificationChecked,
  verificationStatusChanged,
] as const
