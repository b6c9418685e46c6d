import type { Draft } from "./Entry.ts"
import { type Cleared, timerCancelled } from "./entries.ts"

/** Whether clearing forgets a subject, and with it everything that is still due about it. */
export const forgets = (what: Cleared, subject: string): boolean =>
  what === "all" ||
  (what === "messages" && /^[SM]M/.test(subject)) ||
  (what === "calls" && /^(?:CA|CF|QU)/.test(subject))

/** Timers one entry cancels: a turn stays short however many there are, and an entry small. */
const keysPerEntry = 1_000

/** The cancelling of these timers, in their order. */
export const cancelling = (keys: ReadonlyArray<string>): ReadonlyArray<Draft> => {
  const drafts: Array<Draft> = []
  for (let i = 0; i < keys.length; i += keysPerEntry)
    drafts.push(timerCancelled.draft("", { keys: keys.slice(i, i + keysPerEntry) }))
  return drafts
}
