import * as Schema from "effect/Schema"
import { entryType } from "../../core/Entry.ts"
import { optional } from "../../core/optional.ts"

/*
 * What happens to messages, whichever carrier simulates it. Fields in the order of canonical JSON.
 */

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

/** Which way a message goes. Source: OpenAPI `message_enum_direction`. */
export const MessageDirection = Schema.Literal("inbound", "outbound-api", "outbound-call", "outbound-reply")

/** What will become of a message, fixed when it is created so that later settings do not rewrite it. */
export const Plan = Schema.suspend(() =>
  Schema.Struct({
    /** Virtual ms for which the message keeps its sender busy; absent where senders have no rate. */
    busy_ms: optional(Schema.NonNegativeInt),
    /** The profile it goes through, by name, and the virtual ms for which it keeps that carrier busy. */
    carrier: optional(Schema.String),
    carrier_busy_ms: optional(Schema.NonNegativeInt),
    /** Virtual ms before each reported transition. */
    delay_ms: Schema.NonNegativeInt,
    error_code: optional(Schema.Int),
    /** Virtual ms from `sent` to the receipt, where it is not that delay. */
    landing_ms: optional(Schema.NonNegativeInt),
    /** The status it ends in; `sent`: its receipt never comes. */
    outcome: Schema.Literal("delivered", "undelivered", "failed", "sent"),
    /** Virtual ms in the sender's queue, before the delay. */
    wait_ms: optional(Schema.NonNegativeInt),
  }),
)
export type Plan = typeof Plan.Type

export const messageCreated = entryType("message.created", () =>
  Schema.Struct({
    account_sid: Schema.String,
    body: Schema.String,
    direction: MessageDirection,
    /** Empty while a service has not chosen one. */
    from: Schema.String,
    /** The inbound message whose TwiML ordered this one. */
    in_reply_to: optional(Schema.String),
    /** Where its media come from, in their order. */
    media: optional(Schema.Array(Schema.String)),
    messaging_service_sid: optional(Schema.String),
    num_media: Schema.NonNegativeInt,
    num_segments: Schema.NonNegativeInt,
    /** Absent of an inbound message: it has arrived. */
    plan: optional(Plan),
    /** What it costs once it is sent, in millionths of the currency. */
    price_micros: optional(Schema.NonNegativeInt),
    /** When it is to be sent, virtual ms. */
    send_at: optional(Schema.Int),
    /** Characters outside GSM-7 that look like one of it are replaced before segments are counted. */
    smart_encoded: optional(Schema.Literal(true)),
    status: MessageStatus,
    status_callback: optional(Schema.String),
    to: Schema.String,
    /** How long it may wait to be sent, virtual ms; absent: as long as the carrier lets any wait. */
    validity_ms: optional(Schema.Int),
  }),
)
export type MessageCreated = Schema.Schema.Type<typeof messageCreated.schema>

export const messageStatusChanged = entryType("message.status-changed", () =>
  Schema.Struct({
    error_code: optional(Schema.Int),
    /** With `queued`: the sender that was chosen, and what follows from it. */
    from: optional(Schema.String),
    num_segments: optional(Schema.NonNegativeInt),
    plan: optional(Plan),
    price_micros: optional(Schema.NonNegativeInt),
    status: MessageStatus,
  }),
)
export type MessageStatusChanged = Schema.Schema.Type<typeof messageStatusChanged.schema>

/** The text is gone from the message; the log keeps it. */
export const messageRedacted = entryType("message.redacted", () => Schema.Struct({}))

/** The message is gone, with its media and feedback; the log keeps it. */
export const messageDeleted = entryType("message.deleted", () => Schema.Struct({}))

/** What the sender's application learned of the message's fate. Source: OpenAPI `message_feedback_enum_outcome`. */
export const messageFeedbackGiven = entryType("message.feedback-given", () =>
  Schema.Struct({ outcome: Schema.Literal("confirmed", "unconfirmed") }),
)
export type MessageFeedback = Schema.Schema.Type<typeof messageFeedbackGiven.schema>

/**
 * A medium of a message is there. Its bytes are not in the log: `generated` ones are made from its SID, `fetched` ones lie beside
 * the log and are known by their hash.
 */
export const mediaStored = entryType("media.stored", () =>
  Schema.Struct({
    content_type: Schema.String,
    length: Schema.NonNegativeInt,
    sha256: Schema.String,
    sid: Schema.String,
    source: Schema.Literal("fetched", "generated"),
    url: Schema.String,
  }),
)
export type MediaStored = Schema.Schema.Type<typeof mediaStored.schema>

export const mediaDeleted = entryType("media.deleted", () => Schema.Struct({ sid: Schema.String }))

export const deliveryEntryTypes = [
  messageCreated,
  messageStatusChanged,
  messageRedacted,
  messageDeleted,
  messageFeedbackGiven,
  mediaStored,
  mediaDeleted,
] as const
