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

/**
 * Refuses a row that is not the next; so INSERT OR REPLACE, which deletes without a DELETE trigger, is refused too.
 * ROLLBACK and not ABORT: a trigger that may abort makes SQLite keep a journal for each single INSERT, a tenth of its cost.
 */
const inOrder = (table: string, key: string): string =>
  `CREATE TRIGGER ${table}_in_order BEFORE INSERT ON ${table}
   WHEN NEW.${key} IS NOT (SELECT coalesce(max(${key}), 0) + 1 FROM ${table})
   BEGIN SELECT RAISE(ROLLBACK, 'the log is append-only: ${key} is not the next in ${table}'); END`

const namesTable = (table: string): ReadonlyArray<string> => [
  `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT`,
  ...namesTriggers(table),
]

const namesTriggers = (table: string): ReadonlyArray<string> => [inOrder(table, "id"), ...appendOnly(table)]

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
    inOrder("entries", "seq"),
    ...appendOnly("entries"),
  ]),
  // Subjects' names come in no order, so each new one dirtied a page of its own in their index. The writer, which is the
  // only one, knows them all and sees to it that none comes twice (docs/decisions/0006-names-without-index.md).
  "2_names_without_index": each([
    "CREATE TABLE subjects_now (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT",
    "INSERT INTO subjects_now (id, name) SELECT id, name FROM subjects ORDER BY id",
    "DROP TABLE subjects",
    "ALTER TABLE subjects_now RENAME TO subjects",
    ...namesTriggers("subjects"),
  ]),
}
