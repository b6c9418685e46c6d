import * as Schema from "effect/Schema"
import { entryType } from "../../../core/Entry.ts"
import { SecretName } from "../../../core/entries.ts"
import { optional } from "../../../core/optional.ts"

/*
 * What happens to accounts and API keys. Their secrets stand here by name; the keys file has the values.
 * Fields in the order of canonical JSON.
 */

/** Source: OpenAPI `account_enum_status`. */
export const AccountStatus = Schema.Literal("active", "suspended", "closed")
export type AccountStatus = typeof AccountStatus.Type

/** A subaccount begins. The run's own account is there from the start. */
export const accountCreated = entryType("account.created", () =>
  Schema.Struct({ auth_token: SecretName, friendly_name: Schema.String, owner_account_sid: Schema.String }),
)
export type AccountCreated = Schema.Schema.Type<typeof accountCreated.schema>

/** What is named has changed. */
export const accountUpdated = entryType("account.updated", () =>
  Schema.Struct({ friendly_name: optional(Schema.String), status: optional(AccountStatus) }),
)
export type AccountUpdated = Schema.Schema.Type<typeof accountUpdated.schema>

export const apiKeyCreated = entryType("api-key.created", () =>
  Schema.Struct({ account_sid: Schema.String, friendly_name: Schema.String, secret: SecretName }),
)
export type ApiKeyCreated = Schema.Schema.Type<typeof apiKeyCreated.schema>

export const apiKeyUpdated = entryType("api-key.updated", () => Schema.Struct({ friendly_name: Schema.String }))

export const apiKeyDeleted = entryType("api-key.deleted", () => Schema.Struct({}))

export const accountEntryTypes = [accountCreated, accountUpdated, apiKeyCreated, apiKeyUpdated, apiKeyDeleted] as const
