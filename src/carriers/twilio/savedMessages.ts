import type { SavedBlock } from "../../core/packed/PackedItems.ts"
import { list, type Message, type Messages, noMessages } from "./messages.ts"

/** What a snapshot holds of messages besides themselves. */
export type SavedHead = Pick<
  Messages,
  "busyUntil" | "carriersBusyUntil" | "cleared" | "deleted" | "media" | "scheduled"
>

export const headOf = (messages: Messages): SavedHead => {
  const { busyUntil, carriersBusyUntil, cleared, deleted, media, scheduled } = messages
  return { busyUntil, carriersBusyUntil, cleared, deleted, media, scheduled }
}

/** Messages before those that were saved are added. */
export const messagesFrom = (head: SavedHead): Messages => ({ ...noMessages(), ...head })

/** Messages that follow each other, for a snapshot. */
export interface SavedMessages {
  readonly messages: ReadonlyArray<SavedBlock<Message>>
}

/** All messages in their order, some at a time. */
export function* saveMessages({ bySid }: Messages): Generator<SavedMessages> {
  for (const messages of bySid.save()) yield { messages }
}

/** Adds messages as they were saved to those before them. */
export const loadMessages = (messages: Messages, saved: SavedMessages): void => {
  const { bySid } = messages
  const before = bySid.length
  bySid.load(saved.messages)
  for (let place = before; place < bySid.length; place++) list(messages, place)
}
