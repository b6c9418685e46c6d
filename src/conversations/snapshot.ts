import type { Snapshot } from "../core/Machine.ts"
import { type Conversation, type ConversationMessage, type Conversations, noConversations } from "./state.ts"

/** The first part of a saved slice; conversations and messages follow, some at a time. */
type SavedHead = Pick<
  Conversations,
  "asked" | "byNumber" | "cleared" | "ended" | "idempotency" | "newest" | "oldest" | "requests" | "untied"
>

/** A further part. Messages go as lists of their values, which costs a tenth of an object for each. */
type SavedPart =
  | { readonly head: SavedHead }
  | { readonly conversations: ReadonlyArray<Conversation> }
  | { readonly messages: ReadonlyArray<ReadonlyArray<unknown>> }

/** What one part holds at most. */
const savedTogether = 10_000

/** Every field of a message. */
const saved: { readonly [Field in keyof ConversationMessage]: true } = {
  id: true,
  seq: true,
  conversation: true,
  direction: true,
  from: true,
  to: true,
  body: true,
  media: true,
  numMedia: true,
  via: true,
  createdAt: true,
  updatedAt: true,
  sid: true,
  status: true,
  statuses: true,
  language: true,
  confidenceBp: true,
  reason: true,
  errorCode: true,
  attempts: true,
  payload: true,
}
const fields = Object.keys(saved) as ReadonlyArray<keyof ConversationMessage>

const together = <A>(items: ReadonlyArray<A>, i: number): ReadonlyArray<A> => items.slice(i, i + savedTogether)

/** What finds conversations and messages is made again. */
export const conversationsSnapshot: Snapshot<Conversations> = {
  save: function* ({ all, messages, messagePlaces: _, bySid: __, places: ___, ...head }) {
    yield { head } satisfies SavedPart
    for (let i = 0; i < all.length; i += savedTogether) yield { conversations: together(all, i) } satisfies SavedPart
    for (let i = 0; i < messages.length; i += savedTogether) {
      const some = together(messages, i)
      yield { messages: fields.map((name) => some.map((message) => message[name])) } satisfies SavedPart
    }
  },
  load: (parts) => {
    let conversations = noConversations()
    for (const part of parts as Iterable<SavedPart>)
      if ("head" in part) conversations = { ...conversations, ...part.head }
      else if ("conversations" in part) addConversations(conversations, part.conversations)
      else addMessages(conversations, part.messages)
    return conversations
  },
}

const addConversations = ({ all, places }: Conversations, some: ReadonlyArray<Conversation>): void => {
  for (const conversation of some) {
    places.set(conversation.id, all.length)
    all.push(conversation)
  }
}

const addMessages = (
  { bySid, messagePlaces, messages }: Conversations,
  columns: ReadonlyArray<ReadonlyArray<unknown>>,
): void => {
  for (let i = 0; i < (columns[0]?.length ?? 0); i++) {
    const message = Object.fromEntries(
      fields.map((name, n) => [name, columns[n]?.[i]]),
    ) as unknown as ConversationMessage
    messagePlaces.set(message.id, messages.length)
    if (message.sid !== "") bySid.set(message.sid, messages.length)
    messages.push(message)
  }
}
