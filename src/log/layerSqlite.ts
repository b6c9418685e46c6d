import * as fs from "node:fs"
import * as path from "node:path"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { genesis, hashOf, type Row } from "../core/Entry.ts"
import { appendingPragmas } from "./appender.ts"
import { EventLog, type Head, LogOpenError, type LogReader, LogUnavailable } from "./EventLog.ts"
import { makeFolders } from "./folders.ts"
import { inspect, refuseCutOff } from "./inspect.ts"
import { takeLock } from "./lock.ts"
import { migrate } from "./migrations.ts"
import { corrupt, openFailure } from "./openFailure.ts"
import { headOf, headQuery } from "./storedRow.ts"
import { makeWriter } from "./writer.ts"

/** How long an append waits for another connection's lock; only a checkpoint and other programs ever hold one. */
const writeWaitMsMax = 10_000

/**
 * Opens a log for writing, or makes a new one with its folder; holds its lock until the scope closes.
 *
 * Two connections: better-sqlite3's migrates and appends, and @effect/sql's reads. What is checked at opening takes the same
 * time at any size: the header, the schema, and the hash of the newest entry. `verify` is what checks the rest.
 */
export const openSqlite = (file: string): Effect.Effect<typeof EventLog.Service, LogOpenError, Scope.Scope> =>
  Effect.gen(function* () {
    yield* makeFolderOf(file)
    yield* takeLock(file)
    return yield* openHeld(file)
  })

export const layerSqlite = (file: string): Layer.Layer<EventLog, LogOpenError> =>
  Layer.scoped(EventLog, openSqlite(file))

/** `openSqlite` for a file that nobody else can be writing, because the caller holds its lock. */
export const openHeld = (file: string): Effect.Effect<typeof EventLog.Service, LogOpenError, Scope.Scope> =>
  Effect.gen(function* () {
    const place = path.resolve(file)
    const db = yield* Effect.acquireRelease(
      Effect.try({ try: () => openForWriting(place, file), catch: (cause) => openFailure(file, cause) }),
      (opened) => Effect.sync(() => opened.close()),
    )
    const head = yield* Effect.try({ try: () => headIn(db), catch: (cause) => openFailure(file, cause) })
    const reader = yield* readerOnUse(place, file, db)
    if (head.seq > 0) yield* checkEnd(reader, file)
    const writer = yield* Effect.acquireRelease(
      Effect.try({
        try: () => makeWriter(place, file, db, writeWaitMsMax),
        catch: (cause) => openFailure(file, cause),
      }),
      (made) => Effect.promise(made.close),
    )
    return { ...reader, place: file, append: writer.append, appendBehind: writer.appendBehind }
  })

/** Makes the folder a file lies in. */
export const makeFolderOf = (file: string): Effect.Effect<void, LogOpenError> =>
  Effect.try({
    try: () => makeFolders(path.dirname(path.resolve(file))),
    catch: (cause) =>
      new LogOpenError({
        reason: "unwritable",
        file,
        message: `cannot make the folder of ${file}: ${cause instanceof Error ? cause.message : String(cause)}; use another --db`,
      }),
  })

/** Opens the file and makes sure it is a log, or nothing yet, that can be written. Leaves a file of another program as it was. */
const openForWriting = (place: string, file: string): Database.Database => {
  refuseMadeReadOnly(place, file)
  const db = new Database(place, { timeout: writeWaitMsMax })
  try {
    inspect(file, db)
    refuseCutOff(place, file, db)
    refuseReadOnly(db)
    setUp(db)
    return db
  } catch (cause) {
    db.close()
    throw cause
  }
}

/** Makes a connection one that appends, and the file's tables those of a log. Throws the driver's error. */
export const setUp = (db: Database.Database): void => {
  for (const pragma of appendingPragmas) db.pragma(pragma)
  migrate(db)
}

/**
 * The reading half over a connection of its own, which is made when something is read: a start of a new log reads nothing but its
 * end, and takes what reads without it.
 */
const readerOnUse = (
  place: string,
  file: string,
  db: Database.Database,
): Effect.Effect<LogReader, never, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const unavailable = (cause: unknown) => new LogUnavailable({ file, doing: "Reading", cause })
    // Whoever reads first may be interrupted; the connection comes about all the same, for those who read later.
    const reader = yield* Effect.cached(
      Effect.flatMap(
        Effect.promise(() => import("./reader.ts")),
        ({ openOwnReader }) => Effect.mapError(openOwnReader(place, file), unavailable),
      ).pipe(Scope.extend(scope), Effect.uninterruptible),
    )
    const ownHead = Effect.try({ try: () => headIn(db), catch: unavailable })
    // The writer closes its connection when it fails; what was committed can be read all the same.
    const head = Effect.suspend(() => (db.open ? ownHead : Effect.flatMap(reader, (opened) => opened.head)))
    return {
      read: (after, limit) =>
        Effect.flatMap(head, ({ seq }) =>
          seq <= after ? Effect.succeed([]) : Effect.flatMap(reader, ({ read }) => read(after, limit)),
        ),
      readSubject: (subject, after, limit) =>
        Effect.flatMap(reader, ({ readSubject }) => readSubject(subject, after, limit)),
      readSameSubjects: (seqs, after, limit) =>
        Effect.flatMap(reader, ({ readSameSubjects }) => readSameSubjects(seqs, after, limit)),
      head,
    }
  })

const headIn = (db: Database.Database): Head => headOf(db.prepare<[], ReadonlyArray<unknown>>(headQuery).raw().get())

/** Refuses a file from which every right to write was taken. Root could write it all the same; whoever made it read-only means root too. */
const refuseMadeReadOnly = (place: string, file: string): void => {
  const mode = fs.statSync(place, { throwIfNoEntry: false })?.mode ?? 0o222
  if ((mode & 0o222) !== 0) return
  throw new LogOpenError({
    reason: "unwritable",
    file,
    message: `${file} is read-only; make it writable (chmod u+w) or use another --db; log, verify and export read it as it is`,
  })
}

/** Throws the driver's error where a write would fail; BEGIN IMMEDIATE alone does not see that a file may only be read. */
const refuseReadOnly = (db: Database.Database): void => {
  db.exec("BEGIN IMMEDIATE")
  db.pragma(`user_version = ${Number(db.pragma("user_version", { simple: true }))}`)
  db.exec("ROLLBACK")
}

/** Refuses to go on from an end that does not follow from what is before it. */
const checkEnd = (reader: LogReader, file: string): Effect.Effect<void, LogOpenError> =>
  Effect.gen(function* () {
    const head = yield* reader.head
    const [before, last] = yield* reader.read(head.seq - 2, 2).pipe(Effect.map(lastTwo))
    if (last === undefined) return
    const follows = last.seq === (before?.seq ?? 0) + 1
    if (!follows || hashOf(last, before?.hash ?? genesis) !== last.hash)
      return yield* corrupt(file, `its newest entry ${last.seq} does not match its hash`)
  }).pipe(Effect.catchTag("LogUnavailable", ({ cause }) => Effect.fail(openFailure(file, cause))))

const lastTwo = (rows: ReadonlyArray<Row>): readonly [Row | undefined, Row | undefined] =>
  rows.length > 1 ? [rows[0], rows[1]] : [undefined, rows[0]]
