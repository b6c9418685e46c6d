import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { optional } from "../core/optional.ts"

/*
 * The conversation service's API as it is described in /openapi.json and /docs. Its rules answer it (conversations/routes); nothing
 * is handled by these definitions.
 */

const described = <A, I>(schema: Schema.Schema<A, I>, description: string) => schema.annotations({ description })
const Instant = described(Schema.String, "ISO 8601, UTC, on the run's clock")
const Count = Schema.NonNegativeInt
const Word = Schema.NullOr(Schema.String)
const Language = Schema.Literal("en", "es", "pt", "unknown")
const Confidence = described(Schema.Number.pipe(Schema.between(0, 1)), "A part of 1")
const RawEntry = "The entry of the log that holds the webhook as it came"

const DeliveryStatus = Schema.Literal(
  ...["pending", "accepted", "scheduled", "queued", "sending", "sent", "delivered", "undelivered"],
  ...["failed", "canceled", "read", "partially_delivered", "receiving", "received", "unknown"],
)

export const Conversation = Schema.Struct({
  id: Schema.String,
  phone_number_canonical: described(Schema.String, "E.164; an address that is no phone number as it is written"),
  phone_number_original: Schema.String,
  status: Schema.Literal("open", "closed", "merged"),
  merged_into: described(Word, "The conversation it is part of"),
  tenant_id: Word,
  tenant_lookup: Schema.NullOr(
    Schema.Struct({
      outcome: Schema.Literal("asking", "found", "none", "failed"),
      at: Schema.NullOr(Instant),
      reason: Word,
    }),
  ),
  workflow_type: Word,
  workflow_id: Word,
  language_detected: Language,
  language_confidence: Confidence,
  message_count: Count,
  last_message: Schema.NullOr(
    Schema.Struct({ direction: Schema.Literal("inbound", "outbound"), message_content: Schema.String }),
  ),
  last_message_at: Instant,
  created_at: Instant,
  updated_at: Instant,
}).annotations({ identifier: "SmsConversation" })

const StatusEvent = Schema.Struct({
  event_status: DeliveryStatus,
  error_code: Word,
  late: described(Schema.Boolean, "It came too late to count"),
  raw_webhook_entry: described(Count, RawEntry),
  created_at: Instant,
}).annotations({ identifier: "SmsStatusEvent" })

export const Message = Schema.Struct({
  id: Schema.String,
  conversation_id: Schema.String,
  direction: Schema.Literal("inbound", "outbound"),
  twilio_sid: Word,
  from_number: Schema.String,
  to_number: Schema.String,
  message_content: Schema.String,
  num_media: Count,
  delivery_status: DeliveryStatus,
  language_detected: Schema.NullOr(Language),
  language_confidence: Schema.NullOr(Confidence),
  attempts: described(Count, "Requests that were made to send it"),
  error: Schema.NullOr(
    Schema.Struct({ code: Schema.NullOr(Schema.Literal("sms.external_failed")), twilio_code: Word, reason: Word }),
  ),
  status_events: Schema.Array(StatusEvent),
  raw_webhook_entry: Schema.NullOr(described(Count, RawEntry)),
  created_at: Instant,
  updated_at: Instant,
}).annotations({ identifier: "SmsMessage" })

const paged = {
  next: described(Word, "Pass as `cursor` for the next page; null at the end"),
  total: Count,
}
export const Conversations = Schema.Struct({ conversations: Schema.Array(Conversation), ...paged }).annotations({
  identifier: "SmsConversations",
})
export const Messages = Schema.Struct({ messages: Schema.Array(Message), ...paged }).annotations({
  identifier: "SmsMessages",
})

const text = (max: number) => Schema.String.pipe(Schema.minLength(1), Schema.maxLength(max))

export const Compose = Schema.Struct({
  to: optional(described(text(100), "A phone number; this or `conversation_id`")),
  conversation_id: optional(text(100)),
  body: optional(described(text(1_600), "Needed without `media_urls`")),
  media_urls: optional(Schema.Array(Schema.String).pipe(Schema.maxItems(10))),
  from: optional(described(text(100), "A number, a short code, a sender's name or a messaging service (MG…)")),
}).annotations({ identifier: "SmsCompose" })

export const Changes = Schema.Struct({
  tenant_id: optional(Schema.NullOr(text(200))),
  workflow_id: optional(Schema.NullOr(text(200))),
  workflow_type: optional(Schema.NullOr(text(200))),
}).annotations({ identifier: "SmsConversationChanges", description: "null takes a value away" })

/** An error in the one envelope that all have: a stable code, words, and the id of the request. */
const failing = (status: number, code: string, ...codes: ReadonlyArray<string>) =>
  Schema.Struct({
    error: Schema.Struct({
      code: Schema.Literal(code, ...codes),
      message: Schema.String,
      details: optional(Schema.Array(Schema.Struct({ field: Schema.String, message: Schema.String }))),
      timestamp: Instant,
      requestId: Schema.String,
    }),
  }).annotations(HttpApiSchema.annotations({ status, identifier: `SmsError${status}` }))

export const ValidationError = failing(400, "sms.validation_error")
const Unauthorized = failing(401, "sms.unauthorized")
export const Forbidden = failing(403, "sms.forbidden")
export const NotFound = failing(404, "sms.not_found")
export const Conflict = failing(409, "sms.idempotent_duplicate", "sms.conflict")
export const TooLarge = failing(413, "sms.too_large")
const Overloaded = failing(429, "sms.overloaded")
const InternalError = failing(500, "sms.internal_error")
const Unavailable = failing(503, "sms.unavailable")

const id = Schema.Struct({ id: Schema.String })
const paging = {
  page_size: optional(described(Schema.String, "1 to 1000; 50 otherwise")),
  cursor: optional(described(Schema.String, "`next` of the page before")),
}

/** Twilio sends forms; what else they hold is kept as it came. */
const asForm = HttpApiSchema.withEncoding({ kind: "UrlParams" })
const Twiml = HttpApiSchema.Text({ contentType: "text/xml" })
const Signed = Schema.Struct({
  "x-twilio-signature": optional(described(Schema.String, "Twilio's, by the account's auth token")),
})

class WebhooksGroup extends HttpApiGroup.make("conversation webhooks")
  .add(
    HttpApiEndpoint.post("sms", "/sms")
      .setHeaders(Signed)
      .setPayload(
        Schema.Struct({
          MessageSid: Schema.String,
          From: Schema.String,
          To: Schema.String,
          Body: optional(Schema.String),
          NumMedia: optional(Schema.String),
        }).pipe(asForm),
      )
      .addSuccess(Twiml)
      .annotate(OpenApi.Description, "A message came in. Taken once for each MessageSid; a repeat is 200, too."),
  )
  .add(
    HttpApiEndpoint.post("status", "/status")
      .setUrlParams(
        Schema.Struct({ message: optional(described(Schema.String, "Its id here, where it was sent from here")) }),
      )
      .setHeaders(Signed)
      .setPayload(
        Schema.Struct({
          MessageSid: Schema.String,
          MessageStatus: Schema.String,
          ErrorCode: optional(Schema.String),
        }).pipe(asForm),
      )
      .addSuccess(Twiml)
      .annotate(OpenApi.Description, "What has become of a message. Taken once for each SID and status."),
  )
  .addError(ValidationError)
  .addError(Forbidden)
  .addError(Overloaded)
  .addError(InternalError)
  .addError(Unavailable)
  .prefix("/webhook/twilio")
  .annotate(OpenApi.Description, "What a carrier calls: docs/conversations.md") {}

const order = <Name extends string>(name: Name, description: string) =>
  HttpApiEndpoint.post(name, `/conversations/:id/${name}`)
    .setPath(id)
    .addSuccess(Conversation)
    .addError(NotFound)
    .addError(Conflict)
    .annotate(OpenApi.Description, description)

class ConversationsGroup extends HttpApiGroup.make("conversations")
  .add(
    HttpApiEndpoint.get("conversations", "/conversations")
      .setUrlParams(
        Schema.Struct({
          status: optional(Schema.Literal("open", "closed")),
          tenant_id: optional(described(Schema.String, "`none`: those without one")),
          workflow_type: optional(Schema.String),
          workflow_id: optional(Schema.String),
          language: optional(Language),
          phone_number: optional(Schema.String),
          q: optional(described(Schema.String, "Looked for in the number and the last message")),
          ...paging,
        }),
      )
      .addSuccess(Conversations)
      .annotate(OpenApi.Description, "Conversations, by last activity."),
  )
  .add(
    HttpApiEndpoint.get("conversation", "/conversations/:id")
      .setPath(id)
      .addSuccess(Conversation)
      .addError(NotFound)
      .annotate(OpenApi.Description, "One conversation."),
  )
  .add(
    HttpApiEndpoint.get("conversationByNumber", "/conversations/by-number/:number")
      .setPath(Schema.Struct({ number: described(Schema.String, "In any form it has") }))
      .addSuccess(Conversation)
      .addError(NotFound)
      .annotate(OpenApi.Description, "The conversation with a number."),
  )
  .add(
    HttpApiEndpoint.get("conversationMessages", "/conversations/:id/messages")
      .setPath(id)
      .setUrlParams(Schema.Struct({ direction: optional(Schema.Literal("inbound", "outbound")), ...paging }))
      .addSuccess(Messages)
      .addError(NotFound)
      .annotate(OpenApi.Description, "Its messages, newest first."),
  )
  .add(
    HttpApiEndpoint.patch("changeConversation", "/conversations/:id")
      .setPath(id)
      .setPayload(Changes)
      .addSuccess(Conversation)
      .addError(NotFound)
      .addError(Conflict)
      .addError(TooLarge)
      .annotate(OpenApi.Description, "Changes what a workflow keeps of it."),
  )
  .add(order("close", "Closes it; its number reopens it by writing."))
  .add(order("reopen", "Opens a closed one."))
  .add(
    order("merge", "Its messages and its number belong to another one from here on.")
      .setPayload(Schema.Struct({ into: described(Schema.String, "The id of another conversation") }))
      .addError(TooLarge),
  )
  .add(
    HttpApiEndpoint.post("lookup", "/conversations/:id/lookup")
      .setPath(id)
      .addSuccess(Conversation, { status: 202 })
      .addError(NotFound)
      .addError(Conflict)
      .annotate(OpenApi.Description, "Looks up its tenant now, whatever is known."),
  )
  .add(
    HttpApiEndpoint.post("compose", "/messages")
      .setHeaders(
        Schema.Struct({
          "idempotency-key": optional(
            described(Schema.String, "Makes a repeat harmless: the same request with the same key is the same message"),
          ),
        }),
      )
      .setPayload(Compose)
      .addSuccess(Message, { status: 202 })
      .addError(NotFound)
      .addError(Conflict)
      .addError(TooLarge)
      .annotate(OpenApi.Description, "Sends a message: it is there, and pending, when this is answered."),
  )
  .add(
    HttpApiEndpoint.get("message", "/messages/:id")
      .setPath(Schema.Struct({ id: described(Schema.String, "Its id, or the carrier's SID") }))
      .addSuccess(Message)
      .addError(NotFound)
      .annotate(OpenApi.Description, "One message with its statuses."),
  )
  .addError(ValidationError)
  .addError(Unauthorized)
  .addError(Forbidden)
  .addError(Overloaded)
  .addError(InternalError)
  .addError(Unavailable)
  .prefix("/api")
  .annotate(OpenApi.Description, "Conversations by SMS: docs/conversations.md") {}

export class ConversationsApi extends HttpApi.make("conversations").add(WebhooksGroup).add(ConversationsGroup) {}
