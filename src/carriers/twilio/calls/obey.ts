import * as Either from "effect/Either"
import { sidUnder, token } from "../../../core/chance.ts"
import type { Draft } from "../../../core/Entry.ts"
import { outboundRequested, type Pair, timerCancelled, timerSet } from "../../../core/entries.ts"
import type { World } from "../../../core/Machine.ts"
import { routeOut } from "../../../network/settings.ts"
import { signOf } from "../accounts/signing.ts"
import { raised } from "../alerts/alerts.ts"
import type { Problem } from "../alerts/debugger.ts"
import { report } from "../callbacks.ts"
import { conferenceParameters, joined, stoppedConference } from "../conferences/joining.ts"
import { boundsOf, overridesOf } from "../connectionOverrides.ts"
import { enqueued, leftQueue, queueParameters, stoppedQueue, whisperParameters } from "../queues/queueing.ts"
import { recordingMade, over as recordingOver, recordingUrlNames, started } from "../recordings/recordingRules.ts"
import { runningOf } from "../recordings/recordings.ts"
import type { Twilio } from "../state.ts"
import type { Fetch, Notify, Order, RecordingAttributes } from "../voice/orders.ts"
import { type Call, stateOf } from "./calls.ts"
import { dialled, stopDialling } from "./dialling.ts"
import { type CallReports, callBridged, orderAnswered } from "./entries.ts"
import { sentOn } from "./legs.ts"
import { type CallCommand, type CallState, decide } from "./lifecycle.decider.ts"
import { callParameters } from "./parameters.ts"
import { ordered as smsOrdered } from "./sms.ts"
import { twimlPurpose } from "./talk.ts"
import { timerKey } from "./timerKeys.ts"

/*
 * The orders of a call's instructions are obeyed: what each one asks for, in their order.
 */

/** What one step has led to so far, where what follows depends on it. */
interface Sofar {
  /** Where the call stands once the drafts before are in the world. */
  state: CallState
  /** Requests of this step: with the number of the step they name each one. */
  requests: number
}

export const obeyed = (
  world: World,
  twilio: Twilio,
  call: Call,
  orders: ReadonlyArray<Order>,
): ReadonlyArray<Draft> => {
  const sofar: Sofar = { state: stateOf(call), requests: 0 }
  const drafts: Array<Draft> = []
  const problems: Array<Problem> = []
  let url = ""
  for (const order of orders)
    if (order.type === "alert") {
      problems.push({ code: order.code, detail: order.detail })
      url = order.url
    } else drafts.push(...obey(world, twilio, call, order, sofar))
  const about = {
    accountSid: call.accountSid,
    resourceSid: call.sid,
    ...(url === "" ? {} : { request: { method: methodOf(call, url), url } }),
  }
  const sidOf = (i: number) => sidUnder("NO", world.seed, call.sid, `${call.steps} ${i}`)
  return [...raised(twilio, about, problems, sidOf), ...drafts]
}

/** The method by which a document was asked for. */
const methodOf = ({ made, talk }: Call, url: string): string => {
  const sources = (talk?.state.frames ?? []).flatMap(({ doing, source }) =>
    doing.what === "fetching" ? [source, doing.target] : [source],
  )
  const first = made.instructions.url === url ? made.instructions.method : undefined
  return sources.find((source) => source?.url === url)?.method ?? first ?? "POST"
}

const obey = (world: World, twilio: Twilio, call: Call, order: Order, sofar: Sofar): ReadonlyArray<Draft> => {
  const { at } = world
  const { sid } = call
  switch (order.type) {
    case "wait":
      return [timerSet.draft(sid, { due: at + order.ms, key: timerKey(sid, `wait ${order.id}`) })]
    case "fetch":
      return [fetched(world, twilio, call, order, sofar.requests++)]
    case "notify":
      return notified(world, twilio, call, order, sofar.requests++)
    case "answer":
      return decided(
        sofar,
        { _tag: "PickUp", sid },
        { _tag: "InProgress", since: at, minuteMicros: call.made.price_micros },
      )
    case "hang-up":
      return decided(sofar, hangUp(sofar.state, sid, at, order.reason === "error"), {
        _tag: "Done",
        status: "completed",
      })
    case "reject": {
      const status = order.reason === "busy" ? "busy" : "no-answer"
      return decided(sofar, { _tag: "TurnAway", sid, status }, { _tag: "Done", status })
    }
    case "dial":
      return [
        ...dialled(world, twilio, call, order),
        // Calls of its own have time limits of their own.
        ...(order.targets[0]?.kind === "queue" ? [dialTime(call.sid, at, order)] : []),
      ]
    case "bridge":
      return bridgedTo(twilio, call)
    case "record":
      return [
        started(world, sid, `order ${order.id}`, {
          account_sid: call.accountSid,
          channels: 1,
          order: order.id,
          ...reportsOf(order.recording),
          source: "RecordVerb",
          track: "inbound",
        }),
      ]
    case "end-recording":
      return recorded(world, twilio, call, order.id, order.ms)
    case "join-conference":
      return [...joined(world, twilio, call, order), dialTime(call.sid, at, order)]
    case "enqueue":
      return enqueued(world, twilio, call, order)
    case "leave":
      return leftQueue(world, twilio, call, order.id, "leave")
    case "send-sms":
      return smsOrdered(world, twilio, call, order)
    case "stop":
      return stopped(world, twilio, call, order)
    case "send-digits":
      return sentOn(world, twilio, call, order.digits)
    // What is only told.
    case "line":
    case "alert":
      return []
  }
}

/** Who has heard what was to be heard first is connected: with who dialled the queue it came out of, or with who dialled it. */
const bridgedTo = ({ queues }: Twilio, { made, sid, talk }: Call): ReadonlyArray<Draft> => {
  const dialler = talk?.state.role === "whisper" ? made.parent_call_sid : queues.bridges.get(sid)?.with
  return dialler === undefined ? [] : [callBridged.draft(dialler, { with: sid })]
}

/** The end of the time that a Dial gives a conference or a call out of a queue. */
const dialTime = (
  sid: string,
  at: number,
  { id, time_limit }: { readonly id: number; readonly time_limit: number },
): Draft => timerSet.draft(sid, { due: at + time_limit * 1000, key: timerKey(sid, `dial ${id}`) })

/** A decision that follows from where the call stands by now. A refusal means that nothing is left to do. */
const decided = (sofar: Sofar, command: CallCommand, then: CallState): ReadonlyArray<Draft> =>
  Either.match(decide(sofar.state, command), {
    onLeft: () => [],
    onRight: (drafts) => {
      sofar.state = then
      return drafts
    },
  })

/** The end of a call; one whose instructions could not be had before it was picked up has failed. */
const hangUp = ({ _tag }: CallState, sid: string, at: number, error: boolean): CallCommand =>
  _tag === "Ringing" && error ? { _tag: "TurnAway", sid, status: "failed" } : { _tag: "HangUp", at, sid }

/** A request for a document, with what is told of every call, and of its queue or conference while it waits there. */
const fetched = (world: World, twilio: Twilio, call: Call, order: Fetch, n: number): Draft => {
  const { method, params, purpose, url } = order
  const { connect, via } = routeOut(world, url)
  const all = [
    ...callParameters(call),
    ...(call.answeredBy === undefined ? [] : [["AnsweredBy", call.answeredBy] as const]),
    ...(purpose === "queue-wait" ? queueParameters(twilio, call, world.at) : []),
    ...(purpose === "queue-whisper" ? whisperParameters(twilio, call) : []),
    ...(purpose === "conference-wait" ? conferenceParameters(twilio, call) : []),
    ...params,
  ]
  return outboundRequested.draft(call.sid, {
    ...absoluteIn(all),
    attempt: 1,
    // What is tried again here is its fallback.
    ...boundsOf(overridesOf(url)),
    ...(connect === undefined ? {} : { connect }),
    method,
    params: all,
    purpose: twimlPurpose,
    sign: signOf(twilio, call.accountSid),
    token: token(world.seed, `twiml ${call.steps} ${n}`, call.sid),
    url,
    via,
  })
}

/** Names the parameters that are paths of recordings. */
const absoluteIn = (params: ReadonlyArray<Pair>): { readonly absolute?: ReadonlyArray<string> } => {
  const names = recordingUrlNames.filter((name) =>
    params.some(([each, value]) => each === name && value.startsWith("/")),
  )
  return names.length === 0 ? {} : { absolute: names }
}

const notified = (
  world: World,
  twilio: Twilio,
  call: Call,
  { method, params, purpose, url }: Notify,
  n: number,
): ReadonlyArray<Draft> =>
  report(world, twilio, {
    accountSid: call.accountSid,
    event: `${purpose} ${call.steps} ${n}`,
    method,
    params: () => [...callParameters(call), ...params],
    subject: call.sid,
    url,
  })

/** Who is told of a recording that instructions order. */
export const reportsOf = ({ callback }: RecordingAttributes): { readonly reports?: CallReports } =>
  callback === null ? {} : { reports: callback }

/** A recording of the call's instructions ends; one that holds something is named to them. */
const recorded = (
  { at }: World,
  { recordings }: Twilio,
  call: Call,
  order: number,
  ms: number,
): ReadonlyArray<Draft> => {
  const recording = runningOf(recordings, call.sid).find(({ made }) => made.order === order)
  if (recording === undefined) return []
  const end = recordingOver(recording, at, ms)
  if (ms === 0) return [end]
  const event = { type: "recorded", at, id: order, recording: recordingMade(recording, ms) }
  return [end, orderAnswered.draft(call.sid, { event })]
}

const stopped = (
  world: World,
  twilio: Twilio,
  call: Call,
  order: Extract<Order, { readonly type: "stop" }>,
): ReadonlyArray<Draft> => {
  switch (order.of) {
    case "wait":
      return [timerCancelled.draft("", { keys: [timerKey(call.sid, `wait ${order.id}`)] })]
    case "dial":
      return stopDialling(world, twilio, call)
    case "conference":
      return stoppedConference(world, twilio, call)
    case "queue":
      return stoppedQueue(world, twilio, call, order.id)
    case "record":
      return recorded(world, twilio, call, order.id, 0)
    // The answer comes and finds nobody who waits for it.
    case "fetch":
      return []
  }
}
