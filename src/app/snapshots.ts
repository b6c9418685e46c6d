import type { ChildProcess } from "node:child_process"
import * as fs from "node:fs"
import { fileURLToPath } from "node:url"
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

/**
 * Nothing is going on after so many looks, so many host ms apart, between which nothing was committed. Not one look alone: after a host
 * that slept, or a process that was stopped, the next one comes at once, and what was asked meanwhile with it.
 */
const quietLooks = 10
const quietLookMs = 100

/** What a snapshot is made of and known by. */
export interface SnapshotOrder {
  readonly file: string
  readonly key: SnapshotKey
}

/**
 * V8 in the process that writes snapshots: one thread, so that all it does is of its low priority, and a small young generation, because
 * hardly anything that it folds dies there.
 */
const snapshotFlags = ["--single-threaded", `--max-semi-space-size=${Math.floor(limits.threadYoungMb / 3)}`]

/**
 * Has another process write a snapshot whenever enough has happened since the last: 100,000 entries, and an eighth of the log; twice as
 * much while requests keep coming. It reads the log by itself; the run neither waits nor shares anything. What goes wrong is told once
 * and costs nothing but a longer start.
 *
 * A process and not a thread: V8's helpers are of the server's priority whichever thread they help, and a thread of low priority that is
 * put aside with a lock of the address space in its hands keeps all others waiting (docs/performance.md).
 */
export const keepSnapshots = (run: Run, logFile: string): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const worker = new URL("./snapshot.worker.mjs", import.meta.url)
    const known = key
    if (known === undefined || !fs.existsSync(worker)) return
    const runtime = Runtime.runFork(yield* Effect.runtime<never>())
    const scope = yield* Effect.scope
    const fork = (effect: Effect.Effect<void>) => runtime(effect, { scope })
    let last = run.snapshotSeq
    let begun = false
    let running: ChildProcess | undefined
    /** No more are written. */
    let ended = false
    let waiting = false
    const fail = (why: string) => {
      if (!ended) fork(Effect.logWarning(`no snapshot could be written: ${why}`))
      ended = true
    }
    const look = (quiet: boolean): void => {
      const { seq } = run.engine.head
      if (begun || ended || !isSnapshotDue(seq, last, true)) return
      if (isSnapshotDue(seq, last, quiet)) begin()
      else if (!waiting) fork(whenQuiet)
    }
    const whenQuiet = Effect.gen(function* () {
      waiting = true
      for (let seen = run.engine.head.seq, alike = 0; alike < quietLooks; seen = run.engine.head.seq) {
        yield* Effect.sleep(quietLookMs)
        alike = seen === run.engine.head.seq ? alike + 1 : 0
      }
      waiting = false
      look(true)
    })
    const written = (told: Told) => {
      begun = false
      if ("seq" in told) last = told.seq
      else fail(told.why)
      look(false)
    }
    const begin = () => {
      begun = true
      fork(
        Effect.promise(async () => {
          const { fork } = await import("node:child_process")
          running = ended ? undefined : startWriting(fork, worker, { file: logFile, key: known }, written)
        }),
      )
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
          await end(running)
        }),
    )
  })

/** What came of it: the entry that the snapshot is of, or why there is none. */
export type Told = { readonly seq: number } | { readonly why: string }

/** Starts the process. Once it is over, `written` is told what it said last; it never keeps this process up. */
const startWriting = (
  fork: typeof import("node:child_process").fork,
  worker: URL,
  order: SnapshotOrder,
  written: (told: Told) => void,
): ChildProcess => {
  const child = fork(fileURLToPath(worker), {
    execArgv: [...process.execArgv, ...snapshotFlags],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  })
  child.unref()
  child.channel?.unref()
  let told: Told | undefined
  child.once("message", (said) => {
    told = said as Told
  })
  child.once("error", ({ message }) => {
    // One that has started ends as well, and is told of then.
    if (child.pid === undefined) written({ why: message })
  })
  child.once("exit", (code, signal) => written(told ?? { why: `its process ended with ${code ?? signal}` }))
  // Whoever is gone already does not hear it, and its end is told.
  child.send(order, () => {})
  return child
}

const end = async (child: ChildProcess | undefined): Promise<void> => {
  if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const over = new Promise((resolve) => child.once("exit", resolve))
  child.ref()
  child.kill()
  await over
}
