import * as fs from "node:fs"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { codeOf } from "./driverError.ts"
import { LogOpenError } from "./EventLog.ts"
import { openFailure } from "./openFailure.ts"

/** The lock file of a log. It stays behind, empty: what counts is the lock on it, and a killed process loses that. */
export const lockFileOf = (logFile: string): string => `${logFile}.lock`

/**
 * Holds the lock of a log until the scope closes; the second writer is refused at once with reason `locked`.
 *
 * SQLite itself holds it (`BEGIN EXCLUSIVE` on the lock file). Nothing in this process may open and close that file in any
 * other way: closing any handle on a file drops the process's POSIX locks on it.
 */
export const takeLock = (logFile: string): Effect.Effect<void, LogOpenError, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.try({ try: () => hold(lockFileOf(logFile)), catch: (cause) => refusal(logFile, cause) }),
      (lock) => Effect.sync(() => lock.close()),
    ),
  )

/**
 * Why the lock of a log cannot be taken now, with reason `locked` where another writer has it; undefined: it could be. It is taken for a
 * moment where there is one, and nothing is written.
 */
export const lockRefusal = (logFile: string): LogOpenError | undefined => {
  const lockFile = lockFileOf(logFile)
  if (!fs.existsSync(lockFile)) return undefined
  try {
    hold(lockFile).close()
    return undefined
  } catch (cause) {
    return refusal(logFile, cause)
  }
}

const hold = (lockFile: string): Database.Database => {
  const lock = new Database(lockFile, { timeout: 0 })
  try {
    lock.pragma("journal_mode = MEMORY")
    lock.exec("BEGIN EXCLUSIVE")
    return lock
  } catch (cause) {
    lock.close()
    throw cause
  }
}

const refusal = (logFile: string, cause: unknown): LogOpenError => {
  const lockFile = lockFileOf(logFile)
  const code = codeOf(cause)
  if (code.startsWith("SQLITE_BUSY"))
    return new LogOpenError({
      reason: "locked",
      file: logFile,
      message: `${logFile} is in use by another ringback server (lock ${lockFile}); stop it or use another --db`,
    })
  if (code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT"))
    return new LogOpenError({
      reason: "unwritable",
      file: logFile,
      message: `${lockFile} is no lock file of ringback; move it away, or use another --db`,
    })
  return openFailure(logFile, cause)
}
