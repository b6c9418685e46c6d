import { addCall, changeStatus, detectParty, noCalls, updateCall } from "../carriers/twilio/calls/calls.ts"
import {
  type CallCreated,
  type CallStatus,
  callCreated,
  callDeleted,
  callPartyDetected,
  callStatusChanged,
  callUpdated,
} from "../carriers/twilio/calls/entries.ts"
import { type SeenCall, seen } from "../carriers/twilio/calls/seenCalls.ts"
import { itemOf } from "../carriers/twilio/collection.ts"
import type { Entry } from "../core/Entry.ts"

/* The life of one call, told from the entries about it alone, so that it can be told up to any of them. Instants in virtual ms. */

export interface CallStatusStep {
  readonly seq: number
  readonly at: number
  readonly status: CallStatus
  /** Calls have none; histories of messages do. */
  readonly errorCode: undefined
  /** Virtual ms since the step before. */
  readonly after: number | undefined
}

export interface CallStory extends SeenCall {
  /** The entry it came from: a request, a phone, a step of another call. */
  readonly cause: number
  /** What its creation says, with what was changed since. */
  readonly made: CallCreated
  readonly sipCode: number | undefined
  readonly deleted: boolean
  readonly history: ReadonlyArray<CallStatusStep>
}

/** What the entries tell; undefined when they tell of no call. */
export const callStory = (entries: ReadonlyArray<Entry<unknown>>): CallStory | undefined => {
  const created = entries.find(callCreated.is)
  if (created === undefined) return undefined
  const calls = noCalls()
  addCall(calls, created)
  let deleted = false
  const history: Array<CallStatusStep> = [step(created, created.data.status, undefined)]
  for (const entry of entries)
    if (callStatusChanged.is(entry)) {
      changeStatus(calls, entry)
      history.push(step(entry, entry.data.status, history.at(-1)?.at))
    } else if (callUpdated.is(entry)) updateCall(calls, entry)
    else if (callPartyDetected.is(entry)) detectParty(calls, entry)
    else if (callDeleted.is(entry)) deleted = true
  const call = itemOf(calls.calls, created.subject)
  return call && { ...seen(call), cause: created.cause, made: call.made, sipCode: call.sipCode, deleted, history }
}

const step = ({ at, seq }: Entry<unknown>, status: CallStatus, before: number | undefined): CallStatusStep => ({
  seq,
  at,
  status,
  errorCode: undefined,
  after: before === undefined ? undefined : at - before,
})
