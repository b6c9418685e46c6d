import type { Draft } from "../../../core/Entry.ts"
import { timerSet } from "../../../core/entries.ts"
import { placeOf } from "../conferences/conferences.ts"
import { bridgeWith } from "../queues/queues.ts"
import type { Twilio } from "../state.ts"
import type { Call } from "./calls.ts"
import { type CalleeStep, callHungUp, callPressed, callSpoken } from "./entries.ts"
import { hasInstructions } from "./step.ts"
import { doingOf, isIdle } from "./talk.ts"
import { timerKey } from "./timerKeys.ts"

/*
 * What whoever is at the other end does by itself, one thing after the other, from the answer on.
 *
 * 1. Keys are pressed and words are said as soon as they are waited for (Gather, Record) or the call talks to others (Dial, Conference,
 *    Queue); by one who was dialled, at once or, where something is to be heard first, as soon as that is over.
 * 2. A wait begins when what stands before it is done.
 */

/** How sure the recognition of what a script says is: basis points. */
export const confidenceBp = 9_500

/** What is next in a call's script. */
const nextOf = (call: Call): CalleeStep | undefined =>
  call.status === "in-progress" ? call.made.script?.[call.scriptAt] : undefined

/** Goes on with a script where nothing is waited for: a wait begins, or the other end hangs up. */
export const goOn = (call: Call, at: number): ReadonlyArray<Draft> => {
  const next = nextOf(call)
  switch (next?.do) {
    case "wait":
      return [timerSet.draft(call.sid, { due: at + next.ms, key: timerKey(call.sid, "callee") })]
    case "hang up":
      return [callHungUp.draft(call.sid, { scripted: true })]
    case "press":
    case "speak":
      return waitsForNobody(call) ? said(call, next) : []
    default:
      return []
  }
}

/** Goes on with a script whose call may wait for keys or words now, or talk to somebody. What it has not taken up yet comes first. */
export const answerTo = (twilio: Twilio, call: Call): ReadonlyArray<Draft> => {
  const next = nextOf(call)
  if (call.talk?.inbox.length !== 0) return []
  return (next?.do === "press" || next?.do === "speak") && isListening(twilio, call) ? said(call, next) : []
}

/** Whether keys that are pressed and words that are said are heard: by instructions, or by whom it is connected with. */
const isListening = ({ conferences, queues }: Twilio, call: Call): boolean => {
  const { dialling, sid } = call
  const doing = doingOf(call)
  switch (doing?.what) {
    case "gathering":
    case "recording":
      return true
    case "dialing":
      return doing.kind === "conference"
        ? placeOf(conferences, sid)?.conference.status === "in-progress"
        : dialling?.stopped === false &&
            (dialling.connected !== undefined || bridgeWith(queues, sid)?.since !== undefined)
    case "queued":
      return queues.bridges.get(sid)?.since !== undefined
    default:
      return false
  }
}

/** Goes on with the script of one who has heard what was to be heard before being connected. */
export const goOnTalking = (call: Call): ReadonlyArray<Draft> => {
  const next = nextOf(call)
  return (next?.do === "press" || next?.do === "speak") && call.talk !== undefined && waitsForNobody(call)
    ? said(call, next)
    : []
}

/** One who was dialled talks to somebody, and to no instructions. */
const waitsForNobody = (call: Call): boolean =>
  call.made.direction === "outbound-dial" && isIdle(call) && (call.talk !== undefined || !hasInstructions(call))

const said = ({ sid }: Call, step: Extract<CalleeStep, { readonly text: string }>): ReadonlyArray<Draft> => [
  step.do === "press"
    ? callPressed.draft(sid, { digits: step.text, scripted: true })
    : callSpoken.draft(sid, { confidence_bp: confidenceBp, scripted: true, text: step.text }),
]
