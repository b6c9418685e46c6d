import type { Draft, Entry } from "../core/Entry.ts"
import {
  type ApiRequested,
  apiRequested,
  apiResponded,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  type Pair,
} from "../core/entries.ts"
import { evolves, type Machine, reacts } from "../core/Machine.ts"
import { apiOf } from "./apis.ts"
import { isOwn, ownOrigin } from "./inside.ts"

/*
 * Requests that the run makes to itself: one part of it plays the carrier's client, or its application, without a socket.
 *
 *   outbound.requested to ringback.internal ──> api.requested ──> (the API's own rules) ──> api.responded ──> outbound.answered
 *
 * 1. It is a request like any other: the same rules answer it, now or after a simulated latency.
 * 2. What is signed on the wire is known to be signed here; credentials are the names they have in the log.
 * 3. Of a read the log holds no text: its status alone comes back.
 */

/** A request on its way through the run's own APIs. */
interface Asked {
  /** Of the `outbound.requested`. */
  readonly seq: number
  readonly subject: string
  /** A simulated fault: the answer never arrives, which is known after so many virtual ms. */
  readonly unansweredMs?: number
}

export interface Loopback {
  /** Waiting for the `api.requested` that follows from it, by its own seq. */
  readonly asking: Map<number, Asked>
  /** By the seq of the `api.requested`, until it is answered. */
  readonly asked: Map<number, Asked>
  /** The seq of the `api.requested`, by that of the `outbound.requested`. */
  readonly seqs: Map<number, number>
}

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

const ends = ({ asked, seqs }: Loopback, { cause }: Entry<unknown>): void => {
  const seq = seqs.get(cause)
  if (seq === undefined) return
  seqs.delete(cause)
  asked.delete(seq)
}

export const loopbackMachine: Machine<Loopback> = {
  name: "loopback",
  initial: () => ({ asking: new Map(), asked: new Map(), seqs: new Map() }),
  evolve: [
    evolves(outboundRequested, ({ asking }, entry) => {
      if (!goesHere(entry) || entry.data.fault === "lost") return
      const unanswered = entry.data.fault === "unanswered" ? { unansweredMs: entry.data.timeout_ms } : {}
      asking.set(entry.seq, { seq: entry.seq, subject: entry.subject, ...unanswered })
    }),
    evolves(apiRequested, ({ asked, asking, seqs }, { cause, seq }) => {
      const request = asking.get(cause)
      if (request === undefined) return
      asking.delete(cause)
      asked.set(seq, request)
      seqs.set(cause, seq)
    }),
    evolves(outboundAnswered, ends),
    evolves(outboundFailed, ends),
  ],
  react: [
    reacts(outboundRequested, (_, entry): ReadonlyArray<Draft> => {
      if (!goesHere(entry)) return []
      return entry.data.fault === "lost"
        ? [outboundFailed.draft(entry.subject, { reason: "lost" })]
        : [apiRequested.draft("", asSeen(entry.data))]
    }),
    reacts(apiResponded, (_, { cause, data }, { asked }) => {
      const request = asked.get(cause)
      if (request === undefined) return []
      const { seq, subject, unansweredMs } = request
      if (data.undelivered !== undefined) return [outboundFailed.draft(subject, { reason: "reset" }, seq)]
      if (unansweredMs !== undefined)
        return [outboundFailed.draft(subject, { after_ms: unansweredMs, reason: "timeout" }, seq)]
      return [outboundAnswered.draft(subject, { body: "body" in data ? data.body : "", status: data.status }, seq)]
    }),
  ],
}
