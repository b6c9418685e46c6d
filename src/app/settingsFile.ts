import * as Schema from "effect/Schema"
import { lineTypes } from "../carriers/twilio/settings.ts"
import { parseE164 } from "../core/E164.ts"
import { isAllowed } from "../network/allow.ts"
import { callsSetting } from "./callSettings.ts"
import { conversationsSetting } from "./conversationSettings.ts"
import { carriersSetting, messagesSetting, numbersSetting } from "./deliverySettings.ts"
import { aimedFaultsSetting, apiFaultsSetting, callbackFaultsSetting } from "./faultSettings.ts"
import { gatewaySetting } from "./gatewaySettings.ts"
import { operationsSections } from "./operations.ts"
import {
  AccountSid,
  AuthToken,
  ErrorCode,
  expects,
  Flag,
  HttpUrl,
  Milliseconds,
  Numbers,
  optional,
  Percent,
  Port,
  Price,
  Seconds,
  section,
  Text,
} from "./settingsParts.ts"

/*
 * The settings file, as people write it. Everything is optional; app/settings.ts gives what is missing and makes it the
 * normal form that the log keeps.
 */

const AllowedTarget = Schema.suspend(() =>
  expects(
    Schema.String.pipe(Schema.filter(isAllowed)),
    "a host name (app.example, *.app.example), an address or a network (10.0.0.0/8)",
  ),
)

const ScriptedAnswer = Schema.suspend(() =>
  Schema.Struct({
    after_ms: optional(Milliseconds),
    body: optional(Text),
    content_type: optional(Text),
    drop: optional(expects(Schema.Literal("connect", "reset", "timeout"), "connect, reset or timeout")),
    status: optional(expects(Schema.Int.pipe(Schema.between(100, 599)), "an HTTP status, 100 to 599")),
    when: optional(Schema.Record({ key: Schema.String, value: Text })),
  }),
)

const LookupsFile = Schema.suspend(() =>
  Schema.Struct({
    strict: optional(Flag),
    numbers: section(() =>
      Schema.Array(
        Schema.Struct({
          number: expects(
            Schema.String.pipe(Schema.filter((text) => parseE164(text) !== undefined)),
            'a phone number as a text ("+15551234567")',
          ),
          valid: optional(Flag),
          type: optional(expects(Schema.Literal(...lineTypes), `one of ${lineTypes.join(", ")}`)),
          carrier_name: optional(Text),
          mobile_country_code: optional(expects(Schema.String, "a text of digits; quote it")),
          mobile_network_code: optional(expects(Schema.String, "a text of digits; quote it")),
          caller_name: optional(Text),
          caller_type: optional(
            expects(Schema.Literal("BUSINESS", "CONSUMER", "UNDETERMINED"), "BUSINESS, CONSUMER or UNDETERMINED"),
          ),
        }),
      ),
    ),
  }),
)

const VerifyFile = Schema.suspend(() =>
  Schema.Struct({
    from: optional(expects(Schema.NonEmptyString, "a number, short code or name, as a text")),
    expires_seconds: optional(Seconds),
  }),
)

/** The account: who it is, what it refuses and what becomes of its messages. */
const accountFields = () => ({
  account_sid: optional(AccountSid),
  auth_token: optional(AuthToken),
  test_credentials: section(() => Schema.Struct({ account_sid: AccountSid, auth_token: AuthToken })),
  validation: section(() =>
    Schema.Struct({
      require_auth: optional(Flag),
      validate_phone_format: optional(Flag),
      check_from_numbers: optional(Flag),
      require_parameters: optional(Flag),
    }),
  ),
  missing_parameter_code: optional(expects(Schema.Literal(21602, 21603, 21604), "21602, 21603 or 21604")),
  from_not_owned_code: optional(expects(Schema.Literal(21606, 21659, 21660), "21606, 21659 or 21660")),
  default_behavior: optional(expects(Schema.Literal("success", "failure"), "success or failure")),
  failure_error_code: optional(ErrorCode),
  registered_numbers: optional(Numbers),
  allowed_from_numbers: optional(Numbers),
  failure_numbers: optional(Numbers),
})

export const SettingsFile = Schema.Struct({
  ...operationsSections,
  server: section(() =>
    Schema.Struct({
      admin_token: optional(AuthToken),
      allowed_hosts: section(() => Schema.Array(Text)),
      host: optional(expects(Schema.NonEmptyString, "a host name or address")),
      port: optional(Port),
      public_url: optional(HttpUrl),
    }),
  ),
  provider: optional(expects(Schema.Literal("twilio"), "twilio, the only provider there is")),
  twilio: section(() =>
    Schema.Struct({
      ...accountFields(),
      numbers: optional(numbersSetting),
      calls: optional(callsSetting),
      messages: optional(messagesSetting),
      carriers: optional(carriersSetting),
      faults: optional(apiFaultsSetting),
      media: optional(expects(Schema.Literal("generate", "fetch"), "generate or fetch")),
      media_auth: optional(Flag),
      balance: optional(
        expects(
          Schema.Number.pipe(Schema.between(0, 1_000_000)),
          "an amount, 0 to 1000000, with up to six decimal places",
        ),
      ),
      price_per_segment: optional(Price),
      api: section(() =>
        Schema.Struct({
          latency_seconds: optional(Seconds),
          concurrency: optional(
            expects(Schema.Int.pipe(Schema.between(1, 1_000)), "a whole number of requests, 1 to 1000"),
          ),
        }),
      ),
      rate: section(() =>
        Schema.Struct({
          segments_per_second: expects(
            Schema.Int.pipe(Schema.between(1, 1_000_000)),
            "a whole number of segments a second, 1 to 1000000",
          ),
          queue_seconds: optional(Seconds),
        }),
      ),
      opt_out: section(() =>
        Schema.Struct({
          advanced: optional(Flag),
          enabled: optional(Flag),
          repeat_replies: optional(Flag),
          yes: optional(Flag),
        }),
      ),
      lookups: optional(LookupsFile),
      verify: optional(VerifyFile),
      scheduling: section(() =>
        Schema.Struct({
          min_seconds: optional(Seconds),
          max_seconds: optional(Seconds),
          messages: optional(
            expects(Schema.Int.pipe(Schema.between(0, 500_000)), "a whole number of messages, 0 to 500000"),
          ),
        }),
      ),
      callbacks: section(() =>
        Schema.Struct({
          enabled: optional(Flag),
          delay_seconds: optional(Seconds),
          retry_attempts: optional(
            expects(Schema.Int.pipe(Schema.between(1, 20)), "a whole number of attempts in all, 1 to 20"),
          ),
          retry_delay_seconds: optional(Seconds),
          retry_on: section(() =>
            Schema.Array(expects(Schema.Literal("4xx", "5xx", "ct", "rt", "all"), "4xx, 5xx, ct, rt or all")),
          ),
        }),
      ),
    }),
  ),
  proxy: section(() =>
    Schema.Struct({
      others: optional(expects(Schema.Literal("pass", "refuse"), "pass or refuse")),
      ca_path: optional(expects(Schema.NonEmptyString, "a folder")),
      tls_port: optional(Port),
    }),
  ),
  database: section(() => Schema.Struct({ path: optional(expects(Schema.NonEmptyString, "a file, or :memory:")) })),
  templates: section(() => Schema.Struct({ path: optional(expects(Schema.NonEmptyString, "a folder")) })),
  callbacks: section(() =>
    Schema.Struct({
      aimed: optional(aimedFaultsSetting),
      allow: section(() => Schema.Array(AllowedTarget)),
      faults: optional(callbackFaultsSetting),
      in_flight: optional(expects(Schema.Int.pipe(Schema.between(1, 256)), "a whole number, 1 to 256")),
      quiet_ms: optional(Milliseconds),
      rewrite: section(() => Schema.Array(Schema.Struct({ from: HttpUrl, to: HttpUrl }))),
    }),
  ),
  endpoints: section(() =>
    Schema.Array(
      Schema.Struct({
        url: HttpUrl,
        answers: optional(Schema.NonEmptyArray(ScriptedAnswer)),
        fail_percent: optional(Percent),
      }),
    ),
  ),
  conversations: optional(conversationsSetting),
  gateway: optional(gatewaySetting),
})
export type SettingsFile = typeof SettingsFile.Type
