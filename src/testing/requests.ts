import * as Effect from "effect/Effect"
import { forgets } from "../core/cleared.ts"
import type { Entry } from "../core/Entry.ts"
import {
  dataCleared,
  type OutboundAnswered,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
} from "../core/entries.ts"
import type { Run } from "../engine/Run.ts"
import { whyFailed } from "../network/callbackStories.ts"
import { type Check, holds, type Matcher, matcher } from "../server/reading/match.ts"
import { calledFrom, failedAt } from "./errors.ts"
import { keys, onlyKnown } from "./keys.ts"
import { readLog } from "./log.ts"
import { nearest, said, type Wanted } from "./miss.ts"
import { promised } from "./promised.ts"
import type { RequestMatch, Requests, SentRequest } from "./requestTypes.ts"
import { standing } from "./standing.ts"
import type { TextMatch } from "./terms.ts"
import type { Patience } from "./waiting.ts"

/** What a test means by a match of requests. */
export interface SoughtRequest {
  readonly matcher: Matcher<SentRequest>
  readonly noun: "request"
  readonly wanted: Wanted
}

/** Every request of a run, oldest first, as far as the log goes now. */
export type ReadRequests = () => ReadonlyArray<SentRequest>

/** Reads the requests of a run; each reading looks only at what came since the one before. What was cleared is forgotten. */
export const requestsIn = (run: Run): ReadRequests => {
  const log = readLog(run)
  const requests = new Map<number, SentRequest>()
  let after = 0
  return () => {
    for (const entry of log(after)) {
      after = entry.seq
      take(requests, entry)
    }
    return [...requests.values()]
  }
}

const take = (requests: Map<number, SentRequest>, entry: Entry<unknown>): void => {
  if (outboundRequested.is(entry)) requests.set(entry.seq, requestAs(entry))
  else if (outboundAnswered.is(entry)) end(requests, entry.cause, answerAs(entry.data))
  else if (outboundFailed.is(entry)) end(requests, entry.cause, { failed: whyFailed(entry.data) })
  else if (dataCleared.is(entry)) {
    const { what } = entry.data
    for (const [seq, { purpose, subject }] of requests)
      if (forgets(what, subject) || (what === "callbacks" && purpose === "callback")) requests.delete(seq)
  }
}

/** The answer to a request that was cleared meanwhile is nobody's. */
const end = (requests: Map<number, SentRequest>, seq: number, ended: Partial<SentRequest>): void => {
  const request = requests.get(seq)
  if (request !== undefined) requests.set(seq, { ...request, ...ended })
}

const requestAs = ({ at, data, seq, subject }: Entry<OutboundRequested>): SentRequest => ({
  seq,
  at: new Date(at),
  purpose: data.purpose,
  subject,
  method: data.method,
  url: data.url,
  params: Object.fromEntries(data.params),
  token: data.token,
  attempt: data.attempt,
  copy: data.copy ?? 0,
  status: null,
  body: null,
  failed: null,
})

const answerAs = ({ body, status }: OutboundAnswered): Partial<SentRequest> => ({
  status,
  body: typeof body === "string" ? body : null,
})

export const requestsFor = (run: Run, read: ReadRequests, patience: Patience): Requests => {
  const missing = (match: RequestMatch, when: string): string => {
    const sought = soughtRequest(match)
    return [
      `No ${said(sought.noun, sought.wanted)}${when}.`,
      ...nearest(sought, read(), nameOfRequest),
      standing(run),
    ].join("\n")
  }
  return {
    list: (match = {}) => {
      const { fits } = soughtRequest(match).matcher
      return read().filter(fits)
    },
    latest: function latestRequest(match = {}) {
      const found = read().findLast(soughtRequest(match).matcher.fits)
      if (found === undefined) throw failedAt(calledFrom(latestRequest), missing(match, ""))
      return found
    },
    waitFor: function waitForRequest(match, options = {}) {
      return promised(
        calledFrom(waitForRequest),
        Effect.suspend(() => {
          const { fits } = soughtRequest(match).matcher
          return patience.find(run, options, {
            look: () => read().findLast(fits),
            missing: (when) => missing(match, when),
          })
        }),
      )
    },
  }
}

/** A request in a report. */
export const nameOfRequest = ({ purpose, seq, subject }: SentRequest): string =>
  `entry ${seq}, ${purpose} about ${subject}`

/** Makes a match of a test ready. Throws when it has a key that no match has. */
export const soughtRequest = (match: RequestMatch): SoughtRequest => {
  const { method, params = {}, purpose, status, subject, url } = onlyKnown(match, keys.request)
  const named = Object.entries(params).map(([name, value]) => [name, `params.${name}`, value] as const)
  const same = (
    field: "method" | "purpose" | "status" | "subject",
    wanted: string | number,
    found: (request: SentRequest) => string,
  ): Check<SentRequest> => ({ field, expected: String(wanted), found, fits: (there) => there === String(wanted) })
  return {
    matcher: matcher<SentRequest>([
      ...(purpose === undefined ? [] : [same("purpose", purpose, (request) => request.purpose)]),
      ...(subject === undefined ? [] : [same("subject", subject, (request) => request.subject)]),
      ...(method === undefined ? [] : [same("method", method, (request) => request.method)]),
      ...(url === undefined
        ? []
        : [{ field: "url", expected: String(url), found: (request: SentRequest) => request.url, fits: holds(url) }]),
      ...named.map(([name, field, value]) => parameter(name, field, value)),
      ...(status === undefined ? [] : [same("status", status, answered)]),
    ]),
    noun: "request",
    wanted: {
      ...{ purpose, subject, method, url },
      ...Object.fromEntries(named.map(([, field, value]) => [field, value])),
      status,
    },
  }
}

const parameter = (name: string, field: string, wanted: TextMatch): Check<SentRequest> => ({
  field,
  expected: String(wanted),
  found: ({ params }) => (Object.hasOwn(params, name) ? (params[name] ?? "") : ""),
  fits: holds(wanted),
})

const answered = ({ failed, status }: SentRequest): string => String(status ?? failed ?? "no answer yet")
