import * as Either from "effect/Either"
import { cancelling } from "../../../core/cleared.ts"
import type { Draft, Entry } from "../../../core/Entry.ts"
import { outboundAnswered, outboundFailed, timerFired, timerSet, turnFailed } from "../../../core/entries.ts"
import { type Machine, reacts, type World } from "../../../core/Machine.ts"
import { raised } from "../alerts/alerts.ts"
import { placeOf } from "../conferences/conferences.ts"
import { stoppedConference } from "../conferences/joining.ts"
import { memberLeft } from "../queues/entries.ts"
import { stopDialledQueue } from "../queues/queueing.ts"
import { bridgeWith } from "../queues/queues.ts"
import { started } from "../recordings/recordingRules.ts"
import type { Twilio } from "../state.ts"
import type { VoiceEvent } from "../voice/events.ts"
import type { Order } from "../voice/orders.ts"
import { statusReports } from "./callReports.ts"
import { type Call, callOf, stateOf } from "./calls.ts"
import { bridged, childChanged, parted, stopDialling } from "./dialling.ts"
import {
  callArrived,
  callBridged,
  callCreated,
  callDigitsSent,
  callHungUp,
  callPartyDetected,
  callPickedUp,
  callPressed,
  callSpoken,
  callStatusChanged,
  callStepped,
  callUpdated,
  type OrderAnswered,
  orderAnswered,
} from "./entries.ts"
import { arrived } from "./inboundCalls.ts"
import { endChanged, pressedOn, ringsAt, sentOn, spokenOn } from "./legs.ts"
import { type CallCommand, decide, ended } from "./lifecycle.decider.ts"
import { obeyed } from "./obey.ts"
import { detection, partyFound, partyTold } from "./party.ts"
import { answerTo, goOn, goOnTalking } from "./script.ts"
import { pressed, pressing } from "./sentDigits.ts"
import { beginning, nextStep, takenUp } from "./step.ts"
import { isIdle, isWhispering } from "./talk.ts"
import { isCallTimer, timerIn, timerKey } from "./timerKeys.ts"

/*
 * Calls: how they go on by themselves, and what happens to them is taken up.
 */

const nothing: ReadonlyArray<Draft> = []

/** A refusal means that nothing is left to do: the call stands elsewhere by now. */
const obeyedBy = (call: Call, command: CallCommand): ReadonlyArray<Draft> =>
  Either.getOrElse(decide(stateOf(call), command), () => nothing)

const due = (sid: string, at: number, what: "next" | "limit"): Draft =>
  timerSet.draft(sid, { due: at, key: timerKey(sid, what) })

/** A call begins: it waits for its turn and is dialled, or its number's application is asked about it. */
const created = ({ at }: World, call: Call): ReadonlyArray<Draft> => {
  const { plan } = call.made
  if (plan !== undefined) return [due(call.sid, at + (plan.wait_ms ?? 0) + plan.delay_ms, "next")]
  const begun = beginning(call, at, { answered: false })
  return begun === undefined
    ? obeyedBy(call, { _tag: "TurnAway", reason: "no-voice-url", sid: call.sid, status: "failed" })
    : [begun]
}

/**
 * New instructions part who was dialled from who dialled it. A call that carries none out begins them; one that was to hear something before
 * being connected takes them up as any other.
 */
const redirected = (world: World, twilio: Twilio, call: Call): ReadonlyArray<Draft> => {
  if (isWhispering(call)) return parted(world, twilio, call)
  if (!isIdle(call) || waitsForParty(call)) return nothing
  const begun = beginning(call, world.at, { answered: true })
  return begun === undefined ? nothing : [...parted(world, twilio, call), begun]
}

/** What a call's new status leads to besides reports of it. */
const statusChanged = (world: World, twilio: Twilio, call: Call): ReadonlyArray<Draft> => {
  const { at } = world
  const { plan } = call.made
  switch (call.status) {
    case "initiated":
      return plan === undefined ? nothing : [due(call.sid, at + plan.delay_ms, "next")]
    case "ringing":
      return plan === undefined ? nothing : [due(call.sid, at + plan.rings_ms, "next"), ...ringsAt(world, twilio, call)]
    case "in-progress":
      return answered(world, call)
    default:
      return ended.has(call.status) ? over(world, twilio, call) : nothing
  }
}

/** A call is answered: its time runs, it is recorded where that is asked for, and its instructions begin. */
const answered = (world: World, call: Call): ReadonlyArray<Draft> => {
  const { at } = world
  const { direction, record, time_limit_ms } = call.made
  const { sid } = call
  return [
    ...cancelling(call.timers.filter((key) => timerIn(sid, key) === "next")),
    due(sid, at + time_limit_ms, "limit"),
    ...(record === undefined
      ? []
      : [
          started(world, sid, "call", {
            account_sid: call.accountSid,
            channels: record.channels,
            ...(record.reports === undefined ? {} : { reports: record.reports }),
            source: "OutboundAPI",
            track: "both",
          }),
        ]),
    ...detection(call, at),
    ...(direction === "outbound-api" && !waitsForParty(call) ? instructed(call, at) : nothing),
    ...pressing(call, at),
    ...goOn(call, at),
  ]
}

/** Whether the instructions wait until it is known who has answered. */
const waitsForParty = ({ made: { machine_detection: asked } }: Call): boolean =>
  asked !== undefined && asked.async === undefined

/** The instructions of a call that was made; one that has none is hung up. */
const instructed = (call: Call, at: number): ReadonlyArray<Draft> => {
  const begun = beginning(call, at, { answered: true })
  return begun === undefined ? obeyedBy(call, { _tag: "HangUp", at, sid: call.sid }) : [begun]
}

const over = (world: World, twilio: Twilio, call: Call): ReadonlyArray<Draft> => [
  ...cancelling(call.timers),
  ...stopDialling(world, twilio, call),
]

/** A call's timer has fired, that is: its plan's next step, its time limit, the next step of a script, or what was ordered to be waited for. */
const fired = (
  world: World,
  call: Call,
  { data: { key }, seq }: Entry<{ readonly key: string }>,
  twilio: Twilio,
): ReadonlyArray<Draft> => {
  const { at } = world
  const { sid } = call
  const what = timerIn(sid, key) ?? ""
  switch (what) {
    case "next":
      return obeyedBy(call, { _tag: "Proceed", sid })
    case "limit":
      return obeyedBy(call, { _tag: "HangUp", at, sid })
    case "callee":
      return [...goOn(call, at), ...answerTo(twilio, call)]
    case "party":
      return partyFound(call, at)
    case "broken":
      return brokenOff(twilio, call, at)
    default:
      if (what.startsWith("digits ")) return pressed(call, at, Number(what.slice(7)))
      return what.startsWith("dial ") ? dialOver(world, twilio, call, Number(what.slice(5))) : takenUp(call, seq)
  }
}

/** A rule threw at something the call was waiting for, which will not come again: the call ends, and an alert says why. */
const brokenOff = (twilio: Twilio, call: Call, at: number): ReadonlyArray<Draft> => {
  if (ended.has(call.status)) return nothing
  const { accountSid, sid, status } = call
  const detail = "a rule of the exchange threw: turn.failed in the log"
  const command: CallCommand =
    status === "in-progress" ? { _tag: "HangUp", at, sid } : { _tag: "TurnAway", sid, status: "failed" }
  return [...raised(twilio, { accountSid, resourceSid: sid }, [{ code: 12400, detail }]), ...obeyedBy(call, command)]
}

/** The time of a Dial is over: the call leaves its conference, or whom it took out of a queue. */
const dialOver = (world: World, twilio: Twilio, call: Call, order: number): ReadonlyArray<Draft> => [
  ...(placeOf(twilio.conferences, call.sid)?.participant.order === order ? stoppedConference(world, twilio, call) : []),
  ...(bridgeWith(twilio.queues, call.sid)?.order === order ? stopDialledQueue(world.at, twilio, call) : []),
]

/** What a call waited for has ended, and with it the time it had. */
const orderEnded = (call: Call, { data, seq }: Entry<OrderAnswered>): ReadonlyArray<Draft> => {
  const event = data.event as unknown as VoiceEvent
  const isOver = event.type === "conference-left" || event.type === "child-ended"
  const key = isOver ? timerKey(call.sid, `dial ${event.id}`) : ""
  return [...(call.timers.includes(key) ? cancelling([key]) : []), ...takenUp(call, seq)]
}

/** A step is obeyed; then a script goes on that waited for it, and what has happened meanwhile is taken up. */
const stepped = (world: World, twilio: Twilio, call: Call, orders: ReadonlyArray<Order>): ReadonlyArray<Draft> => {
  const next = nextStep(call)
  return [...obeyed(world, twilio, call, orders), ...answerTo(twilio, call), ...(next === undefined ? [] : [next])]
}

type Rule<D> = (world: World, call: Call, entry: Entry<D>, twilio: Twilio) => ReadonlyArray<Draft>

/** A rule about the call that is the subject; nothing where there is none. */
const ofCall =
  <D>(rule: Rule<D>) =>
  (world: World, entry: Entry<D>, twilio: Twilio): ReadonlyArray<Draft> => {
    const call = callOf(twilio.calls, entry.subject)
    return call === undefined ? nothing : rule(world, call, entry, twilio)
  }

const heard: Rule<unknown> = (_, call, { seq }) => takenUp(call, seq)

export const rulesOfCalls: Machine<Twilio>["react"] = [
  reacts(callArrived, (world, entry, twilio) => arrived(world, twilio, entry)),
  reacts(
    callCreated,
    ofCall((world, call) => created(world, call)),
  ),
  reacts(
    callStatusChanged,
    ofCall((world, call, { seq }, twilio) => [
      ...statusReports(world, twilio, call),
      ...statusChanged(world, twilio, call),
      ...childChanged(world, twilio, call),
      ...endChanged(world, twilio, call),
      ...takenUp(call, seq),
    ]),
  ),
  reacts(
    callUpdated,
    ofCall((world, call, { data: { instructions, time_limit_ms }, seq }, twilio) => [
      ...(time_limit_ms === undefined || call.answered === undefined
        ? nothing
        : [due(call.sid, call.answered + time_limit_ms, "limit")]),
      ...(instructions === undefined ? nothing : redirected(world, twilio, call)),
      ...takenUp(call, seq),
    ]),
  ),
  reacts(
    callPickedUp,
    // One that comes in is answered by its instructions alone, and so is one to a number of the exchange by those of its other end.
    ofCall((_, call) =>
      call.made.direction === "inbound" || call.made.plan?.asks
        ? nothing
        : obeyedBy(call, { _tag: "PickUp", sid: call.sid }),
    ),
  ),
  reacts(
    callHungUp,
    ofCall(({ at }, call) => obeyedBy(call, { _tag: "HangUp", at, sid: call.sid })),
  ),
  reacts(
    callPressed,
    ofCall((world, call, entry, twilio) => [
      ...takenUp(call, entry.seq),
      ...pressedOn(world, twilio, call, entry.data.digits),
      ...afterScripted(call, entry, world.at),
    ]),
  ),
  reacts(
    callSpoken,
    ofCall((world, call, entry, twilio) => [
      ...takenUp(call, entry.seq),
      ...spokenOn(world, twilio, call, entry.data),
      ...afterScripted(call, entry, world.at),
    ]),
  ),
  reacts(
    callDigitsSent,
    ofCall((world, call, { data: { digits } }, twilio) => sentOn(world, twilio, call, digits)),
  ),
  reacts(
    callPartyDetected,
    ofCall((world, call, { data }, twilio) => [
      ...partyTold(world, twilio, call, data),
      ...(waitsForParty(call) ? instructed(call, world.at) : nothing),
    ]),
  ),
  reacts(
    callStepped,
    ofCall((world, call, { data: { orders } }, twilio) =>
      stepped(world, twilio, call, orders as unknown as ReadonlyArray<Order>),
    ),
  ),
  reacts(
    orderAnswered,
    ofCall((_, call, entry) => orderEnded(call, entry)),
  ),
  reacts(
    callBridged,
    ofCall((world, call, { data }, twilio) => {
      const one = callOf(twilio.calls, data.with)
      return [
        ...bridged(world, twilio, call, data.with),
        ...answerTo(twilio, call),
        ...(one === undefined ? nothing : [...goOnTalking(one), ...answerTo(twilio, one)]),
      ]
    }),
  ),
  // Who came out of a queue takes that up by itself.
  reacts(memberLeft, (_, { data: { bridge } }, twilio) => {
    const call = callOf(twilio.calls, bridge?.with ?? "")
    return call === undefined ? nothing : answerTo(twilio, call)
  }),
  reacts(outboundAnswered, ofCall(heard)),
  reacts(outboundFailed, ofCall(heard)),
  reacts(timerFired, (world, entry, twilio) =>
    isCallTimer(entry.data.key) ? ofCall<{ readonly key: string }>(fired)(world, entry, twilio) : nothing,
  ),
  // In a turn of its own: what throws there is no rule of `turn.failed`, which may not throw.
  reacts(turnFailed, ({ at }, { data: { input } }, { calls }) => {
    const call = callOf(calls, input.subject)
    return call === undefined || !call.broken || ended.has(call.status)
      ? nothing
      : [timerSet.draft(call.sid, { due: at, key: timerKey(call.sid, "broken") })]
  }),
  // What was set in the turn in which its call has ended.
  reacts(timerSet, (_, { data: { key }, subject }, { calls }) => {
    const call = isCallTimer(key) ? callOf(calls, subject) : undefined
    return call !== undefined && ended.has(call.status) ? cancelling([key]) : nothing
  }),
]

/** A script goes on behind what it has just done. */
const afterScripted = (call: Call, { data }: Entry<{ readonly scripted?: true }>, at: number): ReadonlyArray<Draft> =>
  data.scripted ? goOn(call, at) : nothing
