import type { Entry } from "../../../core/Entry.ts"
import { type Chains, link, noChains, unlink } from "../chains.ts"
import { addItem, type Collection, itemOf, noItems, removeItem } from "../collection.ts"
import type { Dialling } from "./dialled.ts"
import type {
  CallCreated,
  CallPartyDetected,
  CallReports,
  CallStatus,
  CallStatusChanged,
  CallUpdated,
} from "./entries.ts"
import { type CallState, ended } from "./lifecycle.decider.ts"
import type { Talk } from "./talk.ts"

/** A call as the carrier knows it. Instants in virtual ms. */
export interface Call {
  readonly sid: string
  readonly accountSid: string
  /** What its creation says, with what was changed since. */
  made: CallCreated
  readonly created: number
  status: CallStatus
  updated: number
  /** When it was answered, and when it ended. */
  answered: number | undefined
  ended: number | undefined
  answeredBy: CallPartyDetected["answered_by"] | undefined
  priceMicros: number | undefined
  /** How many of the events its application wants to be told have been. */
  reported: number
  /** The last of these. */
  toldStatus: CallStatus | undefined
  sipCode: number | undefined
  /** Where it stands in its instructions, once they have begun. */
  talk: Talk | undefined
  /** Keys of its timers that are set. */
  timers: ReadonlyArray<string>
  /** How much of its script whoever is called has done. */
  scriptAt: number
  /** Steps of its instructions. */
  steps: number
  /** Whom it is calling by `<Dial>`. */
  dialling: Dialling | undefined
  /** A rule threw at something it was waiting for, and it is still to end. */
  broken: boolean
}

/** All calls since the last clearing, in order of creation. */
export interface Calls {
  readonly calls: Collection<Call>
  /** Calls there ever were, from which SIDs count. */
  count: number
  /** How many there are. */
  size: number
  /** Until when the queue of each account is busy, where calls have a rate. */
  readonly busyUntil: Map<string, number>
  /** For lists of one number, or of one call's children. */
  readonly by: CallChains
}

/** Calls by what a list may be limited to. */
export interface CallChains {
  readonly to: Chains
  readonly from: Chains
  readonly parent: Chains
}

const noCallChains = (): CallChains => ({ to: noChains(), from: noChains(), parent: noChains() })

export const noCalls = (): Calls => ({ calls: noItems(), count: 0, size: 0, busyUntil: new Map(), by: noCallChains() })

/** A call as its creation makes it. */
export const newCall = (sid: string, at: number, made: CallCreated): Call => ({
  sid,
  accountSid: made.account_sid,
  made,
  created: at,
  status: made.status,
  updated: at,
  answered: undefined,
  ended: undefined,
  answeredBy: undefined,
  priceMicros: undefined,
  reported: 0,
  toldStatus: undefined,
  sipCode: undefined,
  talk: undefined,
  timers: [],
  scriptAt: 0,
  steps: 0,
  dialling: undefined,
  broken: false,
})

export const callOf = ({ calls }: Calls, sid: string): Call | undefined => itemOf(calls, sid)

export const addCall = (state: Calls, { at, data, subject }: Entry<CallCreated>): void => {
  addItem(state.calls, newCall(subject, at, data))
  chain(state, data, state.calls.all.length - 1)
  state.count++
  state.size++
  const { busy_ms, wait_ms = 0 } = data.plan ?? {}
  if (busy_ms !== undefined) state.busyUntil.set(data.account_sid, at + wait_ms + busy_ms)
}

const chain = ({ by }: Calls, { from, parent_call_sid = "", to }: CallCreated, place: number): void => {
  link(by.to, to, place)
  link(by.from, from, place)
  link(by.parent, parent_call_sid, place)
}

/** Calls whose items came back from a snapshot, which holds no chains. */
export const chained = (calls: Omit<Calls, "by">): Calls => {
  const state = { ...calls, by: noCallChains() }
  for (const [place, call] of state.calls.all.entries()) if (call !== undefined) chain(state, call.made, place)
  return state
}

export const changeStatus = (state: Calls, { at, subject, data }: Entry<CallStatusChanged>): void => {
  const call = callOf(state, subject)
  if (call === undefined) return
  const before = call.status
  call.status = data.status
  call.updated = at
  if (data.status === "in-progress") call.answered = at
  if (ended.has(data.status)) call.ended = at
  call.priceMicros = data.price_micros
  call.sipCode = data.sip_code
  if (!tells(call.made.reports, data.status, before)) return
  call.reported++
  call.toldStatus = data.status
}

/** The event that a status is, of those that can be asked for. */
const eventOf = (status: CallStatus): string | undefined => {
  if (ended.has(status)) return "completed"
  if (status === "in-progress") return "answered"
  return status === "queued" ? undefined : status
}

/** Whether a call's application is told of a new status. Of one that is canceled in the queue nothing is told. */
export const tells = (reports: CallReports | undefined, status: CallStatus, before: CallStatus): boolean =>
  reports?.events.includes(eventOf(status) ?? "") === true && !(status === "canceled" && before === "queued")

export const updateCall = (state: Calls, { at, subject, data }: Entry<CallUpdated>): void => {
  const call = callOf(state, subject)
  if (call === undefined) return
  call.made = { ...call.made, ...data }
  call.updated = at
}

export const detectParty = (state: Calls, { subject, data }: Entry<CallPartyDetected>): void => {
  const call = callOf(state, subject)
  if (call !== undefined) call.answeredBy = data.answered_by
}

export const deleteCall = (state: Calls, { subject }: Entry<unknown>): void => {
  if (callOf(state, subject) !== undefined) state.size--
  removeItem(state.calls, subject)
}

export const clearCalls = (state: Calls): void => {
  state.calls.all.length = 0
  state.calls.places.clear()
  state.size = 0
  state.busyUntil.clear()
  for (const chains of Object.values(state.by)) unlink(chains)
}

/** Where a call stands, for its decider. */
export const stateOf = ({ answered, made, status }: Call): CallState => {
  switch (status) {
    case "queued":
    case "initiated":
      return made.plan === undefined
        ? { _tag: "Done", status }
        : { _tag: status === "queued" ? "Queued" : "Initiated", plan: made.plan }
    case "ringing":
      return { _tag: "Ringing", plan: made.plan }
    case "in-progress":
      return { _tag: "InProgress", since: answered ?? 0, minuteMicros: made.price_micros }
    default:
      return { _tag: "Done", status }
  }
}
