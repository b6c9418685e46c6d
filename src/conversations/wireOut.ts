import { iso } from "../core/Instant.ts"
import { escapeXml } from "../core/xml.ts"
import { type Conversation, type ConversationMessage, type Conversations, type Lookup, lastPlaceOf } from "./state.ts"

/* What this API shows. Confidence is a part of 1 here, as the seed's columns have it; the log has basis points. */

/** A conversation as JSON data. */
export const conversationShown = ({ messages: all }: Conversations, conversation: Conversation) => {
  const last = all[lastPlaceOf(conversation)]
  return {
    id: conversation.id,
    phone_number_canonical: conversation.number,
    phone_number_original: conversation.original,
    status: conversation.status,
    merged_into: conversation.mergedInto ?? null,
    tenant_id: conversation.tenantId ?? null,
    tenant_lookup: lookupShown(conversation.lookup),
    workflow_type: conversation.workflowType ?? null,
    workflow_id: conversation.workflowId ?? null,
    language_detected: conversation.language,
    language_confidence: conversation.confidenceBp / 10_000,
    message_count: conversation.messages.length,
    last_message: last === undefined ? null : { direction: last.direction, message_content: last.body.slice(0, 200) },
    last_message_at: iso(conversation.lastMessageAt),
    created_at: iso(conversation.createdAt),
    updated_at: iso(conversation.updatedAt),
  }
}

const lookupShown = (lookup: Lookup | undefined) => {
  if (lookup === undefined) return null
  return lookup._tag === "Asking"
    ? { outcome: "asking", at: null, reason: null }
    : { outcome: lookup.outcome, at: iso(lookup.at), reason: lookup.reason ?? null }
}

/** A message as JSON data. `raw_webhook_entry` is the entry of the log that holds the webhook as it came. */
export const messageShown = (conversationId: string, message: Omit<ConversationMessage, "conversation" | "seq">) => ({
  id: message.id,
  conversation_id: conversationId,
  direction: message.direction,
  twilio_sid: message.sid === "" ? null : message.sid,
  from_number: message.from,
  to_number: message.to,
  message_content: message.body,
  num_media: message.numMedia,
  delivery_status: message.status,
  language_detected: message.direction === "inbound" ? message.language : null,
  language_confidence: message.direction === "inbound" ? message.confidenceBp / 10_000 : null,
  attempts: message.attempts,
  error: errorShown(message),
  status_events: message.statuses.map(({ at, errorCode, moved, payload, status }) => ({
    event_status: status,
    error_code: errorCode ?? null,
    late: !moved,
    raw_webhook_entry: payload,
    created_at: iso(at),
  })),
  raw_webhook_entry: message.payload === 0 ? null : message.payload,
  created_at: iso(message.createdAt),
  updated_at: iso(message.updatedAt),
})

/** The id of a message's conversation. */
export const idOf = ({ all }: Conversations, { conversation }: ConversationMessage): string =>
  all[conversation]?.id ?? ""

const errorShown = ({ errorCode, reason, status }: Omit<ConversationMessage, "conversation" | "seq">) =>
  reason === undefined && errorCode === undefined
    ? null
    : {
        code: status === "failed" || status === "unknown" ? "sms.external_failed" : null,
        twilio_code: errorCode ?? null,
        reason: reason ?? null,
      }

/** The answer to a webhook that says nothing. */
export const emptyTwiml = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

/** The answer to a webhook that replies with a text, whose statuses are told to a URL. */
export const replyTwiml = (text: string, statusCallback: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Response><Message statusCallback="${escapeXml(statusCallback)}">${escapeXml(text)}</Message></Response>`

export const twimlType = "text/xml"
