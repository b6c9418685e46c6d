import * as Schema from "effect/Schema"
import { SecretName } from "../../core/entries.ts"
import { optional } from "../../core/optional.ts"
import { SimulatedProfile } from "./profile.ts"

/** How a provider is spoken to (dialects.ts). */
export const DialectName = Schema.Literal("generic", "twilio", "plivo")
export type DialectName = typeof DialectName.Type

/** What a provider takes for one request whose answer does not say it. */
export const Price = Schema.suspend(() => Schema.Struct({ currency: Schema.String, micros: Schema.NonNegativeInt }))

/** A provider's place and manners, as the log keeps them; its weight and limits are the gateway's own business. */
export const providerConfigFields = {
  /** The user of HTTP Basic; the secret is then its password. */
  account: optional(Schema.String),
  dialect: DialectName,
  /** The sender, where the dialect needs one. */
  from: optional(Schema.String),
  /** `provider1` …: its name in paths and entries. */
  id: Schema.String,
  price: optional(Price),
  /** How it behaves when it is simulated; absent: as the default profile says. */
  profile: optional(SimulatedProfile),
  /** An absolute URL that generic providers are told to send receipts to; absent: they are not told one. */
  receipt_url: optional(Schema.String),
  /** A bearer token, or the account's password. */
  secret: optional(SecretName),
  /** Ms a request may take. */
  timeout_ms: Schema.Int.pipe(Schema.positive()),
  /** Where texts are posted to; absent: a simulated provider inside the run. */
  url: optional(Schema.String),
} as const

export const ProviderConfig = Schema.suspend(() => Schema.Struct(providerConfigFields))
export type ProviderConfig = typeof ProviderConfig.Type
