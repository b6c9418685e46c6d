import type { Draft } from "../../../core/Entry.ts"
import { timerSet } from "../../../core/entries.ts"
import { tonesMs } from "../voice/speech.ts"
import type { Call } from "./calls.ts"
import { callDigitsSent } from "./entries.ts"
import { timerKey } from "./timerKeys.ts"

/*
 * The keys of `SendDigits`, which the exchange presses once a call is answered.
 *
 *   "W12w#"  ──>  a second, 12, the time these tones and half a second take, #
 */

/** Keys that follow each other without a pause, and virtual ms before the first of them. */
interface Keys {
  readonly after: number
  readonly keys: string
}

const keysIn = (digits: string): ReadonlyArray<Keys> => {
  let before = ""
  return [...digits.matchAll(/([wW]*)([^wW]+)/g)].map(([, pause = "", keys = ""]) => {
    const after = tonesMs(before) + tonesMs(pause)
    before = keys
    return { after, keys: keys.toUpperCase() }
  })
}

/** A call is answered: its keys are pressed, at once or after the pause before them. */
export const pressing = (call: Call, at: number): ReadonlyArray<Draft> => {
  const [first] = keysIn(call.made.send_digits ?? "")
  return first?.after === 0 ? pressed(call, at, 0) : next(call, at, 0)
}

/** The n-th of its keys are pressed, and the next ones in their time. */
export const pressed = (call: Call, at: number, n: number): ReadonlyArray<Draft> => {
  const { keys } = keysIn(call.made.send_digits ?? "")[n] ?? {}
  return keys === undefined ? [] : [callDigitsSent.draft(call.sid, { digits: keys }), ...next(call, at, n + 1)]
}

const next = ({ made, sid }: Call, at: number, n: number): ReadonlyArray<Draft> => {
  const keys = keysIn(made.send_digits ?? "")[n]
  return keys === undefined ? [] : [timerSet.draft(sid, { due: at + keys.after, key: timerKey(sid, `digits ${n}`) })]
}
