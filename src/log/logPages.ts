import Database from "better-sqlite3"
import type { Row } from "../core/Entry.ts"
import { toStored } from "./storedName.ts"
import { asInteger, asName, asStored, mayHideBytes, rowOfColumns } from "./storedRow.ts"

/** Rows that one query brings into memory: with the largest entries 50 MiB. */
export const pageEntries = 200

/**
 * Rows of a page of `LogPages`, and characters of data after which no further query is made for it. Whoever takes a page
 * has work for each: a message between threads, a step of a stream (docs/performance.md).
 */
const rowsTogether = 1_000
const dataTogether = 2 ** 20

/** Rows of a log one page after another, each read when it is asked for. */
export interface LogPages {
  /** The seq the log ended with when it was opened; nothing behind it is read. */
  readonly entriesAbout: number
  /** The next rows; undefined when there are no more. Throws the driver's error, once the rows before it were given. */
  readonly next: () => ReadonlyArray<Row> | undefined
  readonly close: () => void
}

/**
 * Opens a log to read it from its first row to its end now, as fast as one connection can: plain calls, names by their
 * numbers. Changes nothing and takes no lock; no transaction is held longer than a page. Throws the driver's error.
 *
 * What an altered file holds comes back as `LogReader` says.
 */
export const openLogPages = (place: string): LogPages => {
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
  let last = 0
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
        for (let data = 0; rows.length < rowsTogether && data < dataTogether; ) {
          const some = page.all(last, end, pageEntries)
          if (some.length === 0) break
          for (const stored of some) {
            const row = toRow(stored)
            rows.push(row)
            data += row.data.length
          }
        }
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

/** Tells the names of numbers. An entry's name is there before the entry is, so one that was found stays as it is. */
const makeNames = (db: Database.Database, table: "types" | "subjects") => {
  const find = db.prepare<[unknown], unknown>(`SELECT name FROM ${table} WHERE id = ?`).pluck()
  const bytes = db.prepare<[unknown], unknown>(`SELECT CAST(name AS BLOB) FROM ${table} WHERE id = ?`).pluck()
  const known = new Map<unknown, string>()
  const read = (id: unknown): string => {
    const name = asName(find.get(id), id)
    return mayHideBytes(name) ? asStored(bytes.get(id), toStored(name), name) : name
  }
  return (id: unknown): string => {
    const found = known.get(id)
    if (found !== undefined) return found
    const name = read(id)
    if (known.size >= namesMax) known.clear()
    known.set(id, name)
    return name
  }
}
