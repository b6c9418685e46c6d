import * as Effect from "effect/Effect"
import type { LogUnavailable } from "../log/EventLog.ts"
import type { Asked } from "./answering.ts"
import type { Shown } from "./Shown.ts"

/** When something is looked at: as it is, or as it was after an entry. */
export interface LookedAt {
  /** Virtual ms: the run's own instant, or the entry's. */
  readonly now: number
  /** What is told ends with this entry; undefined: with the newest. */
  readonly upTo: number | undefined
}

/** When an address means: `at` is an entry's seq; where it names none, what it asks for is shown as it is. */
export const lookedAt = ({ run }: Shown, { query }: Asked): Effect.Effect<LookedAt, LogUnavailable> =>
  Effect.gen(function* () {
    const seq = Number(query.get("at") ?? Number.NaN)
    const [row] = Number.isSafeInteger(seq) && seq > 0 ? yield* run.log.read(seq - 1, 1) : []
    return row === undefined ? { now: run.engine.now, upTo: undefined } : { now: row.at, upTo: row.seq }
  })
