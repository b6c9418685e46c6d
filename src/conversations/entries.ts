import * as Schema from "effect/Schema"
import { entryType } from "../core/Entry.ts"
import { optional } from "../core/optional.ts"

/*
 * What happens in conversations. Fields in the order of canonical JSON.
 *
 * Subject   `conversation.*` the conversation's id; `conversation-message.*` the message's id; `conversation-status.*` the message's id,
 *           or the SID where no message has it yet. Ids have the shape of UUIDs
 * Units     instants are the entries' `at`; confidence in basis points, 0 to 10,000
 * Payloads  a webhook is in the log once: it is the `api.requested` that `conversation-message.received` and
 *           `conversation-status.received` have as their cause, and its `params` are the raw payload
 */

/** What a text is written in, as far as it shows. */
const LanguageName = Schema.Literal("en", "es", "pt", "unknown")

/** What becomes of a message: the carrier's statuses, `pending` until it is handed over, `unknown` when nobody knows whether it was. */
export const deliveryStatuses = [
  "pending",
  "accepted",
  "scheduled",
  "queued",
  "sending",
  "sent",
  "delivered",
  "undelivered",
  "failed",
  "canceled",
  "read",
  "partially_delivered",
  "receiving",
  "received",
  "unknown",
] as const
export const DeliveryStatus = Schema.Literal(...deliveryStatuses)
export type DeliveryStatus = typeof DeliveryStatus.Type

const Seq = Schema.Int.pipe(Schema.positive())
const BasisPoints = Schema.Int.pipe(Schema.between(0, 10_000))

/** A number is heard of for the first time, or for the first time since data were cleared. */
export const conversationStarted = entryType("conversation.started", () =>
  Schema.Struct({
    /** E.164; of addresses that are no phone numbers as they are written. */
    number: Schema.String,
    /** As it came. */
    original: Schema.String,
  }),
)
export type ConversationStarted = Schema.Schema.Type<typeof conversationStarted.schema>

/** Somebody sets what a conversation is about; null takes it away, what is absent stays. */
export const conversationUpdated = entryType("conversation.updated", () =>
  Schema.Struct({
    tenant_id: optional(Schema.NullOr(Schema.String)),
    workflow_id: optional(Schema.NullOr(Schema.String)),
    workflow_type: optional(Schema.NullOr(Schema.String)),
  }),
)
export type ConversationUpdated = Schema.Schema.Type<typeof conversationUpdated.schema>

export const conversationClosed = entryType("conversation.closed", () => Schema.Struct({}))

/** A closed one goes on: by an order, or because its number has written. */
export const conversationReopened = entryType("conversation.reopened", () =>
  Schema.Struct({ by: Schema.Literal("message", "request") }),
)

/** This conversation is part of another one from here on: its messages, and those that its number will send. */
export const conversationMerged = entryType("conversation.merged", () => Schema.Struct({ into: Schema.String }))

/** What a conversation is written in, by the message that showed it. */
export const conversationLanguageDetected = entryType("conversation.language-detected", () =>
  Schema.Struct({ confidence_bp: BasisPoints, language: LanguageName, message: Schema.String }),
)
export type ConversationLanguageDetected = Schema.Schema.Type<typeof conversationLanguageDetected.schema>

/** The forms of a number in which a monitor is asked, in this order. */
export const variants = ["raw", "e164", "digits", "national"] as const
export const Variant = Schema.Literal(...variants)
export type Variant = typeof Variant.Type

/** A look-up of a conversation's tenant begins; its requests are `outbound.requested` about the conversation. */
export const tenantAsked = entryType("conversation.tenant-asked", () =>
  Schema.Struct({
    /** The requests to make, one after the other until one knows a tenant. */
    asks: Schema.Array(Schema.Struct({ text: Schema.String, variant: Variant })),
    /** Which look-up of this conversation it is, from 1. */
    lookup: Seq,
  }),
)
export type TenantAsked = Schema.Schema.Type<typeof tenantAsked.schema>

/** How a look-up ended. A failure leaves the tenant as it was. */
export const tenantLookedUp = entryType("conversation.tenant-looked-up", () =>
  Schema.Struct({
    /** Requests that were made. */
    attempts: Schema.NonNegativeInt,
    lookup: Seq,
    outcome: Schema.Literal("found", "none", "failed"),
    /** Why it failed. */
    reason: optional(Schema.String),
    tenant_id: optional(Schema.String),
    /** The form that the monitor knew. */
    variant: optional(Variant),
  }),
)
export type TenantLookedUp = Schema.Schema.Type<typeof tenantLookedUp.schema>

/** A webhook brought a message. */
export const messageReceived = entryType("conversation-message.received", () =>
  Schema.Struct({
    body: Schema.String,
    confidence_bp: BasisPoints,
    conversation: Schema.String,
    from: Schema.String,
    language: LanguageName,
    num_media: Schema.NonNegativeInt,
    sid: Schema.String,
    to: Schema.String,
  }),
)
export type MessageReceived = Schema.Schema.Type<typeof messageReceived.schema>

/** A message is to be sent: it is there, and pending. */
export const messageComposed = entryType("conversation-message.composed", () =>
  Schema.Struct({
    body: Schema.String,
    conversation: Schema.String,
    from: Schema.String,
    /** The client's own name of the request, and the hash of what it asked for. */
    idempotency: optional(Schema.Struct({ key: Schema.String, sha256: Schema.String })),
    media: optional(Schema.Array(Schema.String)),
    to: Schema.String,
    /** `api`: by the carrier's API. `webhook`: in the answer to the webhook of the message that it replies to. */
    via: Schema.Literal("api", "webhook"),
  }),
)
export type MessageComposed = Schema.Schema.Type<typeof messageComposed.schema>

/** The carrier has taken a message. */
export const messageAccepted = entryType("conversation-message.accepted", () =>
  Schema.Struct({ attempts: Seq, sid: Schema.String, status: DeliveryStatus }),
)
export type MessageAccepted = Schema.Schema.Type<typeof messageAccepted.schema>

/** An attempt failed that may safely be made again; the next one is due then. */
export const messageDelayed = entryType("conversation-message.delayed", () =>
  Schema.Struct({ attempt: Seq, due: Schema.Int, reason: Schema.String }),
)
export type MessageDelayed = Schema.Schema.Type<typeof messageDelayed.schema>

/** A message was not sent: `unknown` says that it may have been, and nobody knows. */
export const messageFailed = entryType("conversation-message.failed", () =>
  Schema.Struct({
    attempts: Schema.NonNegativeInt,
    /** Twilio's, where it gave one. */
    code: optional(Schema.String),
    reason: Schema.String,
    status: Schema.Literal("failed", "unknown"),
  }),
)
export type MessageFailed = Schema.Schema.Type<typeof messageFailed.schema>

/** A status callback came that was not here before. */
export const statusReceived = entryType("conversation-status.received", () =>
  Schema.Struct({
    error_code: optional(Schema.String),
    /** The message has this status from here on: it was not late. Absent too while no message has the SID. */
    moves: optional(Schema.Literal(true)),
    sid: Schema.String,
    status: DeliveryStatus,
  }),
)
export type StatusReceived = Schema.Schema.Type<typeof statusReceived.schema>

/** Statuses that came before anybody knew whose the SID is belong to this message; `status` is what it has by them. */
export const statusesTied = entryType("conversation-status.tied", () =>
  Schema.Struct({ sid: Schema.String, status: optional(DeliveryStatus) }),
)
export type StatusesTied = Schema.Schema.Type<typeof statusesTied.schema>

export const conversationEntryTypes = [
  conversationStarted,
  conversationUpdated,
  conversationClosed,
  conversationReopened,
  conversationMerged,
  conversationLanguageDetected,
  tenantAsked,
  tenantLookedUp,
  messageReceived,
  messageComposed,
  messageAccepted,
  messageDelayed,
  messageFailed,
  statusReceived,
  statusesTied,
] as const
