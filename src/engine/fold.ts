import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { decode } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"
import { upcast } from "../log/upcasts.ts"
import type { WorldState } from "./World.ts"

/** An entry of the log cannot be folded: the log was altered, or a rule of this version is wrong. */
export class NotFoldable extends Data.TaggedError("NotFoldable")<{
  readonly seq: number
  readonly type: string
  readonly cause: unknown
}> {
  override get message() {
    return `entry ${this.seq} (${this.type}) cannot be folded: ${String(this.cause)}; run \`ringback verify\` on this log`
  }
}

/**
 * Folds a log into a world that holds it up to `from` already; no rule runs. Lets other work go on between pages.
 * `upTo` leaves out what comes after that entry.
 */
export const foldLog = (
  log: LogReader,
  world: WorldState,
  from = 0,
  upTo = Number.MAX_SAFE_INTEGER,
): Effect.Effect<WorldState, LogUnavailable | NotFoldable> =>
  Effect.gen(function* () {
    for (let after = from; ; ) {
      const rows = yield* log.read(after, limits.readEntriesMax)
      for (const row of rows) {
        if (row.seq > upTo) return world
        try {
          // What changes no slice is not parsed: requests and their answers, half of a log's bytes.
          if (world.evolvesBy(row.type)) world.evolve(upcast(decode(row)))
          else world.at = row.at
        } catch (cause) {
          return yield* new NotFoldable({ seq: row.seq, type: row.type, cause })
        }
      }
      const last = rows[rows.length - 1]
      if (last === undefined) return world
      after = last.seq
      yield* Effect.yieldNow()
    }
  })
