import type { Entry } from "../core/Entry.ts"
import type { Cleared, OutboundRequested } from "../core/entries.ts"
import { dropOldest } from "../core/oldest.ts"
import type {
  ConversationLanguageDetected,
  ConversationStarted,
  ConversationUpdated,
  MessageAccepted,
  MessageComposed,
  MessageDelayed,
  MessageFailed,
  MessageReceived,
  StatusesTied,
  StatusReceived,
  TenantAsked,
  TenantLookedUp,
} from "./entries.ts"
import {
  type Conversation,
  type ConversationMessage,
  type Conversations,
  conversationOf,
  lastPlaceOf,
  lookupPurpose,
  messageOf,
  noConversations,
  type SeenStatus,
  sendPurpose,
} from "./state.ts"

/* How entries change the conversation service's part of the world. No rule: what an entry says is so. */

export const startConversation = (
  conversations: Conversations,
  { at, data: { number, original }, seq, subject: id }: Entry<ConversationStarted>,
): void => {
  const place = conversations.all.length
  const conversation: Conversation = {
    id,
    seq,
    place,
    number,
    original,
    status: "open",
    mergedInto: undefined,
    tenantId: undefined,
    lookup: undefined,
    lookups: 0,
    workflowType: undefined,
    workflowId: undefined,
    language: "unknown",
    confidenceBp: 0,
    createdAt: at,
    updatedAt: at,
    lastMessageAt: at,
    ownNumber: undefined,
    messages: [],
    composed: 0,
    newer: -1,
    older: -1,
  }
  conversations.all.push(conversation)
  conversations.places.set(id, place)
  conversations.byNumber.set(number, place)
  insertNewest(conversations, conversation)
}

/** Makes a conversation that is in no order the newest. */
const insertNewest = (conversations: Conversations, conversation: Conversation): void => {
  const { all, newest } = conversations
  conversation.newer = -1
  conversation.older = newest
  const before = all[newest]
  if (before === undefined) conversations.oldest = conversation.place
  else before.newer = conversation.place
  conversations.newest = conversation.place
}

/** Takes a conversation out of the order. */
const unlink = (conversations: Conversations, conversation: Conversation): void => {
  const { all } = conversations
  const [newer, older] = [all[conversation.newer], all[conversation.older]]
  if (newer === undefined) conversations.newest = conversation.older
  else newer.older = conversation.older
  if (older === undefined) conversations.oldest = conversation.newer
  else older.newer = conversation.newer
}

/** A conversation has a message more, and is the newest by it. */
const addMessage = (
  conversations: Conversations,
  conversation: Conversation,
  message: Omit<ConversationMessage, "conversation">,
): void => {
  const place = conversations.messages.length
  conversations.messages.push({ ...message, conversation: conversation.place })
  conversations.messagePlaces.set(message.id, place)
  if (message.sid !== "") conversations.bySid.set(message.sid, place)
  conversation.messages.push(place)
  conversation.lastMessageAt = message.createdAt
  conversation.updatedAt = message.createdAt
  if (conversations.newest === conversation.place) return
  unlink(conversations, conversation)
  insertNewest(conversations, conversation)
}

const nothing: ReadonlyArray<never> = []

export const receiveMessage = (
  conversations: Conversations,
  { at, cause, data, seq, subject: id }: Entry<MessageReceived>,
): void => {
  const conversation = conversationOf(conversations, data.conversation)
  if (conversation === undefined) return
  conversation.ownNumber = data.to
  addMessage(conversations, conversation, {
    id,
    seq,
    direction: "inbound",
    from: data.from,
    to: data.to,
    body: data.body,
    media: nothing,
    numMedia: data.num_media,
    via: "webhook",
    createdAt: at,
    updatedAt: at,
    sid: data.sid,
    status: "received",
    statuses: nothing,
    language: data.language,
    confidenceBp: data.confidence_bp,
    reason: undefined,
    errorCode: undefined,
    attempts: 0,
    payload: cause,
  })
}

export const composeMessage = (
  conversations: Conversations,
  { at, data, seq, subject: id }: Entry<MessageComposed>,
): void => {
  const conversation = conversationOf(conversations, data.conversation)
  if (conversation === undefined) return
  conversation.composed++
  const { idempotency } = data
  if (idempotency !== undefined)
    conversations.idempotency.set(idempotency.key, { sha256: idempotency.sha256, message: id })
  addMessage(conversations, conversation, { ...composedMessage(id, data, at), seq })
}

/** A message as it is composed. */
export const composedMessage = (
  id: string,
  { body, from, media = nothing, to, via }: MessageComposed,
  at: number,
): Omit<ConversationMessage, "conversation" | "seq"> => ({
  id,
  direction: "outbound",
  from,
  to,
  body,
  media,
  numMedia: media.length,
  via,
  createdAt: at,
  updatedAt: at,
  sid: "",
  status: "pending",
  statuses: nothing,
  language: "unknown",
  confidenceBp: 0,
  reason: undefined,
  errorCode: undefined,
  attempts: 0,
  payload: 0,
})

/** Changes what an entry is about, if it is still there. */
const change = <D>(
  { at, subject }: Entry<D>,
  conversations: Conversations,
  with_: (conversation: Conversation) => void,
): void => {
  const conversation = conversationOf(conversations, subject)
  if (conversation === undefined) return
  conversation.updatedAt = at
  with_(conversation)
}

const changeMessage = <D>(
  { at, subject }: Entry<D>,
  conversations: Conversations,
  with_: (message: ConversationMessage) => void,
): void => {
  const message = messageOf(conversations, subject)
  if (message === undefined) return
  message.updatedAt = at
  with_(message)
}

export const updateConversation = (conversations: Conversations, entry: Entry<ConversationUpdated>): void =>
  change(entry, conversations, (conversation) => {
    const { tenant_id, workflow_id, workflow_type } = entry.data
    if (tenant_id !== undefined) conversation.tenantId = tenant_id ?? undefined
    if (workflow_id !== undefined) conversation.workflowId = workflow_id ?? undefined
    if (workflow_type !== undefined) conversation.workflowType = workflow_type ?? undefined
  })

export const closeConversation = (conversations: Conversations, entry: Entry<unknown>): void =>
  change(entry, conversations, (conversation) => {
    conversation.status = "closed"
  })

export const reopenConversation = (conversations: Conversations, entry: Entry<unknown>): void =>
  change(entry, conversations, (conversation) => {
    conversation.status = "open"
  })

export const detectLanguage = (conversations: Conversations, entry: Entry<ConversationLanguageDetected>): void =>
  change(entry, conversations, (conversation) => {
    conversation.language = entry.data.language
    conversation.confidenceBp = entry.data.confidence_bp
  })

/** Messages move to where they belong by their instants; the number leads to the other conversation from here on. */
export const mergeConversation = (conversations: Conversations, entry: Entry<{ readonly into: string }>): void =>
  change(entry, conversations, (merged) => {
    const into = conversationOf(conversations, entry.data.into)
    if (into === undefined) return
    const { byNumber, messages } = conversations
    merged.status = "merged"
    merged.mergedInto = into.id
    for (const [number, place] of byNumber) if (place === merged.place) byNumber.set(number, into.place)
    for (const place of merged.messages) (messages[place] as ConversationMessage).conversation = into.place
    // Places follow the instants of creation.
    into.messages = [...into.messages, ...merged.messages].sort((a, b) => a - b)
    merged.messages = []
    into.updatedAt = entry.at
    unlink(conversations, merged)
    merged.newer = -1
    merged.older = -1
    if (merged.lastMessageAt < into.lastMessageAt) return
    into.lastMessageAt = merged.lastMessageAt
    into.ownNumber = merged.ownNumber ?? into.ownNumber
    reorder(conversations, into)
  })

/** Puts a conversation where its last activity belongs. */
const reorder = (conversations: Conversations, conversation: Conversation): void => {
  unlink(conversations, conversation)
  const { all } = conversations
  let older = conversations.newest
  while (older >= 0 && lastPlaceOf(all[older] as Conversation) > lastPlaceOf(conversation))
    older = (all[older] as Conversation).older
  const next = all[older]
  const newer = next === undefined ? conversations.oldest : next.newer
  conversation.older = older
  conversation.newer = newer
  if (next === undefined) conversations.oldest = conversation.place
  else next.newer = conversation.place
  const before = all[newer]
  if (before === undefined) conversations.newest = conversation.place
  else before.older = conversation.place
}

export const askTenant = (conversations: Conversations, entry: Entry<TenantAsked>): void =>
  change(entry, conversations, (conversation) => {
    conversation.lookups = entry.data.lookup
    conversation.lookup = { _tag: "Asking", asks: entry.data.asks, ask: 0, attempt: 0, attempts: 0 }
  })

export const endLookup = (conversations: Conversations, entry: Entry<TenantLookedUp>): void =>
  change(entry, conversations, (conversation) => {
    const { outcome, reason, tenant_id } = entry.data
    conversation.lookup = { _tag: "Ended", at: entry.at, outcome, reason }
    if (tenant_id !== undefined) conversation.tenantId = tenant_id
  })

/** A request of ours leaves. */
export const takeRequest = (
  conversations: Conversations,
  { data: { attempt, purpose }, seq, subject }: Entry<OutboundRequested>,
): void => {
  if (purpose !== sendPurpose && purpose !== lookupPurpose) return
  conversations.asked.set(seq, { purpose, seq, subject, attempt })
  if (purpose === sendPurpose) {
    const message = messageOf(conversations, subject)
    if (message !== undefined) message.attempts = attempt
    return
  }
  const conversation = conversationOf(conversations, subject)
  const lookup = conversation?.lookup
  if (conversation === undefined || lookup?._tag !== "Asking") return
  // A first attempt that is not the first request is that of the next form.
  const ask = attempt === 1 && lookup.attempts > 0 ? lookup.ask + 1 : lookup.ask
  conversation.lookup = { ...lookup, ask, attempt, attempts: lookup.attempts + 1 }
}

/** A request has its answer, or will have none. */
export const endRequest = (conversations: Conversations, { cause }: { readonly cause: number }): void => {
  const { asked } = conversations
  conversations.ended = asked.get(cause)
  asked.delete(cause)
}

export const acceptMessage = (conversations: Conversations, entry: Entry<MessageAccepted>): void =>
  changeMessage(entry, conversations, (message) => {
    const { sid, status } = entry.data
    nameMessage(conversations, message, sid)
    message.status = status
    message.reason = undefined
  })

/** The SID a message has from here on. */
const nameMessage = ({ bySid, messagePlaces }: Conversations, message: ConversationMessage, sid: string): void => {
  message.sid = sid
  bySid.set(sid, messagePlaces.get(message.id) as number)
}

export const delayMessage = (conversations: Conversations, entry: Entry<MessageDelayed>): void =>
  changeMessage(entry, conversations, (message) => {
    message.reason = entry.data.reason
  })

export const failMessage = (conversations: Conversations, entry: Entry<MessageFailed>): void =>
  changeMessage(entry, conversations, (message) => {
    const { code, reason, status } = entry.data
    message.status = status
    message.reason = reason
    message.errorCode = code
  })

/** SIDs of which statuses are kept without a message; of one more the oldest is forgotten. The log has all. */
export const untiedMax = 10_000

export const receiveStatus = (
  conversations: Conversations,
  { at, cause: payload, data, subject }: Entry<StatusReceived>,
): void => {
  const { error_code: errorCode, moves, sid, status } = data
  const seen: SeenStatus = { status, errorCode, at, payload, moved: moves === true }
  const message = messageOf(conversations, subject)
  if (message === undefined) {
    const { untied } = conversations
    untied.set(sid, [...(untied.get(sid) ?? []), seen])
    if (untied.size > untiedMax) dropOldest(untied)
    return
  }
  if (message.sid === "") nameMessage(conversations, message, sid)
  message.updatedAt = at
  message.statuses = [...message.statuses, seen]
  if (moves === true) move(message, seen)
}

const move = (message: ConversationMessage, { errorCode, status }: SeenStatus): void => {
  message.status = status
  message.errorCode = errorCode
  message.reason = undefined
}

export const tieStatuses = (conversations: Conversations, entry: Entry<StatusesTied>): void =>
  changeMessage(entry, conversations, (message) => {
    const { sid, status } = entry.data
    const statuses = conversations.untied.get(sid) ?? nothing
    conversations.untied.delete(sid)
    message.statuses = [...message.statuses, ...statuses]
    const last = statuses.findLast((seen) => seen.status === status)
    if (last !== undefined) move(message, last)
  })

/** Everything goes; what is on its way comes back to nobody. Ids of what comes after are others. */
export const clearConversations = (conversations: Conversations, what: Cleared): void => {
  if (what !== "all") return
  const { cleared, requests } = conversations
  const { all, asked, byNumber, bySid, idempotency, messagePlaces, messages, places, untied } = conversations
  all.length = 0
  messages.length = 0
  for (const map of [asked, byNumber, bySid, idempotency, messagePlaces, places, untied]) map.clear()
  const { newest, oldest } = noConversations()
  Object.assign(conversations, { newest, oldest, ended: undefined, cleared: cleared + 1, requests })
}
