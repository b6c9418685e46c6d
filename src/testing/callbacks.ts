import * as Effect from "effect/Effect"
import { forgets } from "../core/cleared.ts"
import type { Entry } from "../core/Entry.ts"
import { type Cleared, dataCleared, outboundAnswered, outboundFailed, outboundRequested } from "../core/entries.ts"
import type { Run } from "../engine/Run.ts"
import { callbackStories } from "../network/callbackStories.ts"
import { shownCallback } from "../server/callbacksOf.ts"
import { type Check, holds, type Matcher, matcher } from "../server/reading/match.ts"
import { calledFrom, failedAt } from "./errors.ts"
import { keys, onlyKnown } from "./keys.ts"
import { type LogReading, readLog } from "./log.ts"
import { nearest, said, type Wanted } from "./miss.ts"
import { promised } from "./promised.ts"
import { standing } from "./standing.ts"
import type { Callback, CallbackMatch, Callbacks } from "./types.ts"
import type { Patience } from "./waiting.ts"

/** What a test means by a match of callbacks. */
export interface SoughtCallback {
  readonly matcher: Matcher<Callback>
  readonly noun: "callback"
  readonly wanted: Wanted
}

/** Every callback of a run, oldest first, as far as the log goes now. */
export type ReadCallbacks = () => ReadonlyArray<Callback>

/** Reads the callbacks of a run; each reading looks only at what came since the one before. What was cleared is forgotten. */
export const callbacksIn = (run: Run): ReadCallbacks => {
  const log: LogReading = readLog(run)
  let entries: Array<Entry<unknown>> = []
  let callbacks: ReadonlyArray<Callback> = []
  let after = 0
  return () => {
    let news = false
    for (const entry of log(after)) {
      after = entry.seq
      const told = outboundRequested.is(entry) || outboundAnswered.is(entry) || outboundFailed.is(entry)
      if (told) entries.push(entry)
      else if (dataCleared.is(entry)) entries = left(entries, entry.data.what)
      else continue
      news = true
    }
    if (news) callbacks = shown(entries)
    return callbacks
  }
}

const left = (entries: ReadonlyArray<Entry<unknown>>, what: Cleared): Array<Entry<unknown>> =>
  what === "callbacks" ? [] : entries.filter(({ subject }) => !forgets(what, subject))

const shown = (entries: ReadonlyArray<Entry<unknown>>): ReadonlyArray<Callback> => {
  const params = new Map(
    entries.flatMap((entry) => (outboundRequested.is(entry) ? [[entry.seq, entry.data.params] as const] : [])),
  )
  return callbackStories(entries)
    .map(shownCallback)
    .map(({ attempts, ...callback }) => ({
      ...callback,
      params: Object.fromEntries(params.get(callback.id) ?? []),
      attempts: attempts.map(({ at, ...attempt }) => ({ ...attempt, at: new Date(at) })),
    }))
}

export const callbacksFor = (run: Run, read: ReadCallbacks, patience: Patience): Callbacks => {
  const missing = (match: CallbackMatch, when: string): string => {
    const sought = soughtCallback(match)
    return [
      `No ${said(sought.noun, sought.wanted)}${when}.`,
      ...nearest(sought, read(), ({ id, subject }) => `entry ${id} about ${subject}`),
      standing(run),
    ].join("\n")
  }
  return {
    list: (match = {}) => {
      const { fits } = soughtCallback(match).matcher
      return read().filter(fits)
    },
    latest: function latestCallback(match = {}) {
      const found = read().findLast(soughtCallback(match).matcher.fits)
      if (found === undefined) throw failedAt(calledFrom(latestCallback), missing(match, ""))
      return found
    },
    waitFor: function waitForCallback(match, options = {}) {
      return promised(
        calledFrom(waitForCallback),
        Effect.suspend(() => {
          const { fits } = soughtCallback(match).matcher
          return patience.find(run, options, {
            look: () => read().findLast(fits),
            missing: (when) => missing(match, when),
          })
        }),
      )
    },
  }
}

/** Makes a match of a test ready. Throws when it has a key that no match has. */
export const soughtCallback = (match: CallbackMatch): SoughtCallback => {
  const { event, status, subject, url } = onlyKnown(match, keys.callback)
  const check = (field: string, expected: unknown, found: (callback: Callback) => string): Check<Callback> => ({
    field,
    expected: String(expected),
    found,
    fits: (there) => there === String(expected),
  })
  return {
    matcher: matcher<Callback>([
      ...(subject === undefined ? [] : [check("subject", subject, (callback) => callback.subject)]),
      ...(event === undefined ? [] : [check("event", event, (callback) => callback.event ?? "")]),
      ...(url === undefined ? [] : [{ ...check("url", url, (callback: Callback) => callback.url), fits: holds(url) }]),
      ...(status === undefined ? [] : [check("status", status, lastAnswer)]),
    ]),
    noun: "callback",
    wanted: { ...match },
  }
}

const lastAnswer = ({ attempts }: Callback): string => {
  const last = attempts.at(-1)
  return String(last?.status ?? last?.failed ?? "no answer yet")
}
