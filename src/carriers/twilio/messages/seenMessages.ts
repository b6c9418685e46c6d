import type { SeenMessage } from "../../delivery/seen.ts"
import { type Among, newestFirst } from "../messagePages.ts"
import { type Message, type Messages, sentOf, updatedOf } from "../messages.ts"

/**
 * Messages as tests and pages read them back, newest first: all of them, or those older than one; of one number alone, if one is
 * named. `undefined` when that one was never there, or was cleared. A deleted one keeps its place.
 */
export const seenMessages = (
  messages: Messages,
  before?: string,
  among: Among = {},
): Iterable<SeenMessage> | undefined => {
  if (before === undefined) return allSeen(newestFirst(messages, among))
  const place = messages.bySid.get(before)?.n ?? messages.deleted.get(before)
  return place === undefined ? undefined : allSeen(newestFirst(messages, among, place))
}

/** The message with this SID, if it is there. */
export const seenMessage = ({ bySid }: Messages, sid: string): SeenMessage | undefined => {
  const message = bySid.get(sid)
  return message && seen(message)
}

function* allSeen(messages: Iterable<Message>): Iterable<SeenMessage> {
  for (const message of messages) yield seen(message)
}

const seen = (message: Message): SeenMessage => ({
  sid: message.sid,
  accountSid: message.accountSid,
  serviceSid: message.rare?.serviceSid,
  direction: message.direction,
  from: message.from,
  to: message.to,
  body: message.body,
  status: message.status,
  errorCode: message.errorCode,
  numMedia: message.numMedia,
  numSegments: message.numSegments,
  created: message.created,
  updated: updatedOf(message),
  sent: sentOf(message),
})
