import * as Effect from "effect/Effect"
import { codesIn, linksIn } from "../carriers/delivery/found.ts"
import type { SeenMessage } from "../carriers/delivery/seen.ts"
import type { Exchange } from "../server/Exchange.ts"
import { type Match, type Matcher, matcherOf } from "../server/reading/match.ts"
import { calledFrom, failedAt, RingbackError } from "./errors.ts"
import { keys, onlyKnown } from "./keys.ts"
import { nearest, said, type Wanted } from "./miss.ts"
import { promised } from "./promised.ts"
import { standing } from "./standing.ts"
import type { Message, MessageMatch, Messages } from "./types.ts"
import type { Patience } from "./waiting.ts"

/** What a test means by a match, and what it is about. */
export interface Sought {
  readonly match: Match
  readonly matcher: Matcher
  readonly noun: "message"
  readonly wanted: Wanted
  /** Oldest first. */
  readonly candidates: () => ReadonlyArray<SeenMessage>
}

/** The messages of a run as a test reads them. */
export const messagesOf = ({ messages, run }: typeof Exchange.Service, patience: Patience): Messages => {
  const latest = (match: MessageMatch): Message | undefined => {
    const { candidates, matcher } = soughtOf(messages, match)
    const found = candidates().findLast(matcher.fits)
    return found && messageOf(found)
  }
  return {
    list: (match = {}) => {
      const { candidates, matcher } = soughtOf(messages, match)
      return candidates().filter(matcher.fits).reverse().map(messageOf)
    },
    latest: function latestMessage(match = {}) {
      const found = latest(match)
      if (found !== undefined) return found
      throw failedAt(calledFrom(latestMessage), missing(soughtOf(messages, match), "", standing(run)))
    },
    waitFor: function waitForMessage(match, options = {}) {
      return promised(
        calledFrom(waitForMessage),
        Effect.suspend(() =>
          patience.find(run, options, {
            look: () => latest(match),
            missing: (when) => missing(soughtOf(messages, match), when, standing(run)),
          }),
        ),
      )
    },
    get: function getMessage(sid) {
      for (const message of messages.newest() ?? []) if (message.sid === sid) return messageOf(message)
      throw failedAt(calledFrom(getMessage), `No message has the SID ${JSON.stringify(sid)}.`)
    },
  }
}

/** Makes a match of a test ready. Throws when it has a key that no match has, or names a message there is none of. */
export const soughtOf = (messages: (typeof Exchange.Service)["messages"], asked: MessageMatch): Sought => {
  const { after, ...rest } = onlyKnown(asked, keys.message)
  const match = Object.fromEntries(Object.entries(rest).filter(([, wanted]) => wanted !== undefined)) as Match
  const behind = typeof after === "object" ? after.sid : after
  if (behind !== undefined && messages.newest(behind) === undefined)
    throw new RingbackError(`after: expected the SID of a message that is there, found ${JSON.stringify(behind)}`)
  return {
    match,
    matcher: matcherOf(match),
    noun: "message",
    wanted: { ...asked },
    candidates: () => {
      const found: Array<SeenMessage> = []
      for (const message of messages.newest() ?? []) {
        if (message.sid === behind) break
        found.push(message)
      }
      return found.reverse()
    },
  }
}

const missing = (sought: Sought, when: string, clock: string): string =>
  [
    `No ${said(sought.noun, sought.wanted)}${when}.`,
    ...nearest(sought, sought.candidates(), ({ sid }) => sid),
    clock,
  ].join("\n")

/** A message as a test sees it. */
const messageOf = (message: SeenMessage): Message => {
  const codes = codesIn(message.body)
  return {
    sid: message.sid,
    accountSid: message.accountSid,
    messagingServiceSid: message.serviceSid ?? null,
    direction: message.direction,
    from: message.from === "" ? null : message.from,
    to: message.to,
    body: message.body,
    code: codes[0] ?? null,
    codes,
    links: linksIn(message.body),
    status: message.status,
    errorCode: message.errorCode ?? null,
    numMedia: message.numMedia,
    numSegments: message.numSegments,
    dateCreated: new Date(message.created),
    dateUpdated: new Date(message.updated),
    dateSent: message.sent === undefined ? null : new Date(message.sent),
  }
}
