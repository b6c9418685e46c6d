import * as Effect from "effect/Effect"
import { worldOfLog } from "../engine/fold.ts"
import { readSnapshot, type SnapshotKey, writeSnapshot } from "../engine/snapshot.ts"
import { openReader } from "../log/reader.ts"
import { causeSaid } from "./causeSaid.ts"
import { machines } from "./machines.ts"
import type { Told } from "./snapshots.ts"
import { buildHash } from "./version.ts"

/**
 * Folds a log of a running server up to its end now, beginning at the snapshot there is, and writes the next one. Gives the entry it is
 * of, or what went wrong, in one line.
 */
export const writeNextSnapshot = async (file: string, key: SnapshotKey): Promise<Told> => {
  const write = Effect.gen(function* () {
    // The server was built anew while it ran: these rules are not those the key names.
    if (key.rules !== buildHash) return yield* Effect.fail(new Error("another build has taken this one's place"))
    const log = yield* openReader(file)
    const head = yield* log.head
    const { world } = yield* worldOfLog({ log, machines, snapshot: () => readSnapshot(file, key), upTo: head.seq })
    yield* Effect.try({ try: () => writeSnapshot(file, key, head, world.save()), catch: (cause) => cause })
    return head.seq
  }).pipe(Effect.scoped)
  const exit = await Effect.runPromiseExit(write)
  return exit._tag === "Success" ? { seq: exit.value } : { why: causeSaid(exit.cause) }
}
