import { itemOf, newestItems } from "../collection.ts"
import type { Call, Calls } from "./calls.ts"
import type { CallDirection, CallPartyDetected, CallStatus } from "./entries.ts"
import { ended } from "./lifecycle.decider.ts"
import { doingOf } from "./talk.ts"
import { durationOf } from "./wire.ts"

/** A call as pages read it back. Instants in virtual ms. */
export interface SeenCall {
  readonly sid: string
  readonly accountSid: string
  readonly parentSid: string | undefined
  readonly direction: CallDirection
  readonly from: string
  readonly to: string
  readonly status: CallStatus
  readonly answeredBy: CallPartyDetected["answered_by"] | undefined
  readonly created: number
  readonly answered: number | undefined
  readonly ended: number | undefined
  /** Seconds, begun ones included: of one that is over. */
  readonly seconds: number | undefined
  readonly priceMicros: number | undefined
  /** Not over yet. */
  readonly running: boolean
  /** Keys and words are waited for. */
  readonly listening: boolean
}

/** Calls newest first: all of them, or those older than one. `undefined` when that one was never there, or was cleared. */
export const seenCalls = ({ calls }: Calls, before?: string): Iterable<SeenCall> | undefined => {
  if (before === undefined) return allSeen(newestItems(calls))
  const place = calls.places.get(before)
  return place === undefined ? undefined : allSeen(newestItems(calls, place))
}

/** The call with this SID, if it is there. */
export const seenCall = ({ calls }: Calls, sid: string): SeenCall | undefined => {
  const call = itemOf(calls, sid)
  return call && seen(call)
}

function* allSeen(calls: Iterable<Call>): Iterable<SeenCall> {
  for (const call of calls) yield seen(call)
}

export const seen = (call: Call): SeenCall => ({
  sid: call.sid,
  accountSid: call.accountSid,
  parentSid: call.made.parent_call_sid,
  direction: call.made.direction,
  from: call.made.from,
  to: call.made.to,
  status: call.status,
  answeredBy: call.answeredBy,
  created: call.created,
  answered: call.answered,
  ended: call.ended,
  seconds: durationOf(call),
  priceMicros: call.priceMicros,
  running: !ended.has(call.status),
  listening: call.status === "in-progress" && hearsOrders(call),
})

/** Instructions wait for keys and words. */
const hearsOrders = (call: Call): boolean => {
  const what = doingOf(call)?.what
  return what === "gathering" || what === "recording"
}
