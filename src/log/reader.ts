import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { SqliteClient } from "@effect/sql-sqlite-node/SqliteClient"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Row } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { connect } from "./connection.ts"
import { LogOpenError, type LogReader, LogUnavailable } from "./EventLog.ts"
import { inspect } from "./inspect.ts"
import { openFailure } from "./openFailure.ts"
import { toStored } from "./storedName.ts"
import { asName, asStored, headOf, headQuery, mayHideBytes, rowOfColumns } from "./storedRow.ts"

/**
 * Reads a log that lies on disk, also while a server writes it; takes no lock and changes no entry.
 *
 * SQLite keeps an index of the write-ahead log beside the file (`-shm`), for readers too. Where the folder cannot be written
 * and no server has made one, a private copy of the log is read, which is gone when the scope closes.
 */
export const openReader = (file: string): Effect.Effect<LogReader, LogOpenError, Scope.Scope> =>
  Effect.gen(function* () {
    const place = yield* readablePlace(path.resolve(file), file)
    const sql = yield* connect(place, { readonly: true, named: file })
    return makeReader(sql, file)
  })

/** Reads a log that this process itself writes. `file` is its name for people. */
export const openOwnReader = (place: string, file: string): Effect.Effect<LogReader, LogOpenError, Scope.Scope> =>
  Effect.map(connect(place, { readonly: false, named: file }), (sql) => makeReader(sql, file))

/** The reading half of a log over one connection. `file` is its name for people. */
const makeReader = (sql: SqliteClient, file: string): LogReader => {
  const unavailable = (cause: unknown) => new LogUnavailable({ file, doing: "Reading", cause })
  /** Rows as arrays: making an object of each would take as long again as reading it. */
  const select = (query: string, params: ReadonlyArray<unknown>) =>
    Effect.mapError(sql.unsafe(query, params).values, ({ cause }) => unavailable(cause))

  const page = (query: string, params: ReadonlyArray<unknown>, after: number) =>
    Effect.gen(function* () {
      const rows: Array<Row> = []
      let previous = after
      for (const stored of yield* select(query, params)) {
        const row = toRow(stored)
        if (!(row.seq > previous)) return yield* unavailable(new Error(`entries out of order after ${previous}`))
        previous = row.seq
        rows.push([row.data, row.subject, row.type].some(mayHideBytes) ? yield* uncovered(row) : row)
      }
      return rows
    })

  /** U+FFFD also stands for bytes that are no UTF-8: tells by the bytes themselves which it is. */
  const uncovered = (row: Row) =>
    Effect.map(select(bytesQuery, [row.seq]), ([bytes]): Row => {
      const { type, subject, data } = row
      return {
        ...row,
        type: asStored(bytes?.[0], toStored(type), type),
        subject: asStored(bytes?.[1], toStored(subject), subject),
        data: asStored(bytes?.[2], data, data),
      }
    })

  return {
    read: (after, limit) => page(pageQuery, [after, pageOf(limit)], after),
    readSubject: (subject, after, limit) => page(subjectQuery, [toStored(subject), after, pageOf(limit)], after),
    readSameSubjects: (seqs, after, limit) =>
      page(sameSubjectsQuery, [JSON.stringify(seqs), after, pageOf(limit)], after),
    head: Effect.map(select(headQuery, []), ([last]) => headOf(last)),
  }
}

const named = "FROM entries e LEFT JOIN types t ON t.id = e.type LEFT JOIN subjects s ON s.id = e.subject"
const rowsQuery = `SELECT e.seq, e.at, e.cause, e.kind, e.type, t.name AS typeName, e.subject, s.name AS subjectName, e.data, e.hash ${named}`
const pageQuery = `${rowsQuery} WHERE e.seq > ? ORDER BY e.seq LIMIT ?`
const subjectQuery = `${rowsQuery} WHERE e.subject = (SELECT id FROM subjects WHERE name = ?) AND e.seq > ? ORDER BY e.seq LIMIT ?`
const sameSubjectsQuery = `${rowsQuery} WHERE e.subject IN (SELECT subject FROM entries WHERE seq IN (SELECT value FROM json_each(?))) AND e.seq > ? ORDER BY e.seq LIMIT ?`
const bytesQuery = `SELECT CAST(t.name AS BLOB) AS type, CAST(s.name AS BLOB) AS subject, CAST(e.data AS BLOB) AS data ${named} WHERE e.seq = ?`

/** Rows one read may bring, for a limit asked for. */
const pageOf = (limit: number) => Math.max(0, Math.min(limit, limits.readEntriesMax))

/** The row that columns of `rowsQuery` hold, in its order. */
const toRow = (stored: ReadonlyArray<unknown>): Row => {
  const [seq, at, cause, kind, type, typeName, subject, subjectName, data, hash] = stored
  return rowOfColumns(seq, at, cause, kind, asName(typeName, type), asName(subjectName, subject), data, hash)
}

/**
 * Where to read a log from: the file itself, or a private copy where SQLite cannot open it in its place. Fails for what is no
 * log. `file` is its name for people.
 */
export const readablePlace = (place: string, file: string): Effect.Effect<string, LogOpenError, Scope.Scope> =>
  Effect.catchAll(
    Effect.as(probe(place, file), place),
    ({ cause, error }): Effect.Effect<string, LogOpenError, Scope.Scope> =>
      isRefusedByFolder(cause)
        ? Effect.tap(
            Effect.catchAll(privateCopy(place), () => Effect.fail(error)),
            (copy) => Effect.mapError(probe(copy, file), (failed) => failed.error),
          )
        : Effect.fail(error),
  )

const probe = (place: string, file: string) =>
  Effect.try({
    try: () => {
      fs.statSync(place)
      const db = new Database(place, { readonly: true, fileMustExist: true })
      try {
        if (inspect(file, db) === "log") return
      } finally {
        db.close()
      }
      throw new LogOpenError({ reason: "not-a-log", file, message: `${file} holds no log yet; check the path` })
    },
    catch: (cause) => ({ cause, error: openFailure(file, cause) }),
  })

/** SQLite found the file but could not make its index beside it. */
const isRefusedByFolder = (cause: unknown): boolean =>
  cause instanceof Database.SqliteError && /^SQLITE_(CANTOPEN|READONLY)/.test(cause.code)

const privateCopy = (place: string) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.try(() => fs.mkdtempSync(path.join(os.tmpdir(), "ringback-"))),
      (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true, force: true })),
    ).pipe(
      Effect.tap((folder) =>
        Effect.try(() => {
          for (const end of ["", "-wal"])
            if (fs.existsSync(place + end)) fs.copyFileSync(place + end, path.join(folder, `log${end}`))
        }),
      ),
    ),
    (folder) => path.join(folder, "log"),
  )
