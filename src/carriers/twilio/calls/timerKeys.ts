/*
 * The timers of calls. Each has its own key; all of a call's are cancelled when it ends.
 */

/** What a call's timer stands for; of a wait that its instructions ordered, of the end of a Dial's time, and of keys, also which. */
export type CallTimer =
  | "next"
  | "limit"
  | "callee"
  | "party"
  | "broken"
  | `wait ${number}`
  | `dial ${number}`
  | `digits ${number}`

const prefix = "call "

export const timerKey = (sid: string, what: CallTimer): string => `${prefix}${sid} ${what}`

/** What a timer of this call stands for; `undefined` when it is none. */
export const timerIn = (sid: string, key: string): string | undefined =>
  key.startsWith(prefix) && key.startsWith(sid, prefix.length) ? key.slice(prefix.length + sid.length + 1) : undefined

export const isCallTimer = (key: string): boolean => key.startsWith(prefix)
