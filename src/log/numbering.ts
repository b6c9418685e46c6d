import type Database from "better-sqlite3"
import type { NamesTable } from "./appender.ts"
import { fromStored, toStored } from "./storedName.ts"

/** Tells a name's number; a new one is given to `add` with its stored form. */
export type Numbering = (name: string, add: (id: number, stored: string) => void) => number

/**
 * Numbers names in the order they first appear.
 *
 * Knows every name of the log: the subjects' table has no index (docs/decisions/0006-names-without-index.md). They are read
 * at the first append. A failed transaction closes the writer, so a number that was rolled back is never asked for again.
 */
export const makeNumbering = (db: Database.Database, table: NamesTable): Numbering => {
  let known: Map<string, number> | undefined
  let newest = 0
  const load = (): Map<string, number> => {
    const numbers = new Map<string, number>()
    const stored = db.prepare<[], [number, string]>(`SELECT id, name FROM ${table} ORDER BY id`).raw()
    for (const [id, name] of stored.iterate()) {
      numbers.set(fromStored(name), id)
      newest = id
    }
    return numbers
  }
  return (name, add) => {
    known ??= load()
    const id = known.get(name)
    if (id !== undefined) return id
    newest += 1
    add(newest, toStored(name))
    known.set(name, newest)
    return newest
  }
}
