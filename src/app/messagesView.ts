import { seenMessage, seenMessages } from "../carriers/twilio/messages/seenMessages.ts"
import type { Messages } from "../carriers/twilio/messages.ts"
import type { MessagesView } from "../server/Exchange.ts"

/** What tests and pages read back of the messages of a world. */
export const messagesView = (messages: () => Messages): MessagesView => ({
  count: () => messages().bySid.size,
  newest: (before, among) => seenMessages(messages(), before, among),
  bySid: (sid) => seenMessage(messages(), sid),
})
