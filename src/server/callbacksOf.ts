import type { Entry } from "../core/Entry.ts"
import { type OutboundRequested, outboundAnswered, outboundFailed, outboundRequested } from "../core/entries.ts"
import { iso } from "../core/Instant.ts"
import { eventOf } from "../network/callbackEvent.ts"
import type { Callback } from "./callbacksApi.ts"

type Shown = typeof Callback.Type
type Attempt = Shown["attempts"][number]

/** Whether an entry is the first attempt of a callback. */
export const beginsCallback = (entry: Entry<unknown>): entry is Entry<OutboundRequested> =>
  outboundRequested.is(entry) && entry.data.purpose === "callback" && entry.data.attempt === 1

/** The callbacks that entries about one subject tell of, oldest first, each with its attempts. */
export const callbacksOf = (entries: ReadonlyArray<Entry<unknown>>): ReadonlyArray<Shown> => {
  const callbacks = new Map<string, Omit<Shown, "attempts"> & { readonly attempts: Array<Attempt> }>()
  const answers = new Map<number, Pick<Attempt, "failed" | "status">>()
  for (const entry of entries) {
    if (outboundAnswered.is(entry)) answers.set(entry.cause, { failed: null, status: entry.data.status })
    else if (outboundFailed.is(entry)) {
      const { detail, reason } = entry.data
      answers.set(entry.cause, { failed: detail === undefined ? reason : `${reason}: ${detail}`, status: null })
    }
  }
  for (const entry of entries) {
    if (!outboundRequested.is(entry) || entry.data.purpose !== "callback") continue
    const { attempt, copy = 0, method, params, token, url } = entry.data
    const key = `${token} ${copy}`
    let callback = callbacks.get(key)
    if (callback === undefined) {
      const event = eventOf(params) ?? null
      callback = { id: entry.seq, subject: entry.subject, event, method, url, token, copy, attempts: [] }
      callbacks.set(key, callback)
    }
    const answer = answers.get(entry.seq) ?? { failed: null, status: null }
    callback.attempts.push({ seq: entry.seq, attempt, at: iso(entry.at), ...answer })
  }
  return [...callbacks.values()]
}
