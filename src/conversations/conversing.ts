import { token } from "../core/chance.ts"
import type { Draft } from "../core/Entry.ts"
import { conversationLanguageDetected, conversationStarted, type MessageComposed, messageComposed } from "./entries.ts"
import type { Detected } from "./language/detect.ts"
import { type Conversation, type Conversations, conversationWith } from "./state.ts"

/* What several requests do to conversations. Ids follow from the seed and from what they name, so that nothing unrelated shifts them. */

/** The name of something in this part of a run's life: after data are cleared the same thing has another id. */
const since = ({ cleared }: Conversations, name: string): string => (cleared === 0 ? name : `${name} ${cleared}`)

/** A conversation that is there, or that starts with these drafts. */
export interface Found {
  readonly id: string
  readonly conversation: Conversation | undefined
  readonly drafts: ReadonlyArray<Draft>
}

/** The conversation with a number, started if there is none. */
export const conversationFor = (
  seed: number,
  conversations: Conversations,
  number: string,
  original: string,
): Found => {
  const conversation = conversationWith(conversations, number)
  if (conversation !== undefined) return { id: conversation.id, conversation, drafts: [] }
  const id = token(seed, "conversation", since(conversations, number))
  return { id, conversation: undefined, drafts: [conversationStarted.draft(id, { number, original })] }
}

/** The id of a message that a webhook brings. */
export const receivedId = (seed: number, conversations: Conversations, sid: string): string =>
  token(seed, "conversation message", since(conversations, sid))

/** The next message that is composed in a conversation. */
export const composed = (
  seed: number,
  { conversation, id }: Found,
  data: Omit<MessageComposed, "conversation">,
): Draft<MessageComposed> => {
  const n = (conversation?.composed ?? 0) + 1
  return messageComposed.draft(token(seed, "conversation message", `${id} ${n}`), { ...data, conversation: id })
}

/** Confidence with which another language takes the place of the one a conversation has, whatever that has. */
const sureBp = 6_000

/** The conversation's language by a further message, where it changes: an unknown one changes nothing. */
export const languageBy = (
  { conversation, id }: Found,
  message: string,
  { confidence, language }: Detected,
): ReadonlyArray<Draft> => {
  const has = conversation?.language ?? "unknown"
  const hasBp = conversation?.confidenceBp ?? 0
  const takes =
    language !== "unknown" &&
    (has === language ? confidence > hasBp : has === "unknown" || confidence >= Math.min(hasBp, sureBp))
  return takes ? [conversationLanguageDetected.draft(id, { confidence_bp: confidence, language, message })] : []
}
