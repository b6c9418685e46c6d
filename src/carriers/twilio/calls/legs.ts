import * as Either from "effect/Either"
import { sidUnder } from "../../../core/chance.ts"
import type { Draft } from "../../../core/Entry.ts"
import type { World } from "../../../core/Machine.ts"
import type { Twilio } from "../state.ts"
import { type Call, callOf, stateOf } from "./calls.ts"
import { ending } from "./dialling.ts"
import { callHungUp, callPressed, callSpoken } from "./entries.ts"
import { comesIn } from "./inboundCalls.ts"
import { type CallCommand, decide, ended } from "./lifecycle.decider.ts"

/*
 * A number of the exchange is dialled: two calls, each the other end of the other one.
 *
 *   outbound: initiated ──> ringing ────────────> in-progress ──> … completed
 *                              │                       ↑                ↕
 *   inbound:                   └──> ringing (VoiceUrl) ──> in-progress ──> completed
 *
 * 1. The inbound one begins when the outbound one rings; what becomes of the one becomes of the other.
 * 2. Keys that the one is ordered to send are pressed in the other one, and so is what is pressed and said where the outbound one is connected.
 */

const sidOfInbound = (seed: number, outbound: string): string => sidUnder("CA", seed, outbound, "inbound")

/** The call that is the other end of this one; `undefined` where that is a phone. */
export const otherEnd = ({ seed }: World, { calls }: Twilio, { made, sid }: Call): Call | undefined =>
  made.dialled_by !== undefined
    ? callOf(calls, made.dialled_by)
    : made.plan?.asks === undefined
      ? undefined
      : callOf(calls, sidOfInbound(seed, sid))

/** A call rings where a number of the exchange is: it comes in there. Nobody is there any more where nobody has the number by now. */
export const ringsAt = (world: World, twilio: Twilio, call: Call): ReadonlyArray<Draft> => {
  const { from, plan, to } = call.made
  if (plan?.asks === undefined) return []
  const inbound = comesIn(twilio, sidOfInbound(world.seed, call.sid), { dialled_by: call.sid, from, to })
  return inbound === undefined
    ? obeyedBy(call, { _tag: "TurnAway", reason: "nobodys-number", sid: call.sid, status: "failed" })
    : [inbound]
}

const obeyedBy = (call: Call, command: CallCommand): ReadonlyArray<Draft> =>
  Either.getOrElse(decide(stateOf(call), command), () => [])

/** What a new status of a call means for its other end. */
export const endChanged = (world: World, twilio: Twilio, call: Call): ReadonlyArray<Draft> => {
  const other = otherEnd(world, twilio, call)
  if (other === undefined || ended.has(other.status)) return []
  if (call.made.dialled_by === undefined) return ended.has(call.status) ? hangsUp(other, world.at) : []
  const { sid } = other
  switch (call.status) {
    case "in-progress":
      return obeyedBy(other, { _tag: "PickUp", sid })
    case "busy":
    case "failed":
    case "no-answer":
      return obeyedBy(other, { _tag: "TurnAway", sid, status: call.status })
    default:
      if (!ended.has(call.status)) return []
      // That the other one is answered may be still to come in this turn: it is hung up behind that.
      return call.answered === undefined ? ending(other, world.at) : [callHungUp.draft(other.sid, {})]
  }
}

/** Who calls hangs up: a call that came in and was not answered is over, too. */
const hangsUp = (inbound: Call, at: number): ReadonlyArray<Draft> =>
  obeyedBy(inbound, { _tag: "HangUp", at, sid: inbound.sid })

/** Keys that a call was ordered to send are pressed at its other end. */
export const sentOn = (world: World, twilio: Twilio, call: Call, digits: string): ReadonlyArray<Draft> => {
  const other = otherEnd(world, twilio, call)
  const keys = digits.replace(/[wW]/g, "")
  return other?.status !== "in-progress" || keys === "" ? [] : [callPressed.draft(other.sid, { digits: keys })]
}

/** The other end of who is connected with this call by `<Dial>`. */
const behind = (world: World, twilio: Twilio, { dialling }: Call): Call | undefined => {
  const child = callOf(twilio.calls, dialling?.connected?.sid ?? "")
  const other = child === undefined ? undefined : otherEnd(world, twilio, child)
  return other?.status === "in-progress" ? other : undefined
}

/** What is pressed in a call is heard by who it is connected with, and so is what is said. */
export const pressedOn = (world: World, twilio: Twilio, call: Call, digits: string): ReadonlyArray<Draft> => {
  const other = behind(world, twilio, call)
  return other === undefined ? [] : [callPressed.draft(other.sid, { digits })]
}

export const spokenOn = (
  world: World,
  twilio: Twilio,
  call: Call,
  { confidence_bp, ms, text }: { readonly confidence_bp: number; readonly ms?: number; readonly text: string },
): ReadonlyArray<Draft> => {
  const other = behind(world, twilio, call)
  const said = { confidence_bp, ...(ms === undefined ? {} : { ms }), text }
  return other === undefined ? [] : [callSpoken.draft(other.sid, said)]
}
