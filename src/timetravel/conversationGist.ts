import {
  conversationLanguageDetected,
  conversationMerged,
  conversationReopened,
  conversationStarted,
  conversationUpdated,
  messageAccepted,
  messageComposed,
  messageDelayed,
  messageFailed,
  messageReceived,
  statusesTied,
  statusReceived,
  tenantAsked,
  tenantLookedUp,
} from "../conversations/entries.ts"
import type { Entry } from "../core/Entry.ts"
import { formatDuration } from "../core/Instant.ts"

/** What an entry about conversations says, in a few words; undefined of every other. */
export const conversationGist = (entry: Entry<unknown>): string | undefined => {
  if (conversationStarted.is(entry)) return `with ${entry.data.number}`
  if (conversationUpdated.is(entry))
    return Object.entries(entry.data)
      .map(([name, value]) => `${name}=${value ?? "none"}`)
      .join(" ")
  if (conversationReopened.is(entry)) return `by a ${entry.data.by}`
  if (conversationMerged.is(entry)) return `into ${entry.data.into}`
  if (conversationLanguageDetected.is(entry)) return `${entry.data.language} ${entry.data.confidence_bp / 100}%`
  if (tenantAsked.is(entry)) return entry.data.asks.map(({ text }) => text).join(", ")
  if (tenantLookedUp.is(entry))
    return [entry.data.outcome, entry.data.tenant_id, entry.data.reason].filter(Boolean).join(" ")
  return messageGist(entry)
}

const messageGist = (entry: Entry<unknown>): string | undefined => {
  if (messageReceived.is(entry) || messageComposed.is(entry))
    return `${entry.data.from} → ${entry.data.to} ${JSON.stringify(entry.data.body)}`
  if (messageAccepted.is(entry)) return `${entry.data.sid} ${entry.data.status}`
  if (messageDelayed.is(entry))
    return `attempt ${entry.data.attempt} ${entry.data.reason}, again in ${formatDuration(Math.max(0, entry.data.due - entry.at))}`
  if (messageFailed.is(entry)) return `${entry.data.status}: ${entry.data.reason}`
  if (statusReceived.is(entry))
    return [entry.data.status, entry.data.error_code, entry.data.moves ? undefined : "(late, or nobody's yet)"]
      .filter(Boolean)
      .join(" ")
  if (statusesTied.is(entry)) return [entry.data.sid, entry.data.status].filter(Boolean).join(" ")
  return undefined
}
