import type { Timer } from "../clock/timers.machine.ts"
import { canonical, sha256 } from "../core/canonical.ts"
import type { Draft } from "../core/Entry.ts"
import { clockChanged, timerFired, turnFailed } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import type { RuleFailed } from "./turn.ts"

/** The firing of a timer: it carries only the key and follows from the entry that set it. */
export const firing = (timer: Timer): Draft => timerFired.draft(timer.subject, { key: timer.key }, timer.set)

/** The order to let so many ms go by. */
export const advancing = (ms: number): Draft => clockChanged.draft("", { advance_ms: ms })

/** The data of a failed input; of what no entry could hold beside the error only what tells whose it was. */
const smallEnough = (data: unknown): unknown => {
  try {
    const text = canonical(data)
    if (text.length * 3 + 10_000 < limits.entryBytesMax) return data
    const { api, key } = data as { readonly api?: string; readonly key?: string }
    return {
      ...(api === undefined ? {} : { api }),
      ...(key === undefined ? {} : { key }),
      length: Buffer.byteLength(text),
      sha256: sha256(text),
    }
  } catch (error) {
    return { not_canonical: String(error) }
  }
}

/** What is told of a turn in which a rule threw. */
export const failing = ({ cause = 0, data, subject, type }: Draft, error: RuleFailed): Draft =>
  turnFailed.draft(subject, { error: error.message, input: { cause, data: smallEnough(data), subject, type } })
