import * as fs from "node:fs"
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { limits } from "../core/limits.ts"
import { flagsNow, type Run } from "../engine/Run.ts"
import { readSnapshot, type Snapshot, type SnapshotKey } from "../engine/snapshot.ts"
import { buildHash } from "./version.ts"

/** What snapshots of this build are known by; run from source there are none, because nothing says which rules it is. */
const key: SnapshotKey | undefined = buildHash === undefined ? undefined : { rules: buildHash, flags: flagsNow }

/** How a run reads the snapshot beside its log; undefined where there can be none. */
export const snapshotOf = (logFile: string): (() => Either.Either<Snapshot, string>) | undefined => {
  const known = key
  return known === undefined ? undefined : () => readSnapshot(logFile, known)
}

/** How many entries come after the snapshot of a log that ends at `seq` before the next one is written. */
export const tailEntriesMax = (seq: number): number =>
  Math.max(limits.snapshotEntriesMin, Math.floor(seq / limits.snapshotShare))

/**
 * Has a worker thread write a snapshot whenever enough has happened since the last: 100,000 entries, and an eighth of the log.
 * The worker reads the log by itself; the run neither waits nor shares anything. What goes wrong is told once and costs
 * nothing but a longer start.
 */
export const keepSnapshots = (run: Run, logFile: string): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const worker = new URL("./snapshot.worker.mjs", import.meta.url)
    if (key === undefined || !fs.existsSync(worker)) return
    const runFork = Runtime.runFork(yield* Effect.runtime<never>())
    let last = run.snapshotSeq
    let running: Worker | undefined
    let failed = false
    const look = () => {
      const { seq } = run.engine.head
      if (running !== undefined || failed || seq - last < tailEntriesMax(seq)) return
      running = new Worker(worker, { workerData: { file: logFile, key } })
      running.unref()
      running.once("message", (told: number | string) => {
        failed = typeof told === "string"
        if (typeof told === "string") runFork(Effect.logWarning(`no snapshot could be written: ${told}`))
        else last = told
      })
      running.once("error", (error) => {
        failed = true
        runFork(Effect.logWarning(`no snapshot could be written: ${error.message}`))
      })
      running.once("exit", () => {
        running = undefined
      })
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        look()
        return run.engine.onCommitted(look)
      }),
      (remove) =>
        Effect.promise(async () => {
          remove()
          await running?.terminate()
        }),
    )
  })
