import * as fs from "node:fs"
import type Database from "better-sqlite3"
import { LogOpenError } from "./EventLog.ts"
import { applicationId, logFormat, newerFormatLine } from "./format.ts"
import { migrationsTable } from "./migrations.ts"
import { corrupt } from "./openFailure.ts"

const tables = ["entries", "subjects", "types"]

/**
 * Tells what a SQLite file is before anything is written to it: `nothing` yet, or a `log` of a format we know.
 *
 * Reads the file's header and its schema and no more, so it takes the same time at any size. Throws `LogOpenError` for a
 * file that is something else, newer or damaged, and the driver's error for one that cannot be read.
 */
export const inspect = (file: string, db: Database.Database): "nothing" | "log" => {
  const schema = db.prepare("SELECT type, name, tbl_name FROM sqlite_schema ORDER BY name").all() as ReadonlyArray<{
    readonly type: string
    readonly name: string
    readonly tbl_name: string
  }>
  const names = schema.filter(({ type }) => type === "table").map(({ name }) => name)
  const owner = db.pragma("application_id", { simple: true })
  if (owner !== applicationId) {
    if (owner === 0 && schema.every(({ tbl_name }) => tbl_name === migrationsTable)) return "nothing"
    throw new LogOpenError({
      reason: "not-a-log",
      file,
      message: `${file} is no ringback log: it is a SQLite database of another program; name another file`,
    })
  }
  const format = Number(db.pragma("user_version", { simple: true }))
  if (format > logFormat)
    throw new LogOpenError({ reason: "newer-format", file, message: newerFormatLine(file, format) })
  for (const table of tables) if (!names.includes(table)) throw corrupt(file, `it has no table ${table}`)
  return "log"
}

/** Refuses a file that was cut off inside a page. SQLite itself sees a file that lacks whole pages, not this. */
export const refuseCutOff = (place: string, file: string, db: Database.Database): void => {
  const bytes = fs.statSync(place).size
  const pageBytes = Number(db.pragma("page_size", { simple: true }))
  if (bytes % pageBytes !== 0) throw corrupt(file, `its ${bytes} bytes are no whole number of ${pageBytes}-byte pages`)
}
