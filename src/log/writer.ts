import * as fs from "node:fs"
import type Database from "better-sqlite3"
import * as Either from "effect/Either"
import type { OpenRow, Row } from "../core/Entry.ts"
import { type Appender, insertEntry, insertName, makeAppender, type NumberOf } from "./appender.ts"
import { type Checkpointer, checkpointPages, makeCheckpointer } from "./checkpointer.ts"
import { type EventLog, LogUnavailable } from "./EventLog.ts"
import { makeNumbering } from "./numbering.ts"

/** Who writes a log: one connection, and beside it a thread with another for groups that are big enough. */
export interface Writer {
  readonly append: (rows: ReadonlyArray<Row>) => Either.Either<void, LogUnavailable>
  readonly appendBehind: NonNullable<(typeof EventLog.Service)["appendBehind"]>
  readonly close: () => Promise<void>
}

/** Rows of a group from which on handing them to another thread costs less than writing them. */
const behindRowsMin = 500

/** Rows in such groups after which the thread is started: a short burst is over before it is up. */
const behindRowsBefore = 10_000

/**
 * Appends over a connection that `setUp` was called with; it is the writer's own from here on.
 *
 * Durable   WAL with synchronous=NORMAL: a commit outlives a killed process, the last ones not a power cut
 * Refuses   anything that fails, a failed COMMIT too, closes the connections; every later append gets the same `Left`
 * Memory    16 MiB of page cache for each connection, and every name of the log: about 50 bytes each beside the text that
 *           the world keeps too
 */
export const makeWriter = (file: string, named: string, db: Database.Database, waitMs: number): Writer => {
  const begin = db.prepare("BEGIN IMMEDIATE")
  const commit = db.prepare("COMMIT")
  const insert = db.prepare(insertEntry)
  const addType = db.prepare(insertName("types"))
  const addSubject = db.prepare(insertName("subjects"))
  const addsType = (id: number, name: string) => addType.run(id, name)
  const addsSubject = (id: number, name: string) => addSubject.run(id, name)
  const numberings = { types: makeNumbering(db, "types"), subjects: makeNumbering(db, "subjects") }
  const numberOf: NumberOf = (table, name, add) => numberings[table](name, add)
  const checkSameFile = makeSameFileCheck(file)
  let alone = false
  const checkpointer: Checkpointer = makeCheckpointer(file, pagesWaiting(file), () => {
    alone = true
    if (db.open) db.pragma(`wal_autocheckpoint = ${checkpointPages}`)
  })
  let appender: Appender | undefined
  let bigRows = 0
  /** Groups that the thread has. */
  let behind = 0
  let closed: Either.Either<never, LogUnavailable> | undefined

  const shut = (cause: unknown): Either.Either<never, LogUnavailable> => {
    closed ??= Either.left(new LogUnavailable({ file: named, doing: "Appending to", cause }))
    db.close()
    return closed
  }

  return {
    append: (rows) => {
      if (closed !== undefined) return closed
      if (rows.length === 0) return Either.void
      try {
        if (behind > 0) throw new Error("a group is being written already")
        checkSameFile()
        begin.run()
        for (const row of rows) {
          const kind = row.kind === "input" ? 0 : 1
          const type = numberings.types(row.type, addsType)
          const subject = numberings.subjects(row.subject, addsSubject)
          insert.run(row.seq, row.at, row.cause, kind, type, subject, row.data, row.hash)
        }
        commit.run()
      } catch (cause) {
        return shut(cause)
      }
      checkpointer.wrote(rows, true)
      return Either.void
    },
    appendBehind: (rows, previous, written) => {
      if (closed !== undefined || alone || rows.length < behindRowsMin) return false
      bigRows += rows.length
      if (bigRows >= behindRowsBefore) appender ??= makeAppender(file, waitMs)
      if (appender?.ready() !== true) return false
      try {
        checkSameFile()
        appender.append(rows, previous, numberOf, (failure, hashes) => {
          behind--
          if (failure !== undefined) return written(shut(failure))
          for (let i = 0; i < rows.length; i++) (rows[i] as OpenRow).hash = hashes.slice(i * 64, i * 64 + 64)
          checkpointer.wrote(rows, false)
          return written(Either.void)
        })
        behind++
        return true
      } catch (cause) {
        shut(cause)
        return false // Whoever appends next is told why, this group first.
      }
    },
    close: async () => {
      await appender?.stop()
      await checkpointer.stop()
      if (closed === undefined) shut(new Error("the log was closed"))
    },
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
