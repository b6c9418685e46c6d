import type { Entry } from "../core/Entry.ts"
import {
  callbackHeld,
  type OutboundAnswered,
  type OutboundFailed,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  timerSet,
} from "../core/entries.ts"
import { eventOf } from "./callbackEvent.ts"
import { retryKey } from "./outbound.machine.ts"

/* What became of each callback, told from the entries about its subject alone. Instants in virtual ms. */

/** How an attempt ended; `seq` is the entry that says so. */
export type AttemptEnd =
  | { readonly _tag: "Answered"; readonly seq: number; readonly at: number; readonly answer: OutboundAnswered }
  | { readonly _tag: "Failed"; readonly seq: number; readonly at: number; readonly failure: OutboundFailed }

export interface CallbackAttempt {
  readonly seq: number
  readonly at: number
  readonly request: OutboundRequested
  /** Undefined while it is on its way. */
  readonly end: AttemptEnd | undefined
  /** When the next attempt was to be made, if one was. */
  readonly nextDue: number | undefined
  /** The entry that set its timer. */
  readonly nextSet: number | undefined
}

/** One event that an application is told of, in one copy. */
export interface CallbackStory {
  /** The seq of its first attempt. */
  readonly id: number
  readonly subject: string
  /** The status it reports. */
  readonly event: string | null
  readonly method: string
  readonly url: string
  /** The same for every attempt and copy. */
  readonly token: string
  readonly copy: number
  /** Until when a fault keeps it back before its first attempt. */
  readonly heldUntil: number | undefined
  readonly attempts: ReadonlyArray<CallbackAttempt>
}

/** Why there is no answer, in a word and, where there is more to say, with it. */
export const whyFailed = ({ detail, reason }: OutboundFailed): string =>
  detail === undefined ? reason : `${reason}: ${detail}`

/** Whether an entry is the first attempt of a callback. */
export const beginsCallback = (entry: Entry<unknown>): entry is Entry<OutboundRequested> =>
  outboundRequested.is(entry) && entry.data.purpose === "callback" && entry.data.attempt === 1

interface Telling extends Omit<CallbackStory, "attempts"> {
  readonly attempts: Array<CallbackAttempt>
}

/** The types of entries that stories are told from; a subject may have many others. */
export const storyTypes: ReadonlySet<string> = new Set(
  [callbackHeld, outboundAnswered, outboundFailed, outboundRequested, timerSet].map(({ type }) => type),
)

/** The callbacks that entries about one subject tell of, oldest first. */
export const callbackStories = (entries: ReadonlyArray<Entry<unknown>>): ReadonlyArray<CallbackStory> => {
  const stories = new Map<string, Telling>()
  const ends = new Map<number, AttemptEnd>()
  /** When what follows from an entry is due, by the timer's key. */
  const next = new Map<string, { readonly due: number; readonly set: number }>()
  const held = new Map<string, number>()
  for (const { at, cause, data, seq, type } of entries)
    if (type === outboundAnswered.type) ends.set(cause, { _tag: "Answered", seq, at, answer: data as OutboundAnswered })
    else if (type === outboundFailed.type) ends.set(cause, { _tag: "Failed", seq, at, failure: data as OutboundFailed })
  for (const entry of entries)
    if (timerSet.is(entry)) next.set(`${entry.cause} ${entry.data.key}`, { due: entry.data.due, set: entry.seq })
    else if (callbackHeld.is(entry)) held.set(entry.data.request.token, entry.data.due)
  for (const { at, data, seq, subject, type } of entries) {
    const request = data as OutboundRequested
    if (type !== outboundRequested.type || request.purpose !== "callback") continue
    const { copy = 0, method, params, token, url } = request
    const key = retryKey(request)
    let story = stories.get(key)
    if (story === undefined) {
      const event = eventOf(params) ?? null
      const heldUntil = copy === 0 ? held.get(token) : undefined
      story = { id: seq, subject, event, method, url, token, copy, heldUntil, attempts: [] }
      stories.set(key, story)
    }
    const end = ends.get(seq)
    const following = end && next.get(`${end.seq} ${key}`)
    story.attempts.push({ seq, at, request, end, nextDue: following?.due, nextSet: following?.set })
  }
  return [...stories.values()]
}

/**
 * How a callback stands at an instant: `answered` with 2xx; `sending`: on its way; `waiting` for its next attempt; `lost` by a simulated
 * fault, which looks sent; `failed`: no attempt is left, or none is wanted.
 */
export type CallbackState = "answered" | "sending" | "waiting" | "lost" | "failed"

export const callbackState = ({ attempts }: CallbackStory, now: number): CallbackState => {
  const last = attempts.at(-1)
  if (last?.end === undefined) return "sending"
  const { end, nextDue } = last
  if (end._tag === "Answered" && end.answer.status >= 200 && end.answer.status < 300) return "answered"
  if (end._tag === "Failed" && end.failure.reason === "lost") return "lost"
  // One that was due and never made was cancelled.
  return nextDue !== undefined && nextDue >= now ? "waiting" : "failed"
}
