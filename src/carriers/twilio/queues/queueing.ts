import { sidUnder } from "../../../core/chance.ts"
import type { Draft } from "../../../core/Entry.ts"
import type { Pair } from "../../../core/entries.ts"
import { type Machine, reacts, type World } from "../../../core/Machine.ts"
import { talkBegins, talkEnds } from "../calls/bridging.ts"
import { type Call, callOf } from "../calls/calls.ts"
import { callStatusChanged, orderAnswered } from "../calls/entries.ts"
import { ended, secondsBetween } from "../calls/lifecycle.decider.ts"
import type { Twilio } from "../state.ts"
import type { VoiceEvent } from "../voice/events.ts"
import type { Dial, DialTarget, Enqueue } from "../voice/orders.ts"
import { type MemberLeft, memberEntered, memberLeft, memberReleased, queueCreated } from "./entries.ts"
import { bridgeWith, membershipOf, type Queue, queueNamed, queueOf } from "./queues.ts"

/*
 * Calls that wait in a queue.
 *
 *   enqueue ──> member.entered ──> leave, a hang-up, other instructions ──> member.left
 *                    └──> somebody dials the queue ──> member.left (bridged) ──> one of the two hangs up ──> member.released
 */

/** Calls a queue takes where nothing is said. Source: OpenAPI, MaxSize. */
export const maxSizeDefault = 1_000

const answered = (callSid: string, event: VoiceEvent): Draft =>
  orderAnswered.draft(callSid, { event: event as unknown as Record<string, unknown> })

/** A call goes into the queue of that name, which is made if there is none. One that is full takes nobody. */
export const enqueued = ({ at, seed }: World, twilio: Twilio, call: Call, order: Enqueue): ReadonlyArray<Draft> => {
  const { queues } = twilio
  const ended = (result: "queue-full" | "error") =>
    answered(call.sid, { type: "queue-ended", at, id: order.id, result, sid: null, duration: 0 })
  // A workflow of TaskRouter would say which queue it is.
  if (order.name === "") return [ended("error")]
  const known = queueNamed(queues, call.accountSid, order.name)
  if (known !== undefined && known.members.length >= (order.max_size ?? known.maxSize)) return [ended("queue-full")]
  const sid = known?.sid ?? newQueueSid(seed, twilio, call.accountSid, order.name)
  const created = queueCreated.draft(sid, {
    account_sid: call.accountSid,
    friendly_name: order.name,
    max_size: order.max_size ?? maxSizeDefault,
  })
  const entered = memberEntered.draft(sid, { call_sid: call.sid, order: order.id })
  return known === undefined ? [created, entered] : [entered]
}

/** The SID of the next queue of this name. */
export const newQueueSid = (seed: number, { queues }: Twilio, accountSid: string, name: string): string =>
  sidUnder("QU", seed, accountSid, `${name} ${queues.named.get(`${accountSid} ${name}`) ?? 0}`)

/** A call leaves the queue it is in. */
export const leftQueue = (
  _: World,
  { queues }: Twilio,
  { sid }: Pick<Call, "sid">,
  order: number,
  result: MemberLeft["result"],
): ReadonlyArray<Draft> => {
  const membership = membershipOf(queues, sid)
  return membership?.member.order === order ? [memberLeft.draft(membership.queue.sid, { call_sid: sid, result })] : []
}

/** What an order to queue has begun is broken off: the waiting, or the talk with who took the call out. */
export const stoppedQueue = (world: World, twilio: Twilio, call: Call, order: number): ReadonlyArray<Draft> => {
  const bridge = twilio.queues.bridges.get(call.sid)
  return bridge?.member.order === order
    ? [memberReleased.draft(bridge.queueSid, { call_sid: call.sid })]
    : leftQueue(world, twilio, call, order, call.status === "in-progress" ? "redirected" : "hangup")
}

/** What a document that is heard while waiting is told of the queue. Source: "TwiML Enqueue", waitUrl. */
export const queueParameters = ({ queues }: Twilio, { sid }: Call, at: number): ReadonlyArray<Pair> => {
  const membership = membershipOf(queues, sid)
  if (membership === undefined) return []
  const { member, position, queue } = membership
  return [
    ["QueueSid", queue.sid],
    ["QueueTime", String(secondsBetween(member.entered, at))],
    ["AvgQueueTime", String(averageWait(queue, at))],
    ["CurrentQueueSize", String(queue.members.length)],
    ["QueuePosition", String(position)],
  ]
}

/**
 * What a document that is heard before being connected is told of the queue.
 *
 * Source  "TwiML Queue", url: QueueSid, CallSid, QueueTime and DequeingCallSid, which is written so
 */
export const whisperParameters = ({ queues }: Twilio, { sid }: Call): ReadonlyArray<Pair> => {
  const bridge = queues.bridges.get(sid)
  return bridge === undefined
    ? []
    : [
        ["QueueSid", bridge.queueSid],
        ["QueueTime", String(secondsBetween(bridge.member.entered, bridge.at))],
        ["DequeingCallSid", bridge.with],
      ]
}

/** Whole seconds that those in a queue have waited, on average. */
export const averageWait = ({ members }: Queue, at: number): number =>
  members.length === 0
    ? 0
    : Math.floor(members.reduce((sum, { entered }) => sum + (at - entered), 0) / members.length / 1000)

/** Somebody dials a queue, and is connected with who has waited longest. Where nobody waits, nobody answers. */
export const dialledQueue = (
  { at }: World,
  twilio: Twilio,
  call: Call,
  order: Dial,
  { to: name, url }: DialTarget,
): ReadonlyArray<Draft> => {
  const { queues } = twilio
  const queue = queueNamed(queues, call.accountSid, name)
  const [first] = queue?.members ?? []
  const none: VoiceEvent = {
    type: "child-ended",
    at,
    id: order.id,
    status: queue === undefined ? "failed" : "no-answer",
    sid: null,
    duration: 0,
    bridged: false,
    recording: null,
  }
  if (queue === undefined || first === undefined) return [answered(call.sid, none)]
  return [
    memberLeft.draft(queue.sid, {
      bridge: { order: order.id, ...(url === null ? {} : { whisper: url }), with: call.sid },
      call_sid: first.callSid,
      result: "bridged",
    }),
  ]
}

/** Who dialled a queue talks no longer with who came out of it. */
export const stopDialledQueue = (_: number, { queues }: Twilio, { sid }: Call): ReadonlyArray<Draft> => {
  const bridge = bridgeWith(queues, sid)
  return bridge === undefined ? [] : [memberReleased.draft(bridge.queueSid, { call_sid: bridge.member.callSid })]
}

/** Two calls are connected no longer, or will not be: both of their instructions go on. What is told then of a whisper is unconfirmed. */
const released = ({ at }: World, { calls, queues, recordings }: Twilio): ReadonlyArray<Draft> => {
  const bridge = queues.released
  if (bridge === undefined) return []
  const { member, order, queueSid } = bridge
  const { since } = bridge
  const waited = secondsBetween(member.entered, bridge.at)
  const hungUp = ended.has(callOf(calls, member.callSid)?.status ?? "completed")
  const { drafts, recording } = talkEnds(at, recordings, bridge.with, order)
  return [
    ...drafts,
    answered(member.callSid, {
      type: "queue-ended",
      at,
      id: member.order,
      result: since !== undefined ? "bridged" : hungUp ? "hangup" : "bridging-in-process",
      sid: queueSid,
      duration: waited,
    }),
    answered(bridge.with, {
      type: "child-ended",
      at,
      id: order,
      status: since === undefined ? "no-answer" : "completed",
      sid: member.callSid,
      duration: since === undefined ? 0 : secondsBetween(since, at),
      bridged: since !== undefined,
      recording,
    }),
  ]
}

const left = (
  world: World,
  { calls, queues }: Twilio,
  sid: string,
  { bridge, call_sid, result }: MemberLeft,
): ReadonlyArray<Draft> => {
  const { at } = world
  const member = queues.left
  if (member?.callSid !== call_sid) return []
  if (result === "bridged") {
    const dialler = callOf(calls, bridge?.with ?? "")
    const order = dialler?.dialling?.order
    const { whisper } = bridge ?? {}
    return [
      answered(call_sid, {
        type: "queue-bridged",
        at,
        id: member.order,
        ...(whisper === undefined ? {} : { whisper }),
      }),
      ...(whisper !== undefined || dialler === undefined || order === undefined || order.id !== bridge?.order
        ? []
        : talkBegins(world, dialler, order)),
    ]
  }
  const duration = secondsBetween(member.entered, at)
  return [answered(call_sid, { type: "queue-ended", at, id: member.order, result, sid, duration })]
}

export const rulesOfQueues: Machine<Twilio>["react"] = [
  reacts(memberEntered, ({ at }, { data: { call_sid, order }, subject }, { queues }) =>
    queueOf(queues, subject) === undefined ? [] : [answered(call_sid, { type: "queue-entered", at, id: order })],
  ),
  reacts(memberLeft, (world, { data, subject }, twilio) => left(world, twilio, subject, data)),
  reacts(memberReleased, (world, _, twilio) => released(world, twilio)),
  // Who hangs up waits no longer, and talks to nobody.
  reacts(callStatusChanged, (world, { data: { status }, subject }, twilio) => {
    const { queues } = twilio
    if (!ended.has(status)) return []
    const membership = membershipOf(queues, subject)
    const bridge = queues.bridges.get(subject) ?? bridgeWith(queues, subject)
    return [
      ...(membership === undefined
        ? []
        : leftQueue(world, twilio, { sid: subject }, membership.member.order, "hangup")),
      ...(bridge === undefined ? [] : [memberReleased.draft(bridge.queueSid, { call_sid: bridge.member.callSid })]),
    ]
  }),
]
