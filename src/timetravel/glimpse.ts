import * as Effect from "effect/Effect"
import { decode, type Row } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { NotFoldable } from "../engine/fold.ts"
import { type AnyMachine, WorldState } from "../engine/World.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"
import { upcast } from "../log/upcasts.ts"
import type { LogIndex } from "./LogIndex.ts"

/** What is to be seen of a run, and when. */
export interface GlimpseOptions {
  readonly reader: LogReader
  readonly index: LogIndex
  readonly machines: ReadonlyArray<AnyMachine>
  /** As it was at this entry. */
  readonly at: number
  /** Entries whose subjects are seen: those that items of a list began with. */
  readonly of: ReadonlyArray<number>
}

/**
 * A world that holds only some subjects, as they were at an entry: what a page shows is read off it as off the whole world, by
 * the same functions. Costs these subjects' entries, however long the log is.
 */
export const glimpse = ({
  at,
  index,
  machines,
  of,
  reader,
}: GlimpseOptions): Effect.Effect<WorldState, LogUnavailable | NotFoldable> =>
  Effect.gen(function* () {
    const rows = new Map<number, Row>()
    for (const seq of index.settingsAt(at)) for (const row of yield* reader.read(seq - 1, 1)) rows.set(row.seq, row)
    for (const row of yield* about(reader, of, at)) rows.set(row.seq, row)
    const world = new WorldState(machines)
    for (const row of [...rows.values()].sort((a, b) => a.seq - b.seq))
      try {
        world.evolve(upcast(decode(row)))
      } catch (cause) {
        return yield* new NotFoldable({ seq: row.seq, type: row.type, cause })
      }
    return world
  })

/** The entries about these entries' subjects up to one; only the entry itself where it has no subject. */
const about = (
  reader: LogReader,
  of: ReadonlyArray<number>,
  at: number,
): Effect.Effect<ReadonlyArray<Row>, LogUnavailable> =>
  Effect.gen(function* () {
    const found: Array<Row> = []
    const named = new Set(of)
    for (let [after, read] = [0, 0]; read < rowsMax; ) {
      const rows = yield* reader.readSameSubjects(of, after, limits.readEntriesMax)
      found.push(...rows.filter(({ seq, subject }) => seq <= at && (subject !== "" || named.has(seq))))
      after = rows.at(-1)?.seq ?? at
      read += rows.length
      if (rows.length < limits.readEntriesMax || after >= at) break
    }
    return found
  })

/** Entries that one glimpse reads: a subject with thousands of them is seen as its first ones leave it. */
const rowsMax = 50_000
