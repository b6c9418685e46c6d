import type { Database, Statement } from "better-sqlite3"
import type { Entry, EntryType } from "../core/Entry.ts"
import { iso } from "../core/Instant.ts"

/**
 * Tables of one part of Ringback, and what entries do to them.
 *
 * Everything that a later entry needs lies in the tables: so taking entries in any pieces, by any number of processes, gives the same.
 * What an entry does is total: one about something that is not there changes nothing.
 */
export interface Part {
  /** Tables, views excepted, by their names. */
  readonly tables: ReadonlyArray<string>
  /** Makes them, with their indexes. */
  readonly create: string
  /** Prepares the statements; gives what to do by the type of the entry. */
  readonly prepare: (db: Database) => ReadonlyArray<Change>
}

export interface Change {
  readonly type: string
  // biome-ignore lint/suspicious/noExplicitAny: the entry's data type is checked where `changes` pairs it with its type
  readonly run: (entry: Entry<any>) => void
}

/** Pairs a type of entry with what it does to tables. */
export const changes = <D>(type: EntryType<D>, run: (entry: Entry<D>) => void): Change => ({ type: type.type, run })

/** Texts, numbers and nothing, by the names of a statement's parameters. */
export type Values = Readonly<Record<string, string | number | null>>

/** Prepares a statement that changes something; it tells how many rows that were. */
export const statement = (db: Database, sql: string): ((values: Values) => number) => {
  const prepared: Statement<[Values]> = db.prepare(sql)
  return (values) => prepared.run(values).changes
}

/** An insert of one row by the names of its columns. */
export const insertInto = (db: Database, table: string, columns: ReadonlyArray<string>): ((values: Values) => number) =>
  statement(
    db,
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map((column) => `@${column}`).join(", ")})`,
  )

/** An instant as tables have it: ISO 8601 in UTC with milliseconds, which SQLite's date functions read. */
export const instant = (at: number): string => iso(at)

/** Pairs of texts as a JSON object; a name that comes several times has a list. */
export const jsonOfPairs = (pairs: ReadonlyArray<readonly [name: string, value: string]>): string => {
  const values = new Map<string, Array<string>>()
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value])
  return JSON.stringify(Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all])))
}
