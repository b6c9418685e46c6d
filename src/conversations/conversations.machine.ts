import type { Draft, Entry } from "../core/Entry.ts"
import {
  type ApiRequested,
  apiRequested,
  apiResponded,
  dataCleared,
  type OutboundAnswered,
  type OutboundFailed,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  timerFired,
  turnFailed,
} from "../core/entries.ts"
import { evolves, type Machine, reacts, type World } from "../core/Machine.ts"
import { conversationsApi } from "../network/apis.ts"
import { errorBody, requestIdHeader, requestIdOf, requestOf } from "./answers.ts"
import {
  acceptMessage,
  askTenant,
  clearConversations,
  closeConversation,
  composeMessage,
  delayMessage,
  detectLanguage,
  endLookup,
  endRequest,
  failMessage,
  mergeConversation,
  receiveMessage,
  receiveStatus,
  reopenConversation,
  startConversation,
  takeRequest,
  tieStatuses,
  updateConversation,
} from "./changes.ts"
import {
  conversationClosed,
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
} from "./entries.ts"
import { askEnded, lookupAgain, lookupBegun, lookupBroken } from "./lookup.ts"
import { answerRequest } from "./routes.ts"
import { send, sendDue, sendEnded, sendEndOf } from "./sending.ts"
import { conversationsSnapshot } from "./snapshot.ts"
import { type Conversations, messageOf, noConversations, sendPurpose } from "./state.ts"

/*
 * The conversation service: webhooks in, conversations and their messages, look-ups of tenants, messages out.
 *
 *   api.requested (webhook) ──> message.received, api.responded ──> tenant-asked ──> outbound.requested (tenant-lookup)
 *   api.requested (message) ──> message.composed, api.responded ──> outbound.requested (conversation-send) ──> accepted
 *
 * 1. Every request of this API has exactly one answer, in its own turn.
 * 2. A conversation and a message are there before anybody is asked for anything about them.
 */

/** What is on its way has come to an end. */
const ended = (
  world: World,
  entry: Entry<OutboundAnswered> | Entry<OutboundFailed>,
  conversations: Conversations,
): ReadonlyArray<Draft> => {
  const asked = conversations.ended
  if (asked === undefined || asked.seq !== entry.cause) return []
  return asked.purpose === sendPurpose
    ? sendEnded(world, conversations, asked, sendEndOf(entry))
    : askEnded(world, conversations, asked.subject, entry)
}

/** A rule threw where something that waits would have gone on: it ends, so that nothing waits for ever. */
const broken = (world: World, subject: string, conversations: Conversations): ReadonlyArray<Draft> => {
  const message = messageOf(conversations, subject)
  if (message === undefined) return lookupBroken(conversations, subject)
  const asked = { purpose: sendPurpose, seq: 0, subject, attempt: message.attempts } as const
  return message.status === "pending"
    ? sendEnded(world, conversations, asked, { _tag: "Unsure", reason: "a rule failed" })
    : []
}

const failedRequest = (
  { seed }: World,
  {
    at,
    data: { error: _, input },
    seq,
  }: Entry<{ readonly error: string; readonly input: { readonly subject: string; readonly data: unknown } }>,
  { requests }: Conversations,
): ReadonlyArray<Draft> => {
  const requestId = requestIdOf(seed, requests, (input.data ?? {}) as Pick<ApiRequested, "headers">)
  const message = "something went wrong here; the request has changed nothing"
  const body = errorBody({ at, code: "sms.internal_error", message, requestId })
  return [
    apiResponded.draft(
      input.subject,
      {
        body,
        headers: [
          ["content-type", "application/json"],
          [requestIdHeader, requestId],
        ],
        status: 500,
      },
      seq,
    ),
  ]
}

export const conversationsMachine: Machine<Conversations> = {
  name: "conversations",
  initial: noConversations,
  snapshot: conversationsSnapshot,
  evolve: [
    evolves(apiRequested, (conversations, { data: { api } }) => {
      if (api === conversationsApi) conversations.requests++
    }),
    evolves(conversationStarted, startConversation),
    evolves(conversationUpdated, updateConversation),
    evolves(conversationClosed, closeConversation),
    evolves(conversationReopened, reopenConversation),
    evolves(conversationMerged, mergeConversation),
    evolves(conversationLanguageDetected, detectLanguage),
    evolves(tenantAsked, askTenant),
    evolves(tenantLookedUp, endLookup),
    evolves(messageReceived, receiveMessage),
    evolves(messageComposed, composeMessage),
    evolves(messageAccepted, acceptMessage),
    evolves(messageDelayed, delayMessage),
    evolves(messageFailed, failMessage),
    evolves(statusReceived, receiveStatus),
    evolves(statusesTied, tieStatuses),
    evolves(outboundRequested, takeRequest),
    evolves(outboundAnswered, endRequest),
    evolves(outboundFailed, endRequest),
    evolves(turnFailed, (conversations, { data: { input } }) => {
      if (input.type === outboundAnswered.type || input.type === outboundFailed.type) endRequest(conversations, input)
      if (input.type === apiRequested.type && (input.data as { api?: unknown }).api === conversationsApi)
        conversations.requests++
    }),
    evolves(dataCleared, (conversations, { data: { what } }) => clearConversations(conversations, what)),
  ],
  react: [
    reacts(apiRequested, (world, entry, conversations) =>
      entry.data.api === conversationsApi ? answerRequest(requestOf(world, conversations, entry)) : [],
    ),
    reacts(messageComposed, (world, { data: { via }, subject }, conversations) => {
      const message = via === "api" ? messageOf(conversations, subject) : undefined
      return message === undefined ? [] : [send(world, message, 1)]
    }),
    reacts(tenantAsked, (world, { subject }, conversations) => lookupBegun(world, conversations, subject)),
    reacts(outboundAnswered, ended),
    reacts(outboundFailed, ended),
    reacts(timerFired, (world, { data: { key }, subject }, conversations) => [
      ...sendDue(world, conversations, key, subject),
      ...lookupAgain(world, conversations, key, subject),
    ]),
    reacts(turnFailed, (world, entry, conversations) => {
      const { input } = entry.data
      if (input.type === apiRequested.type)
        return (input.data as { api?: unknown }).api === conversationsApi
          ? failedRequest(world, entry, conversations)
          : []
      if (input.type === timerFired.type) return broken(world, input.subject, conversations)
      const asked = conversations.ended
      return asked !== undefined && asked.seq === input.cause ? broken(world, asked.subject, conversations) : []
    }),
  ],
}
