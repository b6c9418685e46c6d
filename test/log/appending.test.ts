import * as fs from "node:fs"
import { setTimeout } from "node:timers/promises"
import { describe, it } from "@effect/vitest"
import { assertInclude, assertTrue, deepStrictEqual, strictEqual, throws } from "@effect/vitest/utils"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { checkpointPages, makeCheckpointer } from "../../src/log/checkpointer.ts"
import type { LogUnavailable } from "../../src/log/EventLog.ts"
import { chain, chainOf } from "../../src/log/eventLog.contract.ts"
import { openSqlite, setUp } from "../../src/log/layerSqlite.ts"
import { openReader } from "../../src/log/reader.ts"
import { makeWriter } from "../../src/log/writer.ts"
import { closedLog, logPath } from "./given.ts"

/** That an append was refused and says so in these words. */
const assertRefused = (result: Either.Either<void, LogUnavailable>, words: string) => {
  assertTrue(Either.isLeft(result))
  assertInclude(result.left.message, words)
}

describe("an append that fails", () => {
  it.scoped("because the disk is full leaves nothing of its group, and closes the log", () =>
    Effect.gen(function* () {
      const rows = chain(Array.from({ length: 100 }, (_, i) => ({ data: { text: "x".repeat(1_000), i } })))
      const file = yield* closedLog(rows.slice(0, 1))
      const db = new Database(file)
      setUp(db)
      db.pragma(`max_page_count = ${Number(db.pragma("page_count", { simple: true })) + 2}`)
      const writer = makeWriter(file, "log.db", db, 1_000)
      assertTrue(Either.isRight(writer.append(rows.slice(1, 2))))
      assertRefused(
        writer.append(rows.slice(2)),
        "Appending to log.db: database or disk is full (SQLITE_FULL); make room on its disk, then try again: what was acknowledged is in it",
      )
      assertTrue(!db.open)
      assertRefused(writer.append(rows.slice(2, 3)), "database or disk is full")
      yield* Effect.promise(writer.close)
      const log = yield* openSqlite(file)
      deepStrictEqual(yield* log.read(0, 10), rows.slice(0, 2))
      yield* log.append(rows.slice(2))
    }),
  )

  it.scoped("at its COMMIT leaves nothing of its group, and closes the log", () =>
    Effect.gen(function* () {
      const rows = chainOf(3)
      const file = yield* closedLog(rows.slice(0, 1))
      const log = yield* openSqlite(file)
      const other = new Database(file)
      other.exec(`CREATE TABLE p (id INTEGER PRIMARY KEY);
        CREATE TABLE c (id INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED);
        CREATE TRIGGER t AFTER INSERT ON entries BEGIN INSERT INTO c VALUES (NEW.seq); END`)
      assertRefused(log.append(rows.slice(1, 2)), "FOREIGN KEY constraint failed")
      other.exec("DROP TRIGGER t")
      other.close()
      assertRefused(log.append(rows.slice(1, 2)), "FOREIGN KEY constraint failed")
      deepStrictEqual(yield* log.read(0, 10), rows.slice(0, 1))
    }),
  )

  it.scoped("because a subject's row cannot be made leaves nothing of its group", () =>
    Effect.gen(function* () {
      const rows = chainOf(3, 3)
      const file = yield* closedLog(rows.slice(0, 1))
      const log = yield* openSqlite(file)
      yield* log.append(rows.slice(1, 2))
      const other = new Database(file)
      other.exec("INSERT INTO subjects (id, name) VALUES (3, 'taken behind our back')")
      other.close()
      assertRefused(log.append(rows.slice(2)), "id is not the next in subjects")
      deepStrictEqual(yield* log.read(0, 10), rows.slice(0, 2))
    }),
  )

  it.scoped("because the log was deleted says so, instead of writing where nobody will look", () =>
    Effect.gen(function* () {
      const file = yield* logPath
      const log = yield* openSqlite(file)
      yield* log.append(chainOf(1))
      fs.rmSync(file)
      assertRefused(log.append(chainOf(2).slice(1)), "the file was deleted or replaced while it was open")
    }),
  )

  it.scoped("because the log was closed says so", () =>
    Effect.gen(function* () {
      const file = yield* logPath
      const log = yield* Effect.scoped(openSqlite(file))
      assertRefused(log.append(chainOf(1)), "the log was closed")
    }),
  )
})

describe("the tables of a log", () => {
  for (const statement of [
    "UPDATE entries SET at = 0",
    "DELETE FROM entries WHERE seq = 2",
    "INSERT INTO entries SELECT seq + 2, at, cause, kind, type, subject, data, hash FROM entries WHERE seq = 3",
    "INSERT OR REPLACE INTO entries SELECT * FROM entries WHERE seq = 3",
    "INSERT INTO entries (at, cause, kind, type, subject, data, hash) VALUES (1, 1, 1, 1, 1, '', '')",
    "UPDATE types SET name = 'x'",
    "DELETE FROM types",
    "INSERT OR REPLACE INTO types VALUES (1, 'x')",
    "UPDATE subjects SET name = 'x' WHERE id = 1",
    "DELETE FROM subjects",
    "INSERT INTO subjects VALUES (7, 'x')",
  ])
    it.scoped(`refuse ${statement}`, () =>
      Effect.gen(function* () {
        const rows = chainOf(3)
        const file = yield* closedLog(rows)
        const db = new Database(file)
        throws(
          () => db.exec(statement),
          (error) => {
            assertInclude(String(error), "the log is append-only")
            return undefined
          },
        )
        db.close()
        const log = yield* openSqlite(file)
        deepStrictEqual(yield* log.read(0, 10), rows)
      }),
    )

  it.scoped("number a subject once, also for the next writer", () =>
    Effect.gen(function* () {
      const file = yield* logPath
      const rows = chain(
        Array.from({ length: 4_000 }, (_, i) => ({ subject: i < 3_000 ? `SM${i}` : `SM${i - 3_000}` })),
      )
      for (const [from, to] of [
        [0, 2_000],
        [2_000, 4_000],
      ])
        yield* Effect.scoped(Effect.flatMap(openSqlite(file), (log) => log.append(rows.slice(from, to))))
      const log = yield* openSqlite(file)
      deepStrictEqual(yield* log.readSubject("SM7", 0, 10), [rows[7]!, rows[3_007]!])
      const db = new Database(file, { readonly: true })
      strictEqual(db.prepare("SELECT count(*) FROM subjects").pluck().get(), 3_000)
      db.close()
    }),
  )
})

describe("the checkpointer", () => {
  it.scoped("asks the writer to do it itself when its thread cannot open the log", () =>
    Effect.gen(function* () {
      const file = yield* logPath
      yield* Effect.async<void>((resume) => {
        makeCheckpointer(file, checkpointPages, () => resume(Effect.void)).wrote([{ data: "" }], false)
      })
    }),
  )

  it.scoped("is asked for the pages that large rows fill, and not for the rows alone", () =>
    Effect.gen(function* () {
      const file = yield* logPath
      const row = { data: "x".repeat(60_000) }
      yield* Effect.async<void>((resume) => {
        const { wrote } = makeCheckpointer(file, 0, () => resume(Effect.void))
        for (let pages = 0; pages < checkpointPages; pages += 10) wrote([row], false)
      })
    }),
  )

  it.scoped("waits for a moment without commits while callers wait for them, if it is not far behind", () =>
    Effect.gen(function* () {
      const rows = chainOf(1_000)
      const file = yield* closedLog(rows.slice(0, 1))
      const db = new Database(file)
      setUp(db)
      const writer = makeWriter(file, "log.db", db, 1_000)
      assertTrue(Either.isRight(writer.append(rows.slice(1))))
      const before = fs.statSync(file).size
      const { stop, wrote } = makeCheckpointer(file, checkpointPages, () => {
        throw new Error("no thread")
      })
      let [last, gap] = [performance.now(), 0]
      for (const began = last; last - began < 400; ) {
        wrote([{ data: "" }], true)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
        gap = Math.max(gap, performance.now() - last)
        last = performance.now()
      }
      // On a machine that has put this process aside meanwhile there was such a moment.
      if (gap < 50) strictEqual(fs.statSync(file).size, before)
      yield* Effect.promise(async () => {
        while (fs.statSync(file).size === before) await setTimeout(20)
      })
      yield* Effect.promise(stop)
      yield* Effect.promise(writer.close)
    }),
  )

  it.scoped("has stopped when the log is closed", () =>
    Effect.gen(function* () {
      const rows = chainOf(checkpointPages)
      const file = yield* closedLog(rows.slice(0, 1))
      const log = yield* Effect.scoped(
        Effect.tap(openSqlite(file), ({ append }) => {
          for (let i = 1; i < rows.length; i += 1_000) append(rows.slice(i, i + 1_000))
          return Effect.sync(() => assertTrue(fs.existsSync(`${file}-wal`)))
        }),
      )
      assertTrue(!fs.existsSync(`${file}-wal`), "nobody has the log open")
      strictEqual(log.place, file)
      const reader = yield* openReader(file)
      strictEqual((yield* reader.head).seq, checkpointPages)
    }),
  )
})
