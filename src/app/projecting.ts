import * as fs from "node:fs"
import { Worker } from "node:worker_threads"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"

/** How long a server that ends waits for its tables, in host time; the next start takes what is left. */
const lastPagesMax = Duration.seconds(5)

/**
 * Has a worker thread keep the tables of a log up to date while it is served (`DATABASE_URL`). The worker reads the log by itself, so the run
 * neither waits nor shares anything. What goes wrong is told once; the tables are made up to date at the next start, or by
 * `ringback project`.
 */
export const keepProjection = (log: string, out: string): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const script = new URL("./projection.worker.mjs", import.meta.url)
    if (log === ":memory:")
      return yield* Effect.logWarning(
        "DATABASE_URL: no tables are made of a log that is only in memory; give it a file",
      )
    if (!fs.existsSync(script))
      return yield* Effect.logWarning(
        "DATABASE_URL: no tables are kept up by a program that was not built; ringback project makes them",
      )
    const runFork = Runtime.runFork(yield* Effect.runtime<never>())
    const worker = new Worker(script, { workerData: { log, out } })
    worker.unref()
    const failed = (why: string) => runFork(Effect.logWarning(`DATABASE_URL: the tables are no longer kept up: ${why}`))
    worker.once("message", failed)
    worker.once("error", (error) => failed(error.message))
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()))
    yield* Effect.addFinalizer(() =>
      Effect.promise(() => {
        worker.ref()
        worker.postMessage("end")
        return ended
      }).pipe(Effect.timeoutOption(lastPagesMax), Effect.zipRight(Effect.promise(() => worker.terminate()))),
    )
    return undefined
  })
