import * as Schema from "effect/Schema"
import { RetryOn, SecretName } from "../../core/entries.ts"
import { optional } from "../../core/optional.ts"
import { Behavior, CarrierProfile, MessageBehavior } from "../delivery/profiles.ts"
import { CallSettings } from "./calls/callSettings.ts"
import { ApiFault } from "./faults/entries.ts"

/** What a line can be. Source: Lookup docs, "Line Type Intelligence". */
export const lineTypes = [
  "landline",
  "mobile",
  "fixedVoip",
  "nonFixedVoip",
  "personal",
  "tollFree",
  "premium",
  "sharedCost",
  "uan",
  "voicemail",
  "pager",
  "unknown",
] as const

/** What settings say of a number that is looked up. */
export const LookedUp = Schema.suspend(() =>
  Schema.Struct({
    caller_name: optional(Schema.String),
    caller_type: optional(Schema.Literal("BUSINESS", "CONSUMER", "UNDETERMINED")),
    carrier_name: optional(Schema.String),
    mobile_country_code: optional(Schema.String),
    mobile_network_code: optional(Schema.String),
    number: Schema.String,
    type: optional(Schema.Literal(...lineTypes)),
    valid: optional(Schema.Boolean),
  }),
)
export type LookedUp = typeof LookedUp.Type

/** The carrier's settings as the log keeps them: normalised, no default missing, the token by its name. */
export const TwilioSettings = Schema.suspend(() =>
  Schema.Struct({
    account_sid: Schema.String,
    /** Empty: every From is allowed. */
    allowed_from_numbers: Schema.Array(Schema.String),
    /** How long a request takes, and how many may be under way at once; absent: answered at once. */
    api: optional(
      Schema.Struct({ concurrency_max: Schema.Int.pipe(Schema.positive()), latency_ms: Schema.NonNegativeInt }),
    ),
    auth_token: SecretName,
    /** What the account has to begin with, in millionths of the currency; absent: 100. */
    balance_micros: optional(Schema.NonNegativeInt),
    /** Numbers with a fate of their own; it wins over every list. */
    behaviors: optional(Schema.Array(Behavior)),
    callbacks: Schema.Struct({
      delay_ms: Schema.NonNegativeInt,
      enabled: Schema.Boolean,
      /** Attempts in all, the first one included. */
      retry_attempts: Schema.Int.pipe(Schema.between(1, 20)),
      /** The first gap; doubled each time. */
      retry_delay_ms: Schema.NonNegativeInt,
      /** What is tried again; absent: every failure. */
      retry_on: optional(Schema.Array(RetryOn)),
    }),
    /** Who is called, and what calls cost; absent: everybody answers. */
    calls: optional(CallSettings),
    /** Carriers behind the API; absent: none that makes a difference. */
    carriers: optional(Schema.Array(CarrierProfile)),
    default_behavior: Schema.Literal("success", "failure"),
    /** The ErrorCode of messages to numbers that fail. */
    failure_error_code: Schema.Int,
    failure_numbers: Schema.Array(Schema.String),
    /** Requests that go wrong; absent: none. */
    faults: optional(Schema.Array(ApiFault)),
    /** What a From that is not allowed is refused with: 21606, or Twilio's newer 21659 / 21660. */
    from_not_owned_code: Schema.Literal(21606, 21659, 21660),
    /** What lookups find; absent: what numbering plans tell, and every possible number is valid. */
    lookups: optional(Schema.Struct({ numbers: Schema.Array(LookedUp), strict: Schema.Boolean })),
    /** Where the bytes of media come from: made here, or fetched from their URLs; absent: media are only counted. */
    media: optional(Schema.Literal("generate", "fetch")),
    /** Whether the bytes of media are for those with credentials alone; absent: who knows their URL may have them. */
    media_auth: optional(Schema.Literal(true)),
    /** Messages with a fate of their own; it wins over that of their number. */
    message_behaviors: optional(Schema.Array(MessageBehavior)),
    /** One code for every missing parameter; absent: Twilio's own, 21604 for To, 21603 for From, 21602 for Body. */
    missing_parameter_code: optional(Schema.Int),
    /** What the carrier does with STOP, START and HELP; absent: as Twilio does by itself. */
    opt_out: optional(
      Schema.Struct({
        /** Messaging services have Advanced Opt-Out: webhooks say `OptOutType`. */
        advanced: Schema.Boolean,
        enabled: Schema.Boolean,
        /** A keyword that changes nothing is answered, too. */
        repeat_replies: Schema.Boolean,
        /** YES opts in, as START does. */
        yes: Schema.Boolean,
      }),
    ),
    /** Price of a segment in millionths of the currency; absent: messages have no price. */
    price_micros: optional(Schema.NonNegativeInt),
    /** What a sender can send; absent: as much as it is given. */
    rate: optional(
      Schema.Struct({
        /** The work a sender's queue holds, in virtual ms. */
        queue_ms: Schema.NonNegativeInt,
        segments_per_second: Schema.Int.pipe(Schema.positive()),
      }),
    ),
    registered_numbers: Schema.Array(Schema.String),
    /** How far ahead messages are scheduled, and how many; absent: as Twilio has it. */
    scheduling: optional(
      Schema.Struct({
        max_ms: Schema.NonNegativeInt,
        messages_max: Schema.NonNegativeInt,
        min_ms: Schema.NonNegativeInt,
      }),
    ),
    /** Credentials with which nothing is really done; absent: there are none. */
    test: optional(Schema.Struct({ account_sid: Schema.String, auth_token: SecretName })),
    validation: Schema.Struct({
      check_from_numbers: Schema.Boolean,
      require_auth: Schema.Boolean,
      require_parameters: Schema.Boolean,
      validate_phone_format: Schema.Boolean,
    }),
    /** Who verification codes come from, and how long they are good, in virtual ms; absent: as Twilio has it. */
    verify: optional(Schema.Struct({ expires_ms: optional(Schema.NonNegativeInt), from: optional(Schema.String) })),
  }),
)
export type TwilioSettings = typeof TwilioSettings.Type

/** The name under which the keys file holds the account's auth token. */
export const authTokenSecret = "twilio.auth_token"

/** The name under which it holds a subaccount's auth token, and the secret of an API key. */
export const subaccountTokenSecret = (accountSid: string): string => `${authTokenSecret}.${accountSid}`
export const apiKeySecret = (keySid: string): string => `twilio.api_key.${keySid}`

/** The name in `outbound.requested.sign` of the carrier's headers and signature; a subaccount's SID follows it. */
export const twilioSign = "twilio"
export const subaccountSign = (accountSid: string): string => `${twilioSign} ${accountSid}`
