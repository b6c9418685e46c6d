import { parentPort, workerData } from "node:worker_threads"
import * as Effect from "effect/Effect"
import { openReader } from "../log/reader.ts"
import { openProjection } from "../projection/ProjectionFile.ts"
import { followUntil } from "../projection/project.ts"
import { yieldToCallers } from "./background.ts"
import { causeSaid } from "./causeSaid.ts"

/* Keeps the tables of a log that a server writes up to date, until it is told to end; then it takes what is left, and ends. */

const { log, out } = workerData as { readonly log: string; readonly out: string }

yieldToCallers()

const told = Effect.async<void>((resume) => void parentPort?.once("message", () => resume(Effect.void)))

const keepUp = Effect.gen(function* () {
  const reader = yield* openReader(log)
  const projection = yield* openProjection(out, { reader, name: log })
  yield* followUntil(reader, projection, told)
}).pipe(Effect.scoped, Effect.matchCause({ onFailure: causeSaid, onSuccess: () => undefined }))

const why = await Effect.runPromise(keepUp)
if (why !== undefined) parentPort?.postMessage(why)
parentPort?.close()
