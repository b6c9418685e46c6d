import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"
import { foldLog, type NotFoldable } from "./fold.ts"
import { isOfLog, type Snapshot } from "./snapshot.ts"
import { type AnyMachine, WorldState } from "./World.ts"

/** A world, and the entry up to which a snapshot saved the folding; 0 without one. */
export interface BuiltWorld {
  readonly world: WorldState
  readonly snapshotSeq: number
}

/** The world of a log, up to an entry if one is given: from its snapshot, when that is of this very log, and what came after. */
export const worldOf = (
  log: LogReader,
  machines: ReadonlyArray<AnyMachine>,
  read: (() => Either.Either<Snapshot, string>) | undefined,
  upTo?: number,
): Effect.Effect<BuiltWorld, LogUnavailable | NotFoldable> =>
  Effect.gen(function* () {
    const found = read === undefined ? undefined : Either.getOrUndefined(read())
    const saved = found === undefined ? undefined : yield* savedWorld(log, machines, found)
    const { world, snapshotSeq } = saved ?? { world: new WorldState(machines), snapshotSeq: 0 }
    return { world: yield* foldLog(log, world, snapshotSeq, upTo), snapshotSeq }
  })

/** The world that a snapshot holds, if it is of this log; lets go of the snapshot. */
const savedWorld = (
  log: LogReader,
  machines: ReadonlyArray<AnyMachine>,
  found: Snapshot,
): Effect.Effect<BuiltWorld | undefined, LogUnavailable> =>
  log.read(found.head.seq - 1, 1).pipe(
    Effect.map(([row]) =>
      isOfLog(found, row) ? { world: new WorldState(machines, found.world), snapshotSeq: found.head.seq } : undefined,
    ),
    Effect.ensuring(Effect.sync(found.close)),
  )
