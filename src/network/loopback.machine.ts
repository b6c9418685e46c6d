import { cancelling } from "../core/cleared.ts"
import type { Draft, Entry } from "../core/Entry.ts"
import {
  type ApiRequested,
  type ApiResponded,
  answerReplaced,
  apiRequested,
  apiResponded,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  type Pair,
  timerFired,
  timerSet,
  turnFailed,
} from "../core/entries.ts"
import { evolves, type Machine, reacts } from "../core/Machine.ts"
import { apiOf } from "./apis.ts"
import { isOwn, ownOrigin } from "./inside.ts"
import { attemptKey, patience } from "./scriptedAnswers.ts"

/*
 * Requests that the run makes to itself: one part of it plays the carrier's client, or its application, without a socket.
 *
 *   outbound.requested to ringback.internal ──> api.requested ──> (the API's own rules) ──> api.responded ──> outbound.answered
 *
 * 1. It is a request like any other: the same rules answer it, now or after a simulated latency.
 * 2. What is signed on the wire is known to be signed here; credentials are the names they have in the log.
 * 3. Of a read the log holds no text: its status alone comes back.
 * 4. An answer that does not come in its own turn has the time it would have on the wire: then the request has failed, and what comes
 *    later comes to nobody.
 * 5. One whose answer an order replaces reaches no API: it is answered as a scripted endpoint's is (endpoints.machine.ts).
 */

/** A request on its way through the run's own APIs. */
interface Asked {
  /** Of the `outbound.requested`. */
  readonly seq: number
  readonly subject: string
  /** When it has waited long enough, virtual ms. */
  readonly until: number
  /** A simulated fault: the answer never arrives, which is known after so many virtual ms. */
  readonly unansweredMs?: number
}

export interface Loopback {
  /** Waiting for the `api.requested` that follows from it, or lost before, by its own seq. */
  readonly asking: Map<number, Asked>
  /** By the seq of the `api.requested`, until it is answered. */
  readonly asked: Map<number, Asked>
  /** The seq of the `api.requested`, by that of the `outbound.requested`. */
  readonly seqs: Map<number, number>
  /** Those of `asked`, by the same seq, for which no timer is set: their turn is not over. */
  readonly untimed: Set<number>
  /** Attempts whose answer an order replaces, by what names them (`attemptKey`). */
  readonly replaced: Set<string>
}

/** The timer of a request that waits, by the seq of its `outbound.requested`. */
const prefix = "own answer "
const keyOf = ({ seq }: Asked): string => prefix + seq

/** The request whose timer this is, if it still waits. */
const waitingBy = ({ asked, seqs }: Loopback, key: string): Asked | undefined =>
  asked.size > 0 && key.startsWith(prefix) ? asked.get(seqs.get(Number(key.slice(prefix.length))) ?? 0) : undefined

/** The request as the API sees it. */
const asSeen = ({
  absolute,
  auth,
  connect,
  json,
  method,
  params,
  sign,
  url,
  headers,
}: OutboundRequested): ApiRequested => {
  const { pathname, searchParams } = new URL(connect ?? url)
  const given = params.map(([name, value]): Pair => [name, absolute?.includes(name) ? ownOrigin + value : value])
  const query = [...searchParams, ...(method === "GET" ? given : [])]
  return {
    api: apiOf(pathname),
    ...(auth !== undefined && "password" in auth ? { auth } : {}),
    ...(headers === undefined ? {} : { headers: headers.map(([name, value]): Pair => [name.toLowerCase(), value]) }),
    method,
    params: method === "GET" || json !== undefined ? [] : given,
    path: pathname,
    query,
    ...(sign === undefined ? {} : { signature: "valid" }),
    ...(json === undefined ? {} : { text: json }),
  }
}

const goesHere = ({ data }: Entry<OutboundRequested>): boolean => data.via === "world" && isOwn(data)

const ends = ({ asked, asking, seqs, untimed }: Loopback, { cause }: Entry<unknown>): void => {
  asking.delete(cause)
  const seq = seqs.get(cause)
  if (seq === undefined) return
  seqs.delete(cause)
  asked.delete(seq)
  untimed.delete(seq)
}

/** What the API's answer comes to for who asked. */
const answerTo = (
  { seq, subject, unansweredMs, until }: Asked,
  { at, data }: Entry<ApiResponded>,
  isTimed: boolean,
): Draft => {
  if (data.undelivered !== undefined) return outboundFailed.draft(subject, { reason: "reset" }, seq)
  if (unansweredMs !== undefined)
    return outboundFailed.draft(subject, { after_ms: unansweredMs, reason: "timeout" }, seq)
  if (isTimed && at >= until) return outboundFailed.draft(subject, { reason: "timeout" }, seq)
  return outboundAnswered.draft(subject, { body: "body" in data ? data.body : "", status: data.status }, seq)
}

export const loopbackMachine: Machine<Loopback> = {
  name: "loopback",
  initial: () => ({ asking: new Map(), asked: new Map(), seqs: new Map(), untimed: new Set(), replaced: new Set() }),
  evolve: [
    evolves(answerReplaced, ({ replaced }, { data }) => {
      replaced.add(attemptKey(data))
    }),
    evolves(outboundRequested, ({ asking, replaced }, entry) => {
      if (!goesHere(entry)) return
      const { at, data, seq, subject } = entry
      if (replaced.size > 0 && replaced.delete(attemptKey(data))) return
      const unanswered = data.fault === "unanswered" ? { unansweredMs: data.timeout_ms } : {}
      asking.set(seq, { seq, subject, until: at + patience(data), ...unanswered })
    }),
    evolves(apiRequested, ({ asked, asking, seqs, untimed }, { cause, seq }) => {
      const request = asking.get(cause)
      if (request === undefined) return
      asking.delete(cause)
      asked.set(seq, request)
      seqs.set(cause, seq)
      untimed.add(seq)
    }),
    evolves(timerSet, (loopback, { data: { key } }) => {
      const request = waitingBy(loopback, key)
      if (request !== undefined) loopback.untimed.delete(loopback.seqs.get(request.seq) ?? 0)
    }),
    evolves(outboundAnswered, ends),
    evolves(outboundFailed, ends),
  ],
  react: [
    reacts(outboundRequested, (_, { data, seq, subject }, { asking }): ReadonlyArray<Draft> => {
      if (!asking.has(seq)) return []
      return data.fault === "lost"
        ? [outboundFailed.draft(subject, { reason: "lost" })]
        : [apiRequested.draft("", asSeen(data))]
    }),
    reacts(apiResponded, (_, entry, { asked, untimed }) => {
      const request = asked.get(entry.cause)
      if (request === undefined) return []
      const isTimed = !untimed.has(entry.cause)
      const answer = answerTo(request, entry, isTimed)
      return isTimed ? [answer, ...cancelling([keyOf(request)])] : [answer]
    }),
    reacts(timerFired, (_, { data: { key } }, loopback) => {
      const request = waitingBy(loopback, key)
      return request === undefined ? [] : [outboundFailed.draft(request.subject, { reason: "timeout" }, request.seq)]
    }),
    reacts(turnFailed, (_, { data: { input } }, loopback) => {
      const request =
        input.type === timerFired.type ? waitingBy(loopback, (input.data as { key: string }).key) : undefined
      return request === undefined ? [] : [outboundFailed.draft(request.subject, { reason: "cancelled" }, request.seq)]
    }),
  ],
  turnEnds: (_, { asked, untimed }) =>
    untimed.size === 0
      ? nothing
      : [...untimed].flatMap((seq) => {
          const request = asked.get(seq)
          return request === undefined
            ? []
            : [{ ...timerSet.draft(request.subject, { due: request.until, key: keyOf(request) }), cause: request.seq }]
        }),
}

const nothing: ReadonlyArray<never> = []
