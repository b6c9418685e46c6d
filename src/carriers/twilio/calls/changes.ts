import type { Entry } from "../../../core/Entry.ts"
import {
  dataCleared,
  type OutboundAnswered,
  type OutboundFailed,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  timerCancelled,
  timerFired,
  timerSet,
  turnFailed,
} from "../../../core/entries.ts"
import { evolves, type Machine } from "../../../core/Machine.ts"
import type { Twilio } from "../state.ts"
import type { VoiceEvent } from "../voice/events.ts"
import { addCall, type Calls, callOf, changeStatus, clearCalls, deleteCall, detectParty, updateCall } from "./calls.ts"
import { connect, part, takeChild, takeDialling } from "./dialled.ts"
import {
  type CallStatusChanged,
  callBridged,
  callCreated,
  callDeleted,
  callHungUp,
  callPartyDetected,
  callPressed,
  callSpoken,
  callStatusChanged,
  callStepped,
  callUpdated,
  type OrderAnswered,
  orderAnswered,
} from "./entries.ts"
import { ended } from "./lifecycle.decider.ts"
import { retrieved } from "./retrieved.ts"
import { replacing } from "./step.ts"
import { ask, breakOffTalk, hear, takeAsked, takeStep } from "./talk.ts"
import { isCallTimer, timerIn } from "./timerKeys.ts"

const statusChanged = ({ calls }: Twilio, entry: Entry<CallStatusChanged>): void => {
  changeStatus(calls, entry)
  const call = callOf(calls, entry.subject)
  if (call === undefined) return
  const { at, data } = entry
  if (ended.has(data.status)) hear(call, entry, { type: "hung-up", at })
  else if (data.status === "in-progress" && call.talk?.state.answered === false)
    hear(call, entry, { type: "answered", at })
}

const answeredOrder = ({ calls }: Twilio, entry: Entry<OrderAnswered>): void => {
  const call = callOf(calls, entry.subject)
  if (call === undefined) return
  const event = entry.data.event as unknown as VoiceEvent
  hear(call, entry, event)
  if (event.type === "child-ended" && call.dialling?.order.id === event.id) call.dialling = undefined
}

const answeredRequest = ({ calls }: Twilio, entry: Entry<OutboundAnswered | OutboundFailed>): void => {
  const call = callOf(calls, entry.subject)
  const asked = call === undefined ? undefined : takeAsked(call, entry.cause)
  if (call !== undefined && asked !== undefined)
    hear(call, entry, retrieved(entry.data, asked.request, { at: entry.at, id: asked.id }))
}

/** A step of a script is done. */
const played = (calls: Calls, sid: string): void => {
  const call = callOf(calls, sid)
  if (call !== undefined) call.scriptAt++
}

const fired = ({ calls }: Twilio, entry: Entry<{ readonly key: string }>): void => {
  const { key } = entry.data
  const call = isCallTimer(key) ? callOf(calls, entry.subject) : undefined
  if (call === undefined) return
  call.timers = call.timers.filter((each) => each !== key)
  const what = timerIn(call.sid, key) ?? ""
  if (what === "callee") call.scriptAt++
  if (what === "broken") {
    breakOffTalk(call)
    call.broken = false
  }
  if (what.startsWith("wait ")) hear(call, entry, { type: "elapsed", at: entry.at, id: Number(what.slice(5)) })
}

/** How entries change calls. */
export const changesOfCalls: Machine<Twilio>["evolve"] = [
  evolves(callCreated, ({ calls }, entry) => {
    addCall(calls, entry)
    takeChild(callOf(calls, entry.data.parent_call_sid ?? ""), entry.subject, entry.data)
  }),
  evolves(callStatusChanged, statusChanged),
  evolves(callUpdated, ({ calls }, entry) => {
    updateCall(calls, entry)
    const call = callOf(calls, entry.subject)
    const { instructions } = entry.data
    if (instructions !== undefined) part(callOf(calls, call?.made.parent_call_sid ?? ""), entry.subject)
    const event = instructions === undefined ? undefined : replacing(instructions, entry.at)
    if (call !== undefined && event !== undefined) hear(call, entry, event)
  }),
  evolves(callDeleted, ({ calls }, entry) => deleteCall(calls, entry)),
  evolves(callPartyDetected, ({ calls }, entry) => detectParty(calls, entry)),
  evolves(callPressed, ({ calls }, entry) => {
    const { at, data, subject } = entry
    if (data.scripted) played(calls, subject)
    const call = callOf(calls, subject)
    if (call !== undefined) hear(call, entry, { type: "pressed", at, digits: data.digits })
  }),
  evolves(callSpoken, ({ calls }, entry) => {
    const { at, data, subject } = entry
    if (data.scripted) played(calls, subject)
    const { confidence_bp, ms, text } = data
    const call = callOf(calls, subject)
    if (call !== undefined)
      hear(call, entry, { type: "spoke", at, confidence_bp, text, ...(ms === undefined ? {} : { ms }) })
  }),
  evolves(callHungUp, ({ calls }, { data, subject }) => {
    if (data.scripted) played(calls, subject)
  }),
  evolves(callStepped, ({ calls }, { data, subject }) => {
    const call = callOf(calls, subject)
    if (call === undefined) return
    takeStep(call, data)
    takeDialling(call, data)
  }),
  evolves(orderAnswered, answeredOrder),
  evolves(callBridged, ({ calls }, { at, data, subject }) => connect(callOf(calls, subject), at, data.with)),
  evolves(timerSet, ({ calls }, { data: { key }, subject }) => {
    const call = isCallTimer(key) ? callOf(calls, subject) : undefined
    if (call !== undefined && !call.timers.includes(key)) call.timers = [...call.timers, key]
  }),
  evolves(timerFired, fired),
  evolves(timerCancelled, ({ calls }, { data: { keys } }) => {
    for (const key of keys) {
      const call = isCallTimer(key) ? callOf(calls, key.split(" ")[1] ?? "") : undefined
      if (call !== undefined) call.timers = call.timers.filter((each) => each !== key)
    }
  }),
  evolves(outboundRequested, ({ calls }, entry) => {
    const call = entry.subject.startsWith("CA") && entry.data.attempt === 1 ? callOf(calls, entry.subject) : undefined
    if (call !== undefined) ask(call, entry)
  }),
  evolves(outboundAnswered, answeredRequest),
  evolves(outboundFailed, answeredRequest),
  evolves(turnFailed, ({ calls }, { data: { input } }) => {
    const call = callOf(calls, input.subject)
    if (call === undefined) return
    if (input.type === timerFired.type) {
      const { key } = input.data as { readonly key: string }
      call.timers = call.timers.filter((each) => each !== key)
      const what = isCallTimer(key) ? timerIn(call.sid, key) : undefined
      if (what !== undefined) call.broken = what !== "broken"
    } else if (input.type === outboundAnswered.type || input.type === outboundFailed.type)
      call.broken = takeAsked(call, input.cause) !== undefined || call.broken
  }),
  evolves(dataCleared, ({ calls }, { data: { what } }) => {
    if (what === "calls" || what === "all") clearCalls(calls)
  }),
]
