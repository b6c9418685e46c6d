import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { decode } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"
import { upcast } from "../log/upcasts.ts"
import { isOfLog, type Snapshot } from "./snapshot.ts"
import { type AnyMachine, WorldState } from "./World.ts"

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

/** How far a log is folded, and who is told how far it has come. */
export interface FoldOptions {
  /** The last entry that is folded; what comes after it is left out. */
  readonly upTo?: number
  readonly progress?: (seq: number) => void
}

/**
 * Folds a log into a world that holds it up to `from` already; no rule runs. Lets other work go on between pages.
 */
export const foldLog = (
  log: Pick<LogReader, "read">,
  world: WorldState,
  from = 0,
  { progress, upTo = Number.MAX_SAFE_INTEGER }: FoldOptions = {},
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
      progress?.(after)
      yield* Effect.yieldNow()
    }
  })

/** What the world of a log is made of. */
export interface WorldOfLog extends FoldOptions {
  readonly log: Pick<LogReader, "read">
  readonly machines: ReadonlyArray<AnyMachine>
  /** Reads the newest snapshot that these rules can use; the left says why there is none. */
  readonly snapshot?: (() => Either.Either<Snapshot, string>) | undefined
}

/** A world, and the entry up to which a snapshot saved the folding; 0 without one. */
export interface BuiltWorld {
  readonly world: WorldState
  readonly snapshotSeq: number
}

/** The world of a log: from its snapshot, when that is of this very log and goes no further than asked, and what came after. */
export const worldOfLog = ({
  log,
  machines,
  snapshot,
  ...options
}: WorldOfLog): Effect.Effect<BuiltWorld, LogUnavailable | NotFoldable> =>
  Effect.gen(function* () {
    const newest = snapshot === undefined ? undefined : Either.getOrUndefined(snapshot())
    const saved = newest === undefined ? undefined : yield* savedWorld(log, machines, newest, options)
    const { world, snapshotSeq } = saved ?? { world: new WorldState(machines), snapshotSeq: 0 }
    return { world: yield* foldLog(log, world, snapshotSeq, options), snapshotSeq }
  })

/** The world that a snapshot holds, if it is of this log and goes no further than asked; lets go of the snapshot. */
const savedWorld = (
  log: Pick<LogReader, "read">,
  machines: ReadonlyArray<AnyMachine>,
  { close, head, world }: Snapshot,
  { upTo = Number.MAX_SAFE_INTEGER }: FoldOptions,
): Effect.Effect<BuiltWorld | undefined, LogUnavailable> =>
  Effect.suspend(() => (head.seq > upTo ? Effect.succeed([]) : log.read(head.seq - 1, 1))).pipe(
    Effect.map(([row]) =>
      isOfLog({ head }, row) ? { world: new WorldState(machines, world), snapshotSeq: head.seq } : undefined,
    ),
    Effect.ensuring(Effect.sync(close)),
  )
