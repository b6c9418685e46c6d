import type { Draft } from "../../../core/Entry.ts"
import { timerSet } from "../../../core/entries.ts"
import type { Call } from "./calls.ts"
import { type CalleeStep, callHungUp, callPressed, callSpoken } from "./entries.ts"
import { hasInstructions } from "./step.ts"
import { isIdle, isListening } from "./talk.ts"
import { timerKey } from "./timerKeys.ts"

/*
 * What whoever is at the other end does by itself, one thing after the other, from the answer on.
 *
 * 1. Keys are pressed and words are said as soon as they are waited for (Gather, Record); by one who was dialled, at once or, where
 *    something is to be heard first, as soon as that is over.
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

/** Goes on with a script whose call may wait for keys or words now. */
export const answerTo = (call: Call): ReadonlyArray<Draft> => {
  const next = nextOf(call)
  return (next?.do === "press" || next?.do === "speak") && isListening(call) ? said(call, next) : []
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
