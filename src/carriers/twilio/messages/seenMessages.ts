import type { SeenMessage } from "../../delivery/seen.ts"
import type { Message, Messages } from "../messages.ts"

/**
 * Messages as tests read them back, newest first: all of them, or those older than one. `undefined` when that one was never there, or
 * was cleared. A deleted one keeps its place.
 */
export const seenMessages = (messages: Messages, before?: string): Iterable<SeenMessage> | undefined => {
  if (before === undefined) return newestFrom(messages, messages.all.length - 1)
  const place = messages.bySid.get(before)?.n ?? messages.deleted.get(before)
  return place === undefined ? undefined : newestFrom(messages, place - messages.cleared - 1)
}

function* newestFrom({ all }: Messages, start: number): Iterable<SeenMessage> {
  for (let i = start; i >= 0; i--) {
    const message = all[i]
    if (message !== undefined) yield seen(message)
  }
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
  updated: message.updated,
  sent: message.sent,
})
