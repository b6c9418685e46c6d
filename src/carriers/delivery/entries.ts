import * as Schema from "effect/Schema"
import { entryType } from "../../core/Entry.ts"

/*
 * What happens to messages, whichever carrier simulates it. Fields in the order of canonical JSON.
 */

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/** Every status a message can have. Source: OpenAPI `message_enum_status`. */
export const MessageStatus = Schema.Literal(
  "queued",
  "sending",
  "sent",
  "failed",
  "delivered",
  "undelivered",
  "receiving",
  "received",
  "accepted",
  "scheduled",
  "read",
  "partially_delivered",
  "canceled",
)
export type MessageStatus = typeof MessageStatus.Type

/** What will become of a message, fixed when it is created so that later settings do not rewrite it. */
export const Plan = Schema.Struct({
  /** Virtual ms before each reported transition. */
  delay_ms: Schema.NonNegativeInt,
  error_code: optional(Schema.Int),
  outcome: Schema.Literal("delivered", "undelivered", "failed"),
})
export type Plan = typeof Plan.Type

export const messageCreated = entryType(
  "message.created",
  Schema.Struct({
    account_sid: Schema.String,
    body: Schema.String,
    direction: Schema.Literal("inbound", "outbound-api", "outbound-call", "outbound-reply"),
    from: Schema.String,
    num_media: Schema.NonNegativeInt,
    num_segments: Schema.NonNegativeInt,
    plan: Plan,
    status: MessageStatus,
    status_callback: optional(Schema.String),
    to: Schema.String,
  }),
)
export type MessageCreated = Schema.Schema.Type<typeof messageCreated.schema>

export const messageStatusChanged = entryType(
  "message.status-changed",
  Schema.Struct({ error_code: optional(Schema.Int), status: MessageStatus }),
)
export type MessageStatusChanged = Schema.Schema.Type<typeof messageStatusChanged.schema>

export const deliveryEntryTypes = [messageCreated, messageStatusChanged] as const
