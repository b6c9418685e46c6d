import * as fs from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { encode, genesis, type Row } from "../../src/core/Entry.ts"
import { dataCleared } from "../../src/core/entries.ts"
import { LogUnavailable } from "../../src/log/EventLog.ts"
import { openProjection } from "../../src/projection/ProjectionFile.ts"
import { checkProjection, firstDifference, followUntil, project } from "../../src/projection/project.ts"
import { newFolder } from "../support/folder.ts"
import { everyEntry } from "../support/golden.ts"
import { seededRuns } from "../support/seeded.ts"
import { simulate } from "../support/simulate.ts"
import { acts, performAll } from "../support/traffic.ts"
import { agrees, logOf, scoped } from "./agreeing.ts"

const pieces = FastCheck.array(FastCheck.integer({ min: 1, max: 60 }), { maxLength: 12 })

const named = (name: string, rows: ReadonlyArray<Row>) => ({ name, reader: logOf(rows) })

describe("A projection", () => {
  it.effect("is what the world says all along a run in which everything occurs", () =>
    Effect.flatMap(everyEntry, (rows) =>
      agrees(
        rows,
        rows.map(() => 4),
      ),
    ),
  )
  it.effect.prop(
    "is what the world says, and the same in whatever pieces it is made, of any run",
    [acts, pieces],
    ([some, cuts]) =>
      Effect.gen(function* () {
        const simulation = yield* simulate({ pace: { _tag: "paused" } })
        yield* performAll(simulation, some)
        yield* agrees(yield* simulation.rows, cuts)
      }).pipe(Effect.scoped),
    seededRuns(25),
  )
  it.effect("tells of each status whether and how its callback was answered, attempt by attempt", () =>
    scoped(
      Effect.gen(function* () {
        const simulation = yield* simulate({ settings: { twilio: { callbacks: { delay_seconds: 1 } } } })
        const sid = yield* simulation.send({ To: "+15551234567", StatusCallback: "https://recovering.test/x?a=1" })
        yield* simulation.settled
        const projection = yield* openProjection(":memory:")
        projection.take(yield* simulation.rows)
        deepStrictEqual(
          [...projection.rows("delivery_events")].map((row) => [
            row.message_sid,
            row.status,
            row.callback_sent,
            row.callback_response,
          ]),
          [
            [sid, "queued", 0, null],
            [sid, "sending", 0, null],
            [sid, "sent", 1, "200"],
            [sid, "delivered", 1, "200"],
          ],
        )
        const logs = [...projection.rows("callback_logs")]
        const sent = logs.filter(({ payload }) => JSON.parse(String(payload)).MessageStatus === "sent")
        deepStrictEqual(
          sent.map((row) => [row.target_url, row.attempt_number, row.status_code]),
          [
            ["https://recovering.test/x?a=1", 1, 500],
            ["https://recovering.test/x?a=1", 2, 503],
            ["https://recovering.test/x?a=1", 3, 200],
          ],
        )
        strictEqual(new Set(sent.map((row) => row.delivery_event_id)).size, 1)
      }),
    ),
  )
  it.effect("goes on where it was in its file, and is refused for another log", () =>
    scoped(
      Effect.gen(function* () {
        const rows = yield* everyEntry
        const file = join(newFolder(), "deep/er/tables.db")
        const half = rows.slice(0, 100)
        yield* Effect.scoped(
          Effect.gen(function* () {
            const projection = yield* openProjection(file)
            strictEqual(yield* project(logOf(half), projection), 100)
          }),
        )
        const projection = yield* openProjection(file, named("this.db", rows))
        assertTrue(!projection.fresh)
        deepStrictEqual(projection.position, { seq: 100, hash: rows[99]?.hash })
        strictEqual(yield* project(logOf(rows), projection), rows.length - 100)
        strictEqual(yield* checkProjection(logOf(rows), projection), undefined)
        strictEqual(
          (yield* Effect.flip(openProjection(file, named("that.db", half)))).message,
          `${file} has the first ${rows.length} entries of another log than that.db, which has no entry ${rows.length}; name another file, or remove it`,
        )
        const other = yield* simulate({ seed: 8 })
        yield* Effect.repeatN(other.send({ To: "+15551234567" }), rows.length)
        const refused = yield* Effect.flip(openProjection(file, named("that.db", yield* other.rows)))
        assertTrue(refused.message.includes("has another hash"))
      }),
    ),
  )
  it.effect("takes a piece wholly or not at all", () =>
    scoped(
      Effect.gen(function* () {
        const rows = yield* everyEntry
        const projection = yield* openProjection(":memory:")
        const bad = rows.findIndex(({ type }) => type === "message.status-changed")
        const altered = rows.map((row, i) => (i === bad ? { ...row, data: "{" } : row))
        const why = yield* Effect.flip(project(logOf(altered), projection))
        assertTrue(why.message.startsWith(`entry ${bad + 1} (message.status-changed) cannot be projected`))
        deepStrictEqual([projection.position, projection.counts().messages], [{ seq: 0, hash: genesis }, 0])
        yield* project(logOf(rows), projection)
        strictEqual(projection.position.seq, rows.length)
      }),
    ),
  )
  it.effect("that follows its log until it is told to end has all of it then, and tells at once that it cannot", () =>
    scoped(
      Effect.gen(function* () {
        const log = logOf(yield* everyEntry)
        const projection = yield* openProjection("")
        yield* followUntil(log, projection, Effect.void)
        strictEqual(projection.position.seq, (yield* log.head).seq)
        const gone = new LogUnavailable({ file: "run.db", doing: "Reading", cause: new Error("gone") })
        const unread = { read: () => Effect.fail(gone) }
        strictEqual(yield* Effect.flip(followUntil(unread, projection, Effect.never)), gone)
      }),
    ),
  )

  it.effect("is not mixed by two processes that make it at once", () =>
    scoped(
      Effect.gen(function* () {
        const rows = yield* everyEntry
        const file = join(newFolder(), "tables.db")
        const [one, other] = [yield* openProjection(file), yield* openProjection(file)]
        one.take(rows.slice(0, 10))
        const why = yield* Effect.flip(project(logOf(rows), other))
        assertTrue(why.message.includes("was changed by another process while this one was at entry 0"))
        yield* project(logOf(rows), one)
        strictEqual(yield* checkProjection(logOf(rows), one), undefined)
      }),
    ),
  )
  it.effect("is found out by its check where a value, a row too many or one too few is not the log's", () =>
    scoped(
      Effect.gen(function* () {
        const simulation = yield* simulate()
        yield* simulation.send({ To: "+15551234567", StatusCallback: "https://good.test" })
        yield* simulation.settled
        const log = logOf(yield* simulation.rows)
        for (const [sql, found] of [
          ["UPDATE messages SET body = 'other' WHERE rowid = (SELECT max(rowid) FROM messages)", "messages body"],
          ["DELETE FROM callback_logs WHERE rowid = (SELECT max(rowid) FROM callback_logs)", "callback_logs undefined"],
          [
            "INSERT INTO calls SELECT 999999, 'CA', 't', 'f', 't', 's', '', '', '', '', '', '', '', '', '', ''",
            "calls undefined",
          ],
        ] as const) {
          const file = join(newFolder(), "tables.db")
          const projection = yield* openProjection(file)
          yield* project(log, projection)
          const db = new Database(file)
          db.exec(sql)
          db.close()
          const difference = yield* checkProjection(log, projection)
          strictEqual(`${difference?.table} ${difference?.column}`, found)
        }
      }),
    ),
  )
  it.effect("leaves a file that is something else as it is", () =>
    scoped(
      Effect.gen(function* () {
        const folder = newFolder()
        const text = join(folder, "notes.txt")
        fs.writeFileSync(text, "not a database at all, but long enough to look like one to somebody who is in a hurry")
        strictEqual((yield* Effect.flip(openProjection(text))).message, `${text} is no SQLite file; name another file`)
        const other = join(folder, "other.db")
        const db = new Database(other)
        db.exec("CREATE TABLE mine (x)")
        db.close()
        const refused = yield* Effect.flip(openProjection(other))
        strictEqual(refused.message, `${other} is a SQLite file of something else; name another file`)
        assertTrue(fs.readFileSync(text, "utf8").startsWith("not a database"))
      }),
    ),
  )
  it.effect("of another version is made anew, if it is of the same log", () =>
    scoped(
      Effect.gen(function* () {
        const rows = yield* everyEntry
        const file = join(newFolder(), "tables.db")
        yield* Effect.scoped(Effect.flatMap(openProjection(file), (old) => project(logOf(rows), old)))
        const db = new Database(file)
        db.exec("DROP TABLE calls")
        db.pragma("user_version = 0")
        const left = () => db.prepare("SELECT seq FROM ringback_projection").pluck().get()
        const refused = yield* Effect.flip(openProjection(file, named("that.db", rows.slice(0, 9))))
        assertTrue(refused.message.includes("of another log than that.db, which has no entry"))
        strictEqual(left(), rows.length)
        const projection = yield* openProjection(file, named("this.db", rows))
        assertTrue(projection.fresh)
        strictEqual(left(), 0)
        db.close()
        yield* project(logOf(rows), projection)
        strictEqual(yield* checkProjection(logOf(rows), projection), undefined)
      }),
    ),
  )
  it.effect("that does not say which log it is of is left as it is", () =>
    scoped(
      Effect.gen(function* () {
        const file = join(newFolder(), "tables.db")
        yield* Effect.scoped(openProjection(file))
        const db = new Database(file)
        db.exec("ALTER TABLE ringback_projection RENAME COLUMN seq TO entry; PRAGMA user_version = 99")
        db.close()
        strictEqual(
          (yield* Effect.flip(openProjection(file, named("this.db", [])))).message,
          `${file} does not say which entries of which log its tables have; name another file, or remove it`,
        )
      }),
    ),
  )
  it.effect("forgets what was cleared, while the log keeps it", () =>
    scoped(
      Effect.gen(function* () {
        const simulation = yield* simulate()
        yield* simulation.send({ To: "+15551234567", StatusCallback: "https://good.test" })
        yield* simulation.settled
        const rows = yield* simulation.rows
        const last = rows.at(-1) as Row
        const cleared = encode(
          { ...dataCleared.draft("", { what: "all" }), seq: last.seq + 1, at: last.at, cause: 0, kind: "input" },
          last.hash,
        )
        const projection = yield* openProjection(":memory:")
        projection.take([...rows, cleared])
        for (const [table, count] of Object.entries(projection.counts())) strictEqual(count, 0, table)
      }),
    ),
  )
})

describe("The first difference of two tables", () => {
  it("is the value, or the row that only one of them has", () => {
    deepStrictEqual(firstDifference("t", [{ a: 1 }], [{ a: 1 }]), undefined)
    deepStrictEqual(firstDifference("t", [{ a: 1 }, { a: 2 }], [{ a: 1 }, { a: 3 }]), {
      table: "t",
      row: 2,
      column: "a",
      found: 2,
      expected: 3,
    })
    deepStrictEqual(firstDifference("t", [], [{ a: 1 }]), {
      table: "t",
      row: 1,
      column: undefined,
      found: undefined,
      expected: { a: 1 },
    })
  })
})
