import * as os from "node:os"
import { parentPort, workerData } from "node:worker_threads"
import * as Effect from "effect/Effect"
import { worldOfLog } from "../engine/fold.ts"
import { readSnapshot, type SnapshotKey, writeSnapshot } from "../engine/snapshot.ts"
import { openReader } from "../log/reader.ts"
import { machines } from "./machines.ts"
import { buildHash } from "./version.ts"

/* Folds a log of a running server up to its end now, beginning at the snapshot there is, and writes the next one. */

const { file, key } = workerData as { readonly file: string; readonly key: SnapshotKey }

// On Linux this is this thread's priority alone, elsewhere it would be the server's: folding may wait, callers may not.
if (process.platform === "linux") os.setPriority(os.constants.priority.PRIORITY_LOW)

const write = Effect.gen(function* () {
  // The server was built anew while it ran: these rules are not those the key names.
  if (key.rules !== buildHash) return yield* Effect.fail(new Error("another build has taken this one's place"))
  const log = yield* openReader(file)
  const head = yield* log.head
  const { world } = yield* worldOfLog({ log, machines, snapshot: () => readSnapshot(file, key), upTo: head.seq })
  yield* Effect.try(() => writeSnapshot(file, key, head, world.save()))
  return head.seq
}).pipe(Effect.scoped)

const exit = await Effect.runPromiseExit(write)
parentPort?.postMessage(exit._tag === "Success" ? exit.value : String(exit.cause))
