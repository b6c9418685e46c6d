import Database from "better-sqlite3"
import type { Row } from "../core/Entry.ts"
import { toStored } from "./storedName.ts"
import { asInteger, asName, asStored, mayHideBytes, rowOfColumns } from "./storedRow.ts"

/**
 * Rows of a page: with the largest entries 50 MiB. Its text goes to another thread, and with ordinary entries V8 keeps it among the small
 * objects, which die young; a large one would stay until the whole heap is collected (docs/performance.md).
 */
export const pageEntries = 200

/** Rows of a log one page after another, each read when it is asked for. */
export interface LogPages {
  /** The seq the log ended with when it was opened; nothing behind it is read. */
  readonly entriesAbout: number
  /** The next rows; undefined when there are no more. Throws the driver's error, once the rows before it were given. */
  readonly next: () => ReadonlyArray<Row> | undefined
  readonly close: () => void
}

/**
 * Opens a log to read it from the row behind `after` to its end now, as fast as one connection can: plain calls, names by their
 * numbers. Changes nothing and takes no lock; no transaction is held longer than a page. Throws the driver's error.
 *
 * What an altered file holds comes back as `LogReader` says.
 */
export const openLogPages = (place: string, after = 0): LogPages => {
  const db = new Database(place, { readonly: true, fileMustExist: true })
  for (const pragma of ["trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"]) db.pragma(pragma)
  const page = db
    .prepare<[number, number, number], ReadonlyArray<unknown>>(
      `SELECT seq, at, cause, kind, type, subject, data, hash FROM entries WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?`,
    )
    .raw()
  const dataBytes = db.prepare<[number], unknown>("SELECT CAST(data AS BLOB) FROM entries WHERE seq = ?").pluck()
  const typeOf = makeNames(db, "types")
  const subjectOf = makeNames(db, "subjects")
  const end = asInteger(db.prepare("SELECT seq FROM entries ORDER BY seq DESC LIMIT 1").pluck().get() ?? 0)
  let last = after
  let failed: { readonly cause: unknown } | undefined

  const toRow = (stored: ReadonlyArray<unknown>): Row => {
    const [type, subject] = [typeOf(stored[4]), subjectOf(stored[5])]
    const row = rowOfColumns(stored[0], stored[1], stored[2], stored[3], type, subject, stored[6], stored[7])
    if (!(row.seq > last)) throw new Error(`entries out of order after ${last}`)
    last = row.seq
    return mayHideBytes(row.data) ? { ...row, data: asStored(dataBytes.get(row.seq), row.data, row.data) } : row
  }

  return {
    entriesAbout: end,
    next: () => {
      const rows: Array<Row> = []
      try {
        if (failed !== undefined) throw failed.cause
        for (const stored of page.all(last, end, pageEntries)) rows.push(toRow(stored))
      } catch (cause) {
        if (rows.length === 0) throw cause
        failed = { cause } // What came before it may hold an earlier fault.
      }
      return rows.length === 0 ? undefined : rows
    },
    close: () => db.close(),
  }
}

/** Names kept in memory: about 10 MB of subjects. */
const namesMax = 100_000

/** Names read at once: most entries come with the next number that none before them had. */
const namesTogether = 200

/** Tells the names of numbers. An entry's name is there before the entry is, so one that was found stays as it is. */
const makeNames = (db: Database.Database, table: "types" | "subjects") => {
  const find = db.prepare<[unknown], unknown>(`SELECT name FROM ${table} WHERE id = ?`).pluck()
  const bytes = db.prepare<[unknown], unknown>(`SELECT CAST(name AS BLOB) FROM ${table} WHERE id = ?`).pluck()
  const some = db
    .prepare<[unknown, number], ReadonlyArray<unknown>>(
      `SELECT id, name FROM ${table} WHERE id >= ? ORDER BY id LIMIT ?`,
    )
    .raw()
  const known = new Map<unknown, string>()
  const nameOf = (id: unknown, stored: unknown): string => {
    const name = asName(stored, id)
    return mayHideBytes(name) ? asStored(bytes.get(id), toStored(name), name) : name
  }
  const readSome = (id: unknown): void => {
    if (known.size + namesTogether > namesMax) known.clear()
    try {
      for (const [each, stored] of some.all(id, namesTogether)) known.set(each, nameOf(each, stored))
    } catch {
      // A name behind this one cannot be read: that is told when an entry has it.
    }
  }
  return (id: unknown): string => {
    const found = known.get(id)
    if (found !== undefined) return found
    readSome(id)
    return known.get(id) ?? nameOf(id, find.get(id))
  }
}
