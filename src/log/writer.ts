import * as fs from "node:fs"
import type Database from "better-sqlite3"
import * as Either from "effect/Either"
import type { Row } from "../core/Entry.ts"
import { type Checkpointer, checkpointPages, makeCheckpointer } from "./checkpointer.ts"
import { LogUnavailable } from "./EventLog.ts"
import { fromStored, toStored } from "./storedName.ts"

/** The one connection that writes a log, and what belongs to it. */
export interface Writer {
  readonly append: (rows: ReadonlyArray<Row>) => Either.Either<void, LogUnavailable>
  readonly close: () => Promise<void>
}

/**
 * Sets up a connection for appending; it is the writer's own from here on.
 *
 * Durable   WAL with synchronous=NORMAL: a commit outlives a killed process, the last ones not a power cut
 * Refuses   anything that fails, a failed COMMIT too, closes the connection; every later append gets the same `Left`
 * Memory    64 MiB of page cache, and every name of the log: about 50 bytes each beside the text that the world keeps too
 */
export const makeWriter = (file: string, named: string, db: Database.Database): Writer => {
  db.pragma("journal_mode = WAL")
  db.pragma("synchronous = NORMAL")
  db.pragma("wal_autocheckpoint = 0")
  db.pragma("cache_size = -65536")
  const begin = db.prepare("BEGIN IMMEDIATE")
  const commit = db.prepare("COMMIT")
  // OR FAIL spares SQLite a journal for each row; what fails closes this connection and so undoes the whole group.
  const insert = db.prepare(
    "INSERT OR FAIL INTO entries (seq, at, cause, kind, type, subject, data, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  )
  const typeOf = makeNumbering(db, "types")
  const subjectOf = makeNumbering(db, "subjects")
  const checkSameFile = makeSameFileCheck(file)
  const checkpointer: Checkpointer = makeCheckpointer(file, pagesWaiting(file), () => {
    if (db.open) db.pragma(`wal_autocheckpoint = ${checkpointPages}`)
  })
  let closed: Either.Either<never, LogUnavailable> | undefined

  const shut = (cause: unknown): Either.Either<never, LogUnavailable> => {
    closed = Either.left(new LogUnavailable({ file: named, doing: "Appending to", cause }))
    db.close()
    return closed
  }

  return {
    append: (rows) => {
      if (closed !== undefined) return closed
      if (rows.length === 0) return Either.void
      try {
        checkSameFile()
        begin.run()
        for (const row of rows) {
          const kind = row.kind === "input" ? 0 : 1
          insert.run(row.seq, row.at, row.cause, kind, typeOf(row.type), subjectOf(row.subject), row.data, row.hash)
        }
        commit.run()
      } catch (cause) {
        return shut(cause)
      }
      checkpointer.wrote(rows.length)
      return Either.void
    },
    close: async () => {
      await checkpointer.stop()
      if (closed === undefined) shut(new Error("the log was closed"))
    },
  }
}

/**
 * Numbers names in the order they first appear, in the transaction that is open.
 *
 * Knows every name of the log: the subjects' table has no index (docs/decisions/0005-names-without-index.md). They are read
 * at the first append. A failed transaction closes the writer, so a number that was rolled back is never asked for again.
 */
const makeNumbering = (db: Database.Database, table: "types" | "subjects") => {
  const add = db.prepare<[number, string]>(`INSERT OR FAIL INTO ${table} (id, name) VALUES (?, ?)`)
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

  return (name: string): number => {
    known ??= load()
    const id = known.get(name)
    if (id !== undefined) return id
    add.run(newest + 1, toStored(name))
    newest += 1
    known.set(name, newest)
    return newest
  }
}

/** Throws once the log is no longer the file its name stands for: what is appended then would be lost at the end. */
const makeSameFileCheck = (file: string) => {
  const opened = fs.statSync(file)
  return (): void => {
    const now = fs.statSync(file, { throwIfNoEntry: false })
    if (now === undefined || now.ino !== opened.ino || now.dev !== opened.dev)
      throw new Error("the file was deleted or replaced while it was open")
  }
}

/** Pages of the write-ahead log that an earlier process left. */
const pagesWaiting = (file: string): number =>
  Math.floor((fs.statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) / 4096)
