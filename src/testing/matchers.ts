import { judge } from "../server/reading/expectations.ts"
import { soughtCallback } from "./callbacks.ts"
import { soughtCall } from "./calls.ts"
import type { CallMatch, CallStatus } from "./callTypes.ts"
import { RingbackError } from "./errors.ts"
import { type Inside, insideOf } from "./inside.ts"
import { keys, onlyKnown } from "./keys.ts"
import { soughtOf } from "./messages.ts"
import { nearest, said } from "./miss.ts"
import { nameOfRequest, soughtRequest } from "./requests.ts"
import type { RequestMatch } from "./requestTypes.ts"
import { unsettled } from "./standing.ts"
import type { CallbackMatch, Message, MessageMatch, MessageStatus, Times } from "./types.ts"

/** What Vitest and Jest expect of a matcher. */
export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
}

/** For `expect.extend(matchers)`. They look at once and wait for nothing, so there is nothing to await. */
export const matchers: {
  readonly toHaveReceivedMessage: (received: unknown, match?: MessageMatch, times?: Times) => MatcherResult
  readonly toHaveCalledBack: (received: unknown, match?: CallbackMatch, times?: Times) => MatcherResult
  readonly toHaveSentRequest: (received: unknown, match?: RequestMatch, times?: Times) => MatcherResult
  readonly toHaveSettled: (received: unknown) => MatcherResult
  readonly toHaveCall: (received: unknown, match?: CallMatch, times?: Times) => MatcherResult
  readonly toHaveStatus: (
    received: unknown,
    status: MessageStatus | CallStatus,
    errorCode?: number | null,
  ) => MatcherResult
} = {
  toHaveReceivedMessage: (received, match = {}, times = { atLeast: 1 }) => {
    const { exchange } = ofRingback(received, "toHaveReceivedMessage")
    const sought = soughtOf(exchange.messages, match)
    const candidates = sought.candidates()
    const { fates } = judge([{ match: sought.match, ...boundsOf(times) }], candidates, { inOrder: false, namedMax: 5 })
    const found = candidates.filter(sought.matcher.fits)
    return verdict({
      pass: fates[0]?.met === true,
      wanted: `${timesSaid(times)} ${said(sought.noun, sought.wanted)}`,
      found: found.map(({ body, sid, status, to }) => `${sid} to ${to}, ${status}: ${JSON.stringify(body)}`),
      closest: () => nearest(sought, candidates, ({ sid }) => sid),
    })
  },
  toHaveCalledBack: (received, match = {}, times = { atLeast: 1 }) => {
    const { callbacks } = ofRingback(received, "toHaveCalledBack")
    const sought = soughtCallback(match)
    const candidates = callbacks()
    const found = candidates.filter(sought.matcher.fits)
    return verdict({
      pass: isSoMany(found.length, times),
      wanted: `${timesSaid(times)} ${said(sought.noun, sought.wanted)}`,
      found: found.map(({ event, id, subject, url }) => `entry ${id} about ${subject}, ${event ?? "no event"}: ${url}`),
      closest: () => nearest(sought, candidates, ({ id, subject }) => `entry ${id} about ${subject}`),
    })
  },
  toHaveSentRequest: (received, match = {}, times = { atLeast: 1 }) => {
    const candidates = ofRingback(received, "toHaveSentRequest").requests()
    const sought = soughtRequest(match)
    const found = candidates.filter(sought.matcher.fits)
    return verdict({
      pass: isSoMany(found.length, times),
      wanted: `${timesSaid(times)} ${said(sought.noun, sought.wanted)}`,
      found: found.map((request) => `${nameOfRequest(request)}: ${request.method} ${request.url}`),
      closest: () => nearest(sought, candidates, nameOfRequest),
    })
  },
  toHaveCall: (received, match = {}, times = { atLeast: 1 }) => {
    const sought = soughtCall(ofRingback(received, "toHaveCall").exchange, match)
    const candidates = sought.candidates()
    const found = candidates.filter(sought.matcher.fits)
    return verdict({
      pass: isSoMany(found.length, times),
      wanted: `${timesSaid(times)} ${said(sought.noun, sought.wanted)}`,
      found: found.map(({ from, sid, status, to }) => `${sid} from ${from} to ${to}, ${status}`),
      closest: () => nearest(sought, candidates, ({ sid }) => sid),
    })
  },
  toHaveSettled: (received) => {
    const { exchange } = ofRingback(received, "toHaveSettled")
    const why = unsettled(exchange.run)
    return {
      pass: why.length === 0,
      message: () =>
        why.length === 0
          ? "Expected the exchange not to have settled; nothing is queued, on its way or due now."
          : ["Expected the exchange to have settled.", ...why.map((line) => `  ${line}`)].join("\n"),
    }
  },
  toHaveStatus: (received, status, errorCode) => {
    const { errorCode: code, noun, sid, status: now } = ofStatus(received)
    const found = `${now}${code === null ? "" : ` (${code})`}`
    const wanted = `${status}${errorCode === undefined || errorCode === null ? "" : ` (${errorCode})`}`
    const pass = now === status && (errorCode === undefined || code === errorCode)
    return {
      pass,
      message: () =>
        pass
          ? `Expected ${noun} ${sid} not to be ${wanted}.`
          : `Expected ${noun} ${sid} to be ${wanted}, found ${found} when it was read; ${noun}s.get reads it again.`,
    }
  },
}

interface Verdict {
  readonly pass: boolean
  readonly wanted: string
  /** What fits, a line each. */
  readonly found: ReadonlyArray<string>
  readonly closest: () => ReadonlyArray<string>
}

const foundMax = 5

const verdict = ({ closest, found, pass, wanted }: Verdict): MatcherResult => ({
  pass,
  message: () =>
    [
      `Expected ${pass ? "not to find " : ""}${wanted}, found ${found.length === 0 ? "none" : found.length}.`,
      ...found.slice(0, foundMax).map((line) => `  ${line}`),
      ...(found.length > foundMax ? [`  and ${found.length - foundMax} more`] : []),
      ...(found.length === 0 ? closest() : []),
    ].join("\n"),
})

const boundsOf = (times: Times): { readonly at_least: number; readonly at_most?: number } => {
  const { atLeast = 0, atMost } =
    typeof times === "number" ? { atLeast: times, atMost: times } : onlyKnown(times, keys.times)
  return { at_least: atLeast, ...(atMost === undefined ? {} : { at_most: atMost }) }
}

const isSoMany = (count: number, times: Times): boolean => {
  const { at_least, at_most } = boundsOf(times)
  return count >= at_least && count <= (at_most ?? Number.POSITIVE_INFINITY)
}

const timesSaid = (times: Times): string => {
  if (typeof times === "number") return `exactly ${times}`
  const { atLeast, atMost } = times
  if (atMost === undefined) return `at least ${atLeast ?? 0}`
  return atLeast === undefined ? `at most ${atMost}` : `${atLeast} to ${atMost}`
}

const ofRingback = (received: unknown, matcher: string): Inside => {
  const inside = insideOf(received)
  if (inside === undefined)
    throw new RingbackError(`${matcher}: expected what start() gives, found ${kindOf(received)}`)
  return inside
}

/** What a message or a call says of its status. */
const ofStatus = (received: unknown) => {
  if (typeof received === "object" && received !== null && "sid" in received && "status" in received) {
    const { errorCode = null, sid, status } = received as Pick<Message, "errorCode" | "sid" | "status">
    return { errorCode, noun: sid.startsWith("CA") ? "call" : "message", sid, status: status as string }
  }
  throw new RingbackError(
    `toHaveStatus: expected a message as messages.get gives it, or a call as calls.get does, found ${kindOf(received)}`,
  )
}

const kindOf = (value: unknown): string => (value === null ? "null" : `a ${typeof value}`)
