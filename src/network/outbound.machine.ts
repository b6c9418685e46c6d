import { cancelling, forgets } from "../core/cleared.ts"
import type { Entry } from "../core/Entry.ts"
import {
  apiRequested,
  callbackResent,
  dataCleared,
  type OutboundAnswered,
  type OutboundFailed,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  timerCancelled,
  timerFired,
  timerSet,
  turnFailed,
} from "../core/entries.ts"
import { evolves, type Machine, reacts } from "../core/Machine.ts"
import { letGo } from "./letGo.ts"
import { isTriedAgain, retryGapMs } from "./retries.ts"
import { routeOut } from "./settings.ts"

/*
 * Requests that leave the world, and their retries.
 *
 *   requested ──> answered 2xx ─────────────────────────────> done
 *        │  └──── answered otherwise | failed ──> attempts left? ──> timer ──> requested again, the same token
 *        └─ after a restart, still unanswered: sent again as the same attempt
 *
 * 1. An attempt counts from 1; the first gap is `retry.gap_ms` and doubles each time (retries.ts).
 * 2. A failure counts from when it was known in virtual time, however long the host took.
 * 3. Only `purpose: callback` is tried again here; other purposes are their machines' business.
 * 4. An operator's order sends the event of an attempt again, as one more copy with attempts of its own.
 */

/** A request on its way, or waiting for its next attempt. */
export interface Pending {
  readonly seq: number
  readonly at: number
  readonly subject: string
  request: OutboundRequested
  /** What it is about was cleared meanwhile: no further attempt. */
  readonly cleared: boolean
}

export interface Outbound {
  /** On their way, by the seq of their request, oldest first. */
  readonly pending: Map<number, Pending>
  /** Callbacks that came to an end in this turn, with their retry key: for the reactions. Emptied when the next turn begins. */
  readonly ended: Array<readonly [key: string, Pending]>
  /** Waiting for their next attempt, by their retry key. */
  readonly waiting: Map<string, Pending>
  /** How many of `pending` go over the wire. */
  onWire: number
  /** Attempts of callbacks since the last clearing. */
  attempts: number
  /** The highest copy of each event that was ordered again, by its token. */
  readonly copies: Map<string, number>
}

/** The copy that a duplicate on its way is; what is ordered counts on from it. */
export const duplicateCopy = 1

/** The key of the timer of a next attempt: what names one copy of an event. */
export const retryKey = ({ copy, token }: OutboundRequested): string =>
  copy === undefined ? `retry ${token}` : `retry ${token} copy ${copy}`

const end = (outbound: Outbound, seq: number): void => {
  const pending = outbound.pending.get(seq)
  if (pending === undefined) return
  outbound.pending.delete(seq)
  const { purpose, retry, via } = pending.request
  if (via === "wire") outbound.onWire--
  if (purpose === "callback" && retry !== undefined) outbound.ended.push([retryKey(pending.request), pending])
}

const forgetEnded = ({ ended }: Outbound): void => {
  for (let last = ended.pop(); last !== undefined; last = ended.pop()) last[1].request = letGo
}

const ends = (outbound: Outbound, entry: Entry<unknown>): void => {
  if (entry.kind === "input") forgetEnded(outbound)
  end(outbound, entry.cause)
}

/** The timer of the next attempt, or nothing: it was the last one, or not one that is tried again here. */
const triesAgain = (
  outbound: Outbound,
  entry: Entry<OutboundAnswered> | Entry<OutboundFailed>,
  knownAt: (pending: Pending) => number,
) => {
  for (const [key, ended] of outbound.ended) {
    const { cleared, request, seq, subject } = ended
    if (seq !== entry.cause) continue
    if (cleared || request.retry === undefined || !isTriedAgain(request, entry.data)) return []
    return [timerSet.draft(subject, { due: knownAt(ended) + retryGapMs(request.retry.gap_ms, request.attempt), key })]
  }
  return []
}

export const outboundMachine: Machine<Outbound> = {
  name: "outbound",
  initial: () => ({
    pending: new Map(),
    ended: [],
    waiting: new Map(),
    onWire: 0,
    attempts: 0,
    copies: new Map(),
  }),
  evolve: [
    evolves(outboundRequested, (outbound, { seq, at, subject, data: request }) => {
      if (request.attempt > 1) outbound.waiting.delete(retryKey(request))
      outbound.pending.set(seq, { seq, at, subject, request, cleared: false })
      if (request.purpose === "callback") outbound.attempts++
      if (request.via === "wire") outbound.onWire++
    }),
    evolves(callbackResent, ({ copies }, { data: { request } }) => {
      copies.set(request.token, Math.max(copies.get(request.token) ?? 0, request.copy ?? duplicateCopy) + 1)
    }),
    evolves(outboundAnswered, ends),
    evolves(outboundFailed, ends),
    evolves(timerSet, (outbound, { data: { key } }) => {
      for (const [of, ended] of outbound.ended) if (of === key) outbound.waiting.set(key, { ...ended })
    }),
    evolves(timerFired, forgetEnded),
    // What a request leads to inside the run is answered in its own turn, and would be kept for ever where no timer fires.
    evolves(apiRequested, (outbound, { kind }) => {
      if (kind === "input") forgetEnded(outbound)
    }),
    evolves(timerCancelled, (outbound, { data }) => {
      for (const key of data.keys) outbound.waiting.delete(key)
    }),
    evolves(turnFailed, (outbound, { data: { input } }) => {
      if (input.type === timerFired.type) outbound.waiting.delete((input.data as { key: string }).key)
      else if (input.type === outboundAnswered.type || input.type === outboundFailed.type) end(outbound, input.cause)
      forgetEnded(outbound)
    }),
    evolves(dataCleared, (outbound, { data: { what } }) => {
      // Copies count on: a number that came twice would make two deliveries one.
      if (what === "all" || what === "callbacks") outbound.attempts = 0
      for (const [seq, pending] of outbound.pending) {
        if (!forgets(what, pending.subject) && what !== "callbacks") continue
        // A scripted endpoint's answer is forgotten with its timer; what is on the wire still comes back.
        if (pending.request.via === "world" && what !== "callbacks") outbound.pending.delete(seq)
        else outbound.pending.set(seq, { ...pending, cleared: true })
      }
    }),
  ],
  react: [
    reacts(outboundAnswered, (_, entry, outbound) => triesAgain(outbound, entry, () => entry.at)),
    reacts(outboundFailed, (_, entry, outbound) =>
      triesAgain(outbound, entry, ({ at }) => Math.max(entry.at, at + (entry.data.after_ms ?? 0))),
    ),
    reacts(timerFired, (_, { data: { key } }, outbound) => {
      const waiting = outbound.waiting.get(key)
      if (waiting === undefined) return []
      const { request, subject } = waiting
      // A fault is one attempt's.
      const { fault: __, ...same } = request
      return [outboundRequested.draft(subject, { ...same, attempt: request.attempt + 1 })]
    }),
    reacts(callbackResent, (world, { subject, data: { request } }, { copies }) => {
      const { connect: _, copy: __, fault: ___, via: ____, ...same } = request
      const copy = copies.get(request.token) ?? duplicateCopy
      return [outboundRequested.draft(subject, { ...same, attempt: 1, copy, ...routeOut(world, request.url) })]
    }),
    // Of cleared messages and calls every timer is cancelled, these among them.
    reacts(dataCleared, (_, { data: { what } }, outbound) =>
      what === "callbacks" ? cancelling([...outbound.waiting.keys()]) : [],
    ),
  ],
}
