import * as Effect from "effect/Effect"
import {
  type Conversation,
  type ConversationMessage,
  type Conversations,
  lastPlaceOf,
  newestConversations,
} from "../conversations/state.ts"
import type { Row } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { WorldState } from "../engine/World.ts"
import type { LogUnavailable } from "../log/EventLog.ts"
import { readable, rowsBySubject } from "./lists/reading.ts"
import type { Shown } from "./Shown.ts"

/* What the page of conversations shows of them. */

/** Conversations a page lists, and messages of one. */
const listed = 100
const bubblesMax = 200

/** How the list can be limited with one click. */
export const limitedTo: ReadonlyArray<readonly [label: string, only: string]> = [
  ["All", ""],
  ["Open", "open"],
  ["Closed", "closed"],
  ["No tenant", "no-tenant"],
  ["Not sent", "not-sent"],
]

const fitsOnly = (conversation: Conversation, last: ConversationMessage | undefined, only: string): boolean => {
  switch (only) {
    case "open":
    case "closed":
      return conversation.status === only
    case "no-tenant":
      return conversation.tenantId === undefined
    case "not-sent":
      return last?.status === "failed" || last?.status === "undelivered" || last?.status === "unknown"
    default:
      return true
  }
}

export interface Listed {
  readonly conversation: Conversation
  readonly last: ConversationMessage | undefined
}

/** Those that fit, by last activity; at most so many are looked at. The text is looked for in the number, the tenant and the last message. */
export const listedConversations = (
  conversations: Conversations,
  { only, search }: { readonly only: string; readonly search: string },
): ReadonlyArray<Listed> => {
  const text = search.toLowerCase()
  const found: Array<Listed> = []
  let looked = 0
  for (const conversation of newestConversations(conversations)) {
    if (found.length === listed || looked++ === limits.listScanMessagesMax) break
    const last = conversations.messages[lastPlaceOf(conversation)]
    const holds =
      text === "" ||
      [conversation.number, conversation.tenantId, conversation.workflowType, last?.body].some((each) =>
        each?.toLowerCase().includes(text),
      )
    if (holds && fitsOnly(conversation, last, only)) found.push({ conversation, last })
  }
  return found
}

/** The newest messages of a conversation, oldest of them first. */
export const messagesIn = (
  { messages }: Conversations,
  conversation: Conversation,
): ReadonlyArray<ConversationMessage> =>
  conversation.messages.slice(-bubblesMax).map((place) => messages[place] as ConversationMessage)

/** The entries in which a conversation and its newest messages changed, oldest first. */
export const stepsOf = (
  { conversations, run }: Shown,
  conversation: Conversation,
): Effect.Effect<ReadonlyArray<Row>, LogUnavailable> => {
  const seqs = [conversation.seq, ...messagesIn(conversations(), conversation).map(({ seq }) => seq)]
  return Effect.map(rowsBySubject(run.log, seqs), (bySubject) =>
    [...bySubject.values()]
      .flat()
      .filter(({ type }) => type.startsWith("conversation"))
      .toSorted((a, b) => a.seq - b.seq),
  )
}

/** The conversations as they were after the last of these entries; only what they tell of is there. */
export const conversationsAfter = ({ conversationsIn, machines }: Shown, rows: ReadonlyArray<Row>): Conversations => {
  const world = new WorldState(machines)
  for (const row of rows) world.evolve(readable(row))
  return conversationsIn(world)
}
