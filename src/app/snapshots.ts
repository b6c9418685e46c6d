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
 * Whether a log that ends at `seq` is to get a snapshot after the one of `last`: where nothing is going on, once enough has come;
 * else once twice as much has, for it takes a processor from what is going on.
 */
export const isSnapshotDue = (seq: number, last: number, quiet: boolean): boolean =>
  seq - last >= tailEntriesMax(seq) * (quiet ? 1 : 2)

/** Host ms without a commit after which nothing is going on. */
const quietMs = 1_000

/**
 * Has a worker thread write a snapshot whenever enough has happened since the last: 100,000 entries, and an eighth of the log; twice as
 * much while requests keep coming. The worker reads the log by itself; the run neither waits nor shares anything. What goes wrong is
 * told once and costs nothing but a longer start.
 */
export const keepSnapshots = (run: Run, logFile: string): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const worker = new URL("./snapshot.worker.mjs", import.meta.url)
    if (key === undefined || !fs.existsSync(worker)) return
    const runtime = Runtime.runFork(yield* Effect.runtime<never>())
    const scope = yield* Effect.scope
    const fork = (effect: Effect.Effect<void>) => runtime(effect, { scope })
    let last = run.snapshotSeq
    let running: Worker | undefined
    /** No more are written. */
    let ended = false
    let waiting = false
    const fail = (why: string) => {
      ended = true
      fork(Effect.logWarning(`no snapshot could be written: ${why}`))
    }
    const look = (quiet: boolean): void => {
      const { seq } = run.engine.head
      if (running !== undefined || ended || !isSnapshotDue(seq, last, true)) return
      if (isSnapshotDue(seq, last, quiet)) begin()
      else if (!waiting) fork(whenQuiet)
    }
    const whenQuiet = Effect.gen(function* () {
      waiting = true
      for (let seen = -1; seen !== run.engine.head.seq; ) {
        seen = run.engine.head.seq
        yield* Effect.sleep(quietMs)
      }
      waiting = false
      look(true)
    })
    const begin = () => {
      running = new Worker(worker, {
        workerData: { file: logFile, key },
        resourceLimits: { maxYoungGenerationSizeMb: limits.threadYoungMb },
      })
      running.unref()
      running.once("message", (told: number | string) => {
        if (typeof told === "string") fail(told)
        else last = told
      })
      running.once("error", (error) => fail(error.message))
      running.once("exit", () => {
        running = undefined
        look(false)
      })
    }
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        look(true)
        return run.engine.onCommitted(() => look(false))
      }),
      (remove) =>
        Effect.promise(async () => {
          remove()
          ended = true
          await running?.terminate()
        }),
    )
  })
