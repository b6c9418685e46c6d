import type { Timer } from "../clock/timers.machine.ts"
import { canonical, sha256 } from "../core/canonical.ts"
import type { Draft } from "../core/Entry.ts"
import { timerFired, turnFailed } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import type { RuleFailed } from "./turn.ts"

/** The firing of a timer: it carries only the key and follows from the entry that set it. */
export const firing = (timer: Timer): Draft => timerFired.draft(timer.subject, { key: timer.key }, timer.set)

/** The data of a failed input, or its length and hash when an entry could not hold it beside the error. */
const smallEnough = (data: unknown): unknown => {
  try {
    const text = canonical(data)
    return text.length * 3 + 10_000 < limits.entryBytesMax
      ? data
      : { length: Buffer.byteLength(text), sha256: sha256(text) }
  } catch (error) {
    return { not_canonical: String(error) }
  }
}

/** What is told of a turn in which a rule threw. */
export const failing = ({ cause = 0, data, subject, type }: Draft, error: RuleFailed): Draft =>
  turnFailed.draft(subject, { error: error.message, input: { cause, data: smallEnough(data), subject, type } })
