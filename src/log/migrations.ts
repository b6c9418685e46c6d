import * as Migrator from "@effect/sql/Migrator"
import * as SqlClient from "@effect/sql/SqlClient"
import * as Effect from "effect/Effect"
import { applicationId } from "./format.ts"

/** The table in which the migrator keeps what it has run. */
export const migrationsTable = "ringback_migrations"

/** Brings a log's tables up to date. A migration that was released is never edited; a further one is added. */
export const migrate = Effect.suspend(() =>
  Migrator.make({})({ loader: Migrator.fromRecord(migrations), table: migrationsTable }),
)

const each = (statements: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (const statement of statements) yield* sql.unsafe(statement)
  })

/** Refuses what would change the past. The hash chain is what proves it was not; these stop accidents. */
const appendOnly = (table: string): ReadonlyArray<string> =>
  ["UPDATE", "DELETE"].map(
    (what) =>
      `CREATE TRIGGER ${table}_no_${what.toLowerCase()} BEFORE ${what} ON ${table}
       BEGIN SELECT RAISE(ABORT, 'the log is append-only: ${table} take no ${what}'); END`,
  )

/** A table of names; both conditions of the trigger also stop INSERT OR REPLACE, which deletes without a DELETE trigger. */
const namesTable = (table: string): ReadonlyArray<string> => [
  `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT`,
  `CREATE TRIGGER ${table}_in_order BEFORE INSERT ON ${table}
   WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM ${table}) OR EXISTS (SELECT 1 FROM ${table} WHERE name = NEW.name)
   BEGIN SELECT RAISE(ABORT, 'the log is append-only: ids of ${table} have no gaps and names are given once'); END`,
  ...appendOnly(table),
]

const migrations = {
  "1_log": each([
    `PRAGMA application_id = ${applicationId}`,
    "PRAGMA user_version = 1",
    ...namesTable("types"),
    ...namesTable("subjects"),
    `CREATE TABLE entries (
       seq INTEGER PRIMARY KEY,
       at INTEGER NOT NULL,
       cause INTEGER NOT NULL,
       kind INTEGER NOT NULL,
       type INTEGER NOT NULL,
       subject INTEGER NOT NULL,
       data TEXT NOT NULL,
       hash TEXT NOT NULL
     ) STRICT`,
    // An index of a rowid table ends with the rowid: this one is (subject, seq) without keeping seq twice.
    "CREATE INDEX entries_by_subject ON entries (subject)",
    `CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
     WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries)
     BEGIN SELECT RAISE(ABORT, 'the log is append-only: seq is not the next'); END`,
    ...appendOnly("entries"),
  ]),
}
