import * as fs from "node:fs"
import * as path from "node:path"
import Database from "better-sqlite3"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { decode, type Entry, genesis, type Row } from "../core/Entry.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"
import { makeFolders } from "../log/folders.ts"
import type { Change } from "./Part.ts"
import { parts, projectionFormat, tables } from "./parts.ts"

/** Tables cannot be made of a log; the message is one plain line that says what is wrong and what helps. */
export class ProjectionError extends Data.TaggedError("ProjectionError")<{ readonly message: string }> {}

/** How far a projection has come: the newest entry that is in it, and its hash. Of an empty one: 0 and the genesis hash. */
export interface Position {
  readonly seq: number
  readonly hash: string
}

/** "RNGP": marks a SQLite file as a projection (`PRAGMA application_id`; `PRAGMA user_version` is `projectionFormat`). */
const applicationId = 0x524e4750

/** Host ms a transaction waits for readers' and other programs' locks. */
const lockMsMax = 10_000

const positionTable = `
  CREATE TABLE ringback_projection (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  INSERT INTO ringback_projection (id, seq, hash) VALUES (1, 0, '${genesis}');`

/**
 * A SQLite file with the tables that entries of one log make. Each piece of the log is taken in one transaction together with the
 * position, so one that is killed goes on where it was. Plain calls over one connection, synchronous: a statement costs microseconds.
 */
export class ProjectionFile {
  readonly file: string
  /** Whether the tables were made now: there were none, or those of another version. */
  readonly fresh: boolean
  readonly #db: Database.Database
  readonly #changes = new Map<string, Array<Change>>()
  readonly #take: (rows: ReadonlyArray<Row>) => void
  #position: Position

  /** Takes over a connection to a file that is a projection, or empty. */
  constructor(db: Database.Database, file: string) {
    this.file = file
    this.#db = db
    db.pragma("journal_mode = WAL")
    db.pragma("synchronous = NORMAL")
    this.fresh = db.pragma("user_version", { simple: true }) !== projectionFormat
    if (this.fresh) makeTables(db)
    for (const change of parts.flatMap((part) => part.prepare(db))) {
      const known = this.#changes.get(change.type)
      if (known === undefined) this.#changes.set(change.type, [change])
      else known.push(change)
    }
    const read = db.prepare<[], Position>("SELECT seq, hash FROM ringback_projection")
    const move = db.prepare("UPDATE ringback_projection SET seq = ?, hash = ?")
    this.#position = read.get() as Position
    this.#take = db.transaction((rows: ReadonlyArray<Row>) => {
      const there = read.get() as Position
      if (there.seq !== this.#position.seq || there.hash !== this.#position.hash)
        throw new ProjectionError({
          message: `${file} was changed by another process while this one was at entry ${this.#position.seq}; let only one of them project into it`,
        })
      for (const row of rows) this.#project(row)
      const last = rows.at(-1) as Row
      move.run(last.seq, last.hash)
    }).immediate
  }

  get position(): Position {
    return this.#position
  }

  /** Takes the rows that follow the position, in one transaction: all of them or, where it throws a `ProjectionError`, none. */
  take(rows: ReadonlyArray<Row>): void {
    const last = rows.at(-1)
    if (last === undefined) return
    try {
      this.#take(rows)
    } catch (cause) {
      throw cause instanceof ProjectionError
        ? cause
        : new ProjectionError({ message: `writing ${this.file}: ${said(cause)}` })
    }
    this.#position = { seq: last.seq, hash: last.hash }
  }

  /** Rows that each table has, by its name. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      tables.map((table) => [table, this.#db.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number]),
    )
  }

  /** The rows of a table in the order in which they were made, one after the other. */
  rows(table: string): Iterable<Readonly<Record<string, unknown>>> {
    return this.#db.prepare(`SELECT rowid, * FROM ${table} ORDER BY rowid`).iterate() as Iterable<
      Record<string, unknown>
    >
  }

  #project(row: Row): void {
    let entry: Entry | undefined
    try {
      for (const { holds, run } of this.#changes.get(row.type) ?? noChanges) {
        if (holds !== "" && !row.data.includes(holds)) continue
        entry ??= decode(row)
        run(entry)
      }
    } catch (cause) {
      throw new ProjectionError({
        message: `entry ${row.seq} (${row.type}) cannot be projected: ${said(cause)}; run ringback verify on the log`,
      })
    }
  }
}

const noChanges: ReadonlyArray<Change> = []

const said = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** Makes the tables; those of another version go first, in any order: nobody looks at what they refer to any more. */
const makeTables = (db: Database.Database): void => {
  const held = db.pragma("foreign_keys", { simple: true })
  db.pragma("foreign_keys = OFF") // It has no effect inside of a transaction.
  db.transaction(() => tablesAnew(db)).immediate()
  db.pragma(`foreign_keys = ${held}`)
}

const tablesAnew = (db: Database.Database): void => {
  const old = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")
    .pluck()
    .all() as ReadonlyArray<string>
  for (const name of old) db.exec(`DROP TABLE "${name.replaceAll('"', '""')}"`)
  db.exec(positionTable)
  for (const { create } of parts) db.exec(create)
  db.pragma(`application_id = ${applicationId}`)
  db.pragma(`user_version = ${projectionFormat}`)
}

/** The log that a projection is to be of, and what it is called. */
export interface ProjectedLog {
  readonly reader: Pick<LogReader, "read">
  readonly name: string
}

/**
 * Opens a projection, or makes a new one with its folder; closes it with the scope. A file that is something else, or that has entries of
 * another log than the one that is named, is left as it is and refused. Without a name it is a temporary file, and `:memory:` is one in
 * memory.
 */
export const openProjection = (
  file: string,
  of?: ProjectedLog,
): Effect.Effect<ProjectionFile, LogUnavailable | ProjectionError, Scope.Scope> =>
  Effect.gen(function* () {
    const db = yield* Effect.acquireRelease(
      Effect.try({ try: () => open(file), catch: (cause) => unopenable(file, cause) }),
      (opened) => Effect.sync(() => opened.close()),
    )
    // Before tables of another version go.
    const position = yield* Effect.try({ try: () => positionIn(db, file), catch: (cause) => unopenable(file, cause) })
    if (of !== undefined) yield* refuseOtherLog(of, file, position)
    return yield* Effect.try({ try: () => new ProjectionFile(db, file), catch: (cause) => unopenable(file, cause) })
  })

/** How far a file has come, whatever version its tables are of. */
const positionIn = (db: Database.Database, file: string): Position => {
  const isEmpty = db.prepare("SELECT 1 FROM sqlite_schema").get() === undefined
  const found = isEmpty ? { seq: 0, hash: genesis } : savedPosition(db)
  if (found !== undefined) return found
  throw new ProjectionError({
    message: `${file} does not say which entries of which log its tables have; name another file, or remove it`,
  })
}

const savedPosition = (db: Database.Database): Position | undefined => {
  const columns = db.prepare("SELECT name FROM pragma_table_info('ringback_projection')").pluck().all()
  return columns.includes("seq") && columns.includes("hash")
    ? db.prepare<[], Position>("SELECT seq, hash FROM ringback_projection").get()
    : undefined
}

const unopenable = (file: string, cause: unknown): ProjectionError =>
  cause instanceof ProjectionError
    ? cause
    : new ProjectionError({
        message: fs.statSync(file, { throwIfNoEntry: false })?.isDirectory()
          ? `${file} is a folder; name a file`
          : `cannot open ${file}: ${said(cause)}; name another file`,
      })

const open = (file: string): Database.Database => {
  const named = file !== ":memory:" && file !== ""
  if (named) makeFolders(path.dirname(path.resolve(file)))
  const isNew = !named || !fs.existsSync(file) || fs.statSync(file).size === 0
  const db = new Database(file, { timeout: lockMsMax })
  try {
    const owner = isNew ? applicationId : db.pragma("application_id", { simple: true })
    if (owner === applicationId) return db
    throw new ProjectionError({ message: `${file} is a SQLite file of something else; name another file` })
  } catch (cause) {
    db.close()
    throw cause instanceof ProjectionError || !(cause instanceof Database.SqliteError && cause.code === "SQLITE_NOTADB")
      ? cause
      : new ProjectionError({ message: `${file} is no SQLite file; name another file` })
  }
}

/** Refuses a log that is not the one whose entries a file has. */
const refuseOtherLog = (
  { name, reader }: ProjectedLog,
  file: string,
  { hash, seq }: Position,
): Effect.Effect<void, LogUnavailable | ProjectionError> =>
  seq === 0
    ? Effect.void
    : Effect.flatMap(reader.read(seq - 1, 1), ([row]) =>
        row?.seq === seq && row.hash === hash
          ? Effect.void
          : new ProjectionError({
              message:
                `${file} has the first ${seq} entries of another log than ${name}, ` +
                `${row?.seq === seq ? `whose entry ${seq} has another hash` : `which has no entry ${seq}`}; name another file, or remove it`,
            }),
      )
