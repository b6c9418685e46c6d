import type Database from "better-sqlite3"
import { applicationId } from "./format.ts"

/** The table in which is kept what was run; its shape is that of @effect/sql's migrator, which made it in older logs. */
export const migrationsTable = "ringback_migrations"

/**
 * Brings a log's tables up to date, in one transaction: a start of a new log waits for it. A migration that was released is never
 * edited; a further one is added. Throws the driver's error.
 */
export const migrate = (db: Database.Database): void => {
  if (newestOf(db) >= migrations.length) return
  db.transaction(() => {
    db.exec(`CREATE TABLE IF NOT EXISTS ${migrationsTable} (
  migration_id integer PRIMARY KEY NOT NULL,
  created_at datetime NOT NULL DEFAULT current_timestamp,
  name VARCHAR(255) NOT NULL
)`)
    const newest = newestOf(db)
    const keep = db.prepare(`INSERT INTO ${migrationsTable} (migration_id, name) VALUES (?, ?)`)
    for (const [i, { name, statements }] of migrations.entries())
      if (i >= newest) {
        db.exec(statements.join(";\n"))
        keep.run(i + 1, name)
      }
  }).immediate()
}

/** The number of the newest migration that was run, from 1; 0 where none was. */
const newestOf = (db: Database.Database): number =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(migrationsTable) === undefined
    ? 0
    : (db.prepare(`SELECT coalesce(max(migration_id), 0) FROM ${migrationsTable}`).pluck().get() as number)

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

const migrations: ReadonlyArray<{ readonly name: string; readonly statements: ReadonlyArray<string> }> = [
  {
    name: "log",
    statements: [
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
    ],
  },
  // Subjects' names come in no order, so each new one dirtied a page of its own in their index. The writer, which is the
  // only one, knows them all and sees to it that none comes twice (docs/decisions/0006-names-without-index.md).
  {
    name: "names_without_index",
    statements: [
      "CREATE TABLE subjects_now (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT",
      "INSERT INTO subjects_now (id, name) SELECT id, name FROM subjects ORDER BY id",
      "DROP TABLE subjects",
      "ALTER TABLE subjects_now RENAME TO subjects",
      ...namesTriggers("subjects"),
    ],
  },
]
