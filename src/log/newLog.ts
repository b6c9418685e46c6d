import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import { fileFailure } from "../core/fileFailure.ts"
import type { EventLog, LogOpenError, LogUnavailable } from "./EventLog.ts"
import { makeFolderOf, openHeld } from "./layerSqlite.ts"
import { takeLock } from "./lock.ts"
import { RecordingError } from "./recordingLines.ts"

/**
 * Makes a new log and fills it: it takes its name once it is whole, or there is none. Refuses a target that exists.
 *
 * The log has no keys file, so it can be verified and explored but not gone on with.
 */
export const newLog = <A, E>(
  logFile: string,
  fill: (log: typeof EventLog.Service) => Effect.Effect<A, E>,
): Effect.Effect<A, E | RecordingError | LogOpenError | LogUnavailable> =>
  Effect.scoped(
    Effect.gen(function* () {
      yield* refuseExisting(logFile)
      yield* makeFolderOf(logFile)
      yield* takeLock(logFile)
      yield* refuseExisting(logFile)
      const part = yield* Effect.acquireRelease(
        Effect.sync(() => removeLog(`${logFile}.importing`)),
        (made) => Effect.sync(() => removeLog(made)),
      )
      const filled = yield* Effect.scoped(Effect.flatMap(openHeld(part), fill))
      yield* Effect.try({
        try: () => {
          if (fs.existsSync(`${part}-wal`)) throw new Error("its write-ahead log could not be emptied")
          fs.renameSync(part, logFile)
        },
        catch: (cause) => cannotWrite(logFile, cause),
      })
      return filled
    }),
  )

const refuseExisting = (logFile: string): Effect.Effect<void, RecordingError> =>
  ["", "-wal", "-shm"].some((end) => fs.existsSync(logFile + end))
    ? Effect.fail(targetExists(logFile, `${logFile} exists already; name a log that does not`))
    : Effect.void

/** Removes what an interrupted making left, and says where the next one may work. */
const removeLog = (logFile: string): string => {
  for (const end of ["", "-wal", "-shm"]) fs.rmSync(logFile + end, { force: true })
  return logFile
}

export const targetExists = (file: string, message: string) =>
  new RecordingError({ reason: "target-exists", file, message })

export const cannotWrite = (file: string, cause: unknown): RecordingError =>
  new RecordingError({
    reason: "unwritable",
    file,
    message: fileFailure({ doing: "written", file }, cause),
  })
