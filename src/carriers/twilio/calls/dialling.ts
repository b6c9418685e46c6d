import * as Either from "effect/Either"
import { sidUnder } from "../../../core/chance.ts"
import type { Draft } from "../../../core/Entry.ts"
import type { World } from "../../../core/Machine.ts"
import { dialledQueue, stopDialledQueue } from "../queues/queueing.ts"
import { ownedNumber } from "../senders/numbers.ts"
import type { Twilio } from "../state.ts"
import type { DialCallStatus, RecordingMade } from "../voice/events.ts"
import type { Dial, DialTarget } from "../voice/orders.ts"
import { normalParty } from "./addresses.ts"
import { talkBegins, talkEnds } from "./bridging.ts"
import { fateOf, minutePrice } from "./callees.ts"
import { type Call, callOf, stateOf } from "./calls.ts"
import { ringing } from "./createCall.ts"
import { callable, type Dialling, remaining } from "./dialled.ts"
import { callBridged, callCreated, orderAnswered } from "./entries.ts"
import { decide, ended, secondsBetween } from "./lifecycle.decider.ts"
import { beginning } from "./step.ts"

/*
 * Calls that a call makes by `<Dial>`.
 *
 *   dial ──> call.created (outbound-dial) … ──> the first to answer ──> call.bridged ──> it or the caller hangs up ──> order.answered
 *                     └── the others are canceled                └── nobody answers ──> order.answered
 */

/** A call dials: all at once, or the first of several. */
export const dialled = (world: World, twilio: Twilio, call: Call, order: Dial): ReadonlyArray<Draft> => {
  const [first] = order.targets
  if (first?.kind === "queue") return dialledQueue(world, twilio, call, order, first)
  const targets = callable(order.targets)
  if (targets.length === 0) return [answer(call, world.at, order, { status: "failed" })]
  const now = order.sequential ? targets.slice(0, 1) : targets
  return now.map((target, i) => child(world, twilio, call, order, target, i))
}

const child = (
  { seed }: World,
  twilio: Twilio,
  call: Call,
  order: Dial,
  { callback, kind, machine_detection: detection, send_digits, to, url }: DialTarget,
  i: number,
): Draft => {
  const { accountSid, made, sid: parent } = call
  const called = kind === "client" && !to.startsWith("client:") ? `client:${to}` : normalParty(to)
  const from = order.caller_id === null ? made.from : normalParty(order.caller_id)
  const timeout_ms = order.timeout * 1000
  const { plan, script } = fateOf(twilio, called, { by: call })
  const number = ownedNumber(twilio.senders, from)
  return callCreated.draft(sidUnder("CA", seed, parent, `${order.id} ${i}`), {
    account_sid: accountSid,
    direction: "outbound-dial",
    from,
    instructions: url === null ? {} : { method: url.method, url: url.url },
    ...(detection === null ? {} : { machine_detection: detectionOf(detection) }),
    parent_call_sid: parent,
    ...(number?.sid.startsWith("PN") && number.accountSid === accountSid ? { phone_number_sid: number.sid } : {}),
    plan: ringing(plan, timeout_ms),
    price_micros: minutePrice(twilio),
    ...(callback === null ? {} : { reports: callback }),
    ...(script === undefined ? {} : { script }),
    ...(send_digits === null ? {} : { send_digits }),
    status: "queued",
    time_limit_ms: order.time_limit * 1000,
    timeout_ms,
    to: called,
  })
}

/** Who picks up is told aside: no instructions wait for that. */
const detectionOf = ({ callback, mode, timeout }: NonNullable<DialTarget["machine_detection"]>) => ({
  async: { method: callback?.method ?? ("POST" as const), ...(callback === null ? {} : { url: callback.url }) },
  mode,
  timeout_ms: timeout * 1000,
})

interface Ending {
  readonly status: DialCallStatus
  readonly sid?: string
  readonly duration?: number
  readonly bridged?: boolean
  readonly recording?: RecordingMade | null
}

const answer = (
  call: Call,
  at: number,
  { id }: Dial,
  { bridged = false, duration = 0, recording = null, sid, status }: Ending,
): Draft =>
  orderAnswered.draft(call.sid, {
    event: { type: "child-ended", at, id, status, sid: sid ?? null, duration, bridged, recording },
  })

/** What ends a call that is not over, as far as one still can. */
export const ending = (call: Call, at: number): ReadonlyArray<Draft> => {
  const { sid, status } = call
  if (ended.has(status)) return []
  const command = status === "in-progress" ? { _tag: "HangUp" as const, at, sid } : { _tag: "Cancel" as const, sid }
  return Either.getOrElse(decide(stateOf(call), command), () => [])
}

/** Nobody is to be called any more: those who are hang up, which ends the dialling. */
export const stopDialling = ({ at }: World, twilio: Twilio, call: Call): ReadonlyArray<Draft> => [
  ...stopDialledQueue(at, twilio, call),
  ...(call.dialling === undefined ? [] : remaining(call.dialling)).flatMap((sid) => {
    const one = callOf(twilio.calls, sid)
    return one === undefined ? [] : ending(one, at)
  }),
]

/** What a new status of a call that was dialled means for who dialled it. */
export const childChanged = (world: World, twilio: Twilio, one: Call): ReadonlyArray<Draft> => {
  const parent = callOf(twilio.calls, one.made.parent_call_sid ?? "")
  const dialling = parent?.dialling
  if (parent === undefined || dialling === undefined || !remaining(dialling).includes(one.sid)) return []
  if (one.status === "in-progress") return pickedUp(world, parent, dialling, one)
  return ended.has(one.status) ? childEnded(world, twilio, parent, dialling, one) : []
}

/** Who answers first is connected, after what is to be heard before; who answers later hears nothing. */
const pickedUp = ({ at }: World, parent: Call, { connected, stopped }: Dialling, one: Call): ReadonlyArray<Draft> => {
  if (connected !== undefined || stopped) return ending(one, at)
  const whisper = beginning(one, at, { answered: true, role: "whisper" })
  return [whisper ?? callBridged.draft(parent.sid, { with: one.sid })]
}

const childEnded = (
  world: World,
  twilio: Twilio,
  parent: Call,
  dialling: Dialling,
  one: Call,
): ReadonlyArray<Draft> => {
  const { at } = world
  const { children, connected, order, stopped } = dialling
  if (connected?.sid === one.sid) return disconnected(at, twilio, parent, order, connected)
  const live = remaining(dialling).some((sid) => !ended.has(callOf(twilio.calls, sid)?.status ?? "completed"))
  if (connected !== undefined || live) return []
  const next = stopped || !order.sequential ? undefined : callable(order.targets)[children.length]
  if (next !== undefined) return [child(world, twilio, parent, order, next, children.length)]
  return [answer(parent, at, order, { sid: one.sid, status: unanswered(one.status) })]
}

/** The talk of two calls is over for who dialled. */
const disconnected = (
  at: number,
  { recordings }: Twilio,
  parent: Call,
  order: Dial,
  { at: since, sid }: NonNullable<Dialling["connected"]>,
): ReadonlyArray<Draft> => {
  const { drafts, recording } = talkEnds(at, recordings, parent.sid, order.id)
  const duration = secondsBetween(since, at)
  return [...drafts, answer(parent, at, order, { bridged: true, duration, recording, sid, status: "completed" })]
}

/** Who was dialled goes its own way: for who dialled it that is its end. */
export const parted = (world: World, twilio: Twilio, one: Call): ReadonlyArray<Draft> => {
  const parent = callOf(twilio.calls, one.made.parent_call_sid ?? "")
  const dialling = parent?.dialling
  return parent === undefined || dialling === undefined || !dialling.children.includes(one.sid)
    ? []
    : childEnded(world, twilio, parent, dialling, one)
}

const unanswered = (status: Call["status"]): DialCallStatus =>
  status === "busy" || status === "failed" || status === "canceled" || status === "no-answer" ? status : "no-answer"

/** Two calls are connected: the other ones that were dialled are canceled, and an inbound call that waited for this is answered. */
export const bridged = (world: World, twilio: Twilio, call: Call, withSid: string): ReadonlyArray<Draft> => {
  const { at } = world
  const { dialling } = call
  if (dialling === undefined) return []
  const others = remaining(dialling).filter((sid) => sid !== withSid)
  const { order } = dialling
  return [
    ...others.flatMap((sid) => {
      const one = callOf(twilio.calls, sid)
      return one === undefined ? [] : ending(one, at)
    }),
    ...talkBegins(world, call, order),
  ]
}
