import type { Worker } from "node:worker_threads"
import { describe, it } from "@effect/vitest"
import { assertInclude, assertRight, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { genesis, type OpenRow, type Row } from "../../src/core/Entry.ts"
import type { LogUnavailable } from "../../src/log/EventLog.ts"
import { chain, chainOf, oddTexts } from "../../src/log/eventLog.contract.ts"
import { openSqlite, setUp } from "../../src/log/layerSqlite.ts"
import { makeWriter, type Writer } from "../../src/log/writer.ts"
import { allRows } from "../support/simulate.ts"
import { closedLog } from "./given.ts"

/* The thread that writes big groups beside the writer, when something goes wrong. */

type Written = Either.Either<void, LogUnavailable>

const groupRows = 1_000
/** More than are written before the thread is started, and some groups for it. */
const all = chainOf(18 * groupRows, 50)

/** Rows whose hashes are still to be made. */
const open = (rows: ReadonlyArray<Row>): ReadonlyArray<OpenRow> => rows.map((row) => ({ ...row, hash: "" }))

const hashBefore = (rows: ReadonlyArray<Row>): string => all[(rows[0]?.seq ?? 1) - 2]?.hash ?? genesis

/** Gives a group to the thread; tells what became of it. It must have taken it. */
const behind = (writer: Writer, rows: ReadonlyArray<Row>): Promise<Written> =>
  given(writer, open(rows), hashBefore(rows))

const given = (
  { appendBehind }: Writer,
  rows: ReadonlyArray<OpenRow>,
  previous: string | undefined,
): Promise<Written> =>
  new Promise((resolve) => {
    assertTrue(appendBehind(rows, previous, resolve), "the thread took nothing")
  })

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A writer whose thread is up and has written a group: where its log ends, and the thread. */
const begun = Effect.gen(function* () {
  const file = yield* closedLog(all.slice(0, 1))
  const db = new Database(file)
  setUp(db)
  const writer = makeWriter(file, "log.db", db, 10_000)
  yield* Effect.addFinalizer(() => Effect.promise(writer.close))
  let thread: Worker | undefined
  process.once("worker", (started) => {
    thread = started
  })
  let seq = 1
  yield* Effect.promise(async () => {
    for (let written = false; !written; ) {
      const group = all.slice(seq, seq + groupRows)
      let told: (result: Written) => void = () => {}
      const ended = new Promise<Written>((resolve) => {
        told = resolve
      })
      written = writer.appendBehind(open(group), hashBefore(group), (result) => told(result))
      await turn()
      if (!written && thread !== undefined) continue // It is on its way.
      assertRight(written ? await ended : writer.append(group), undefined)
      seq += group.length
    }
  })
  return { file, db, writer, seq, thread: thread as unknown as Worker, next: all.slice(seq, seq + groupRows) }
})

/** That nothing more can be appended, for the reason that is told. */
const assertShut = ({ append, appendBehind }: Writer, result: Written, words: string) => {
  assertTrue(Either.isLeft(result))
  strictEqual(result.left._tag, "LogUnavailable")
  assertInclude(result.left.message, words)
  deepStrictEqual(append(all.slice(0, 1)), result)
  strictEqual(
    appendBehind(open(all), genesis, () => {}),
    false,
  )
}

/** That the log holds these rows and can go on. */
const assertHolds = (file: string, rows: ReadonlyArray<Row>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const log = yield* openSqlite(file)
      deepStrictEqual(yield* allRows(log), rows)
      assertRight(log.append(all.slice(rows.length, rows.length + 1)), undefined)
    }),
  )

describe("the thread that writes beside the writer", () => {
  it.scopedLive("refuses a row that is not the next: nothing of its group is there, and the log is closed", () =>
    Effect.gen(function* () {
      const { file, next, seq, writer } = yield* begun
      const [a, b, ...rest] = next as [Row, Row, ...Array<Row>]
      assertShut(writer, yield* Effect.promise(() => behind(writer, [a, ...rest, b])), "the log is append-only")
      yield* Effect.promise(writer.close)
      yield* assertHolds(file, all.slice(0, seq))
    }),
  )

  it.scopedLive("leaves nothing of a group whose COMMIT fails", () =>
    Effect.gen(function* () {
      const { file, next, seq, writer } = yield* begun
      const other = new Database(file)
      other.exec(`CREATE TABLE p (id INTEGER PRIMARY KEY);
        CREATE TABLE c (id INTEGER REFERENCES p DEFERRABLE INITIALLY DEFERRED);
        CREATE TRIGGER t AFTER INSERT ON entries BEGIN INSERT INTO c VALUES (NEW.seq); END`)
      assertShut(writer, yield* Effect.promise(() => behind(writer, next)), "FOREIGN KEY constraint failed")
      other.exec("DROP TRIGGER t; DROP TABLE c; DROP TABLE p")
      other.close()
      yield* Effect.promise(writer.close)
      yield* assertHolds(file, all.slice(0, seq))
    }),
  )

  it.scopedLive("takes three more groups while it writes one, and no fifth; all get their hashes", () =>
    Effect.gen(function* () {
      const { file, seq, writer } = yield* begun
      const groups = [0, 1, 2, 3, 4].map((i) => all.slice(seq + i * groupRows, seq + (i + 1) * groupRows))
      const [first, ...further] = groups.slice(0, 4).map(open) as [
        ReadonlyArray<OpenRow>,
        ...Array<ReadonlyArray<OpenRow>>,
      ]
      const told = [given(writer, first, hashBefore(first)), ...further.map((rows) => given(writer, rows, undefined))]
      const fifth = groups[4] as ReadonlyArray<Row>
      strictEqual(
        writer.appendBehind(open(fifth), undefined, () => {}),
        false,
      )
      for (const result of yield* Effect.promise(() => Promise.all(told))) assertRight(result, undefined)
      deepStrictEqual([first, ...further], groups.slice(0, 4))
      assertRight(writer.append(fifth), undefined)
      yield* Effect.promise(writer.close)
      yield* assertHolds(file, all.slice(0, seq + 5 * groupRows))
    }),
  )

  it.scopedLive(
    "writes names and texts of any signs and any size as they are, also behind a group larger than its memory",
    () =>
      Effect.gen(function* () {
        const { file, seq, writer } = yield* begun
        const odd = (i: number) => oddTexts[i % oddTexts.length] as string
        const wanted = Array.from({ length: 6 * groupRows }, (_, i) => ({
          type: `t${odd(i % 5)}`,
          subject: odd(Math.floor(i / 3)),
          data: { text: i < groupRows && i % 100 === 0 ? "щ".repeat(60_000) : odd(i) },
        }))
        const rows = chain(wanted, all.slice(0, seq))
        for (let i = 0; i < rows.length; i += groupRows) {
          const group = rows.slice(i, i + groupRows)
          const written = open(group)
          const previous = rows[i - 1]?.hash ?? hashBefore(group)
          assertRight(yield* Effect.promise(() => given(writer, written, previous)), undefined)
          deepStrictEqual(written, group)
        }
        yield* Effect.promise(writer.close)
        const read = yield* Effect.scoped(Effect.flatMap(openSqlite(file), allRows))
        deepStrictEqual(read.slice(seq), rows)
      }),
  )

  it.scopedLive("that fails at a group leaves nothing of the one behind it either", () =>
    Effect.gen(function* () {
      const { file, next, seq, writer } = yield* begun
      const [a, b, ...rest] = next as [Row, Row, ...Array<Row>]
      const order: Array<string> = []
      const first = behind(writer, [a, ...rest, b]).finally(() => order.push("first"))
      const follows = all.slice(seq + next.length, seq + 2 * next.length)
      const second = given(writer, open(follows), undefined).finally(() => order.push("second"))
      const [failed, lost] = yield* Effect.promise(() => Promise.all([first, second]))
      assertShut(writer, failed, "the log is append-only")
      deepStrictEqual(lost, failed)
      deepStrictEqual(order, ["first", "second"])
      yield* Effect.promise(writer.close)
      yield* assertHolds(file, all.slice(0, seq))
    }),
  )

  it.scopedLive("commits two groups that lie there together, or neither", () =>
    Effect.gen(function* () {
      const { file, next, seq, writer } = yield* begun
      const [a, b, ...rest] = all.slice(seq + groupRows, seq + 2 * groupRows) as [Row, Row, ...Array<Row>]
      const other = new Database(file)
      other.exec("BEGIN IMMEDIATE") // The thread waits for this with the first in its hands, until the second lies there.
      const told = [behind(writer, next), given(writer, open([a, ...rest, b]), undefined)]
      other.exec("ROLLBACK")
      other.close()
      for (const result of yield* Effect.promise(() => Promise.all(told))) assertShut(writer, result, "append-only")
      yield* Effect.promise(writer.close)
      yield* assertHolds(file, all.slice(0, seq))
    }),
  )

  it.scopedLive("ends a group that is under way when the log is closed, and tells that it is done", () =>
    Effect.gen(function* () {
      const { file, next, seq, writer } = yield* begun
      const told = behind(writer, next)
      yield* Effect.promise(writer.close)
      assertRight(yield* Effect.promise(() => told), undefined)
      const refused = writer.append(all.slice(seq + next.length, seq + next.length + 1))
      assertShut(writer, refused, "the log was closed")
      yield* assertHolds(file, all.slice(0, seq + next.length))
    }),
  )

  it.scopedLive("keeps the process up until it has ended, when it is stopped with a group under way", () =>
    Effect.gen(function* () {
      const { next, thread, writer } = yield* begun
      const written = behind(writer, next)
      const closed = writer.close()
      let letGo = 0
      thread.unref = () => {
        letGo++
      }
      yield* Effect.promise(() => Promise.all([written, closed]))
      strictEqual(letGo, 0)
    }),
  )

  it.scopedLive("that dies with a group in its hands has written nothing of it, and the log is closed", () =>
    Effect.gen(function* () {
      const { file, next, seq, thread, writer } = yield* begun
      const other = new Database(file)
      other.exec("BEGIN IMMEDIATE") // The thread waits for this inside SQLite, and dies there.
      const told = behind(writer, next)
      const dead = thread.terminate()
      other.exec("ROLLBACK")
      other.close()
      yield* Effect.promise(() => dead)
      assertShut(writer, yield* Effect.promise(() => told), "the thread that writes the log ended")
      yield* Effect.promise(writer.close)
      yield* assertHolds(file, all.slice(0, seq))
    }),
  )

  it.scopedLive("that dies while it has nothing to do is done without", () =>
    Effect.gen(function* () {
      const { file, next, seq, thread, writer } = yield* begun
      yield* Effect.promise(() => thread.terminate())
      strictEqual(
        writer.appendBehind(open(next), hashBefore(next), () => {}),
        false,
      )
      assertRight(writer.append(next), undefined)
      yield* Effect.promise(writer.close)
      yield* assertHolds(file, all.slice(0, seq + next.length))
    }),
  )
})
