import * as path from "node:path"
import { LogOpenError } from "./EventLog.ts"

/** What a driver's or file system's error at opening means for the user. */
export const openFailure = (file: string, cause: unknown): LogOpenError => {
  if (cause instanceof LogOpenError) return cause
  const code = codeOf(cause)
  const said = cause instanceof Error ? cause.message : String(cause)
  if (code === "SQLITE_NOTADB")
    return new LogOpenError({
      reason: "not-a-log",
      file,
      message: `${file} is no ringback log: ${said}; use another --db`,
    })
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_IOERR_SHORT_READ") return corrupt(file, said)
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"))
    return new LogOpenError({
      reason: "locked",
      file,
      message: `${file} is being written by another program (${said}); stop it or use another --db`,
    })
  if (code === "ENOENT")
    return new LogOpenError({ reason: "missing", file, message: `there is no log at ${file}; check the path` })
  const folder = path.dirname(file)
  return new LogOpenError({
    reason: "unwritable",
    file,
    message: `cannot open ${file}: ${said} (${code}); check that folder ${folder} and its files can be read and written, and that the disk is not full`,
  })
}

/** A log that was damaged: `what` says how it shows. */
export const corrupt = (file: string, what: string): LogOpenError =>
  new LogOpenError({
    reason: "corrupt",
    file,
    message: `${file} is damaged: ${what}; restore a copy of it, or use another --db to start a new log`,
  })

/** The code of an error of SQLite (`SQLITE_…`) or the file system (`E…`); `unknown` if it has none. */
export const codeOf = (cause: unknown): string =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : "unknown"
