import * as fs from "node:fs"
import * as path from "node:path"
import { codeOf } from "./driverError.ts"
import { LogOpenError } from "./EventLog.ts"

/** What a driver's or file system's error at opening means for the user. */
export const openFailure = (file: string, cause: unknown): LogOpenError => {
  if (cause instanceof LogOpenError) return cause
  const code = codeOf(cause)
  const said = cause instanceof Error ? cause.message : String(cause)
  if (isFolder(file))
    return new LogOpenError({ reason: "unwritable", file, message: `${file} is a folder; name a file in it` })
  if (code === "SQLITE_NOTADB")
    return new LogOpenError({
      reason: "not-a-log",
      file,
      message: beginsLikeRecording(file)
        ? `${file} is no ringback log, though it may be a recording; ringback import makes a log of one`
        : `${file} is no ringback log: ${said}; name another file`,
    })
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_IOERR_SHORT_READ") return corrupt(file, said)
  if (code.startsWith("SQLITE_BUSY") || code.startsWith("SQLITE_LOCKED"))
    return new LogOpenError({
      reason: "locked",
      file,
      message: `${file} is being written by another program (${said}); stop it, or name another file`,
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

/** What cannot even be looked at is none that anybody knows of: why it cannot is what is told then. */
const isFolder = (file: string): boolean => {
  try {
    return fs.statSync(file, { throwIfNoEntry: false })?.isDirectory() === true
  } catch {
    return false
  }
}

/** Whether a file that is no SQLite file begins as a recording does. */
export const beginsLikeRecording = (file: string): boolean => {
  if (fs.existsSync(`${file}-shm`)) return false
  const fd = fs.openSync(file, "r")
  try {
    const first = Buffer.alloc(1)
    return fs.readSync(fd, first, 0, 1, 0) === 1 && first.toString() === "{"
  } finally {
    fs.closeSync(fd)
  }
}

/** A log that was damaged: `what` says how it shows. */
export const corrupt = (file: string, what: string): LogOpenError =>
  new LogOpenError({
    reason: "corrupt",
    file,
    message: `${file} is damaged: ${what}; restore a copy of it, or begin a new log in another file`,
  })
