import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { until } from "../../test/support/until.ts"
import { decode, type OpenRow, type Row } from "../core/Entry.ts"
import { chain, oddTexts } from "./eventLog.contract.ts"
import { HashThread } from "./HashThread.ts"
import { openMemory } from "./layerMemory.ts"
import { PackedRows } from "./PackedRows.ts"

/* The rows are more than are added before the thread is started, and some of them are so long that few lie in a piece of memory. */

const all = chain(
  Array.from({ length: 32_000 }, (_, i) => ({
    subject: `SM${i % 50}`,
    data: { n: i, text: i % 997 === 0 ? "щ".repeat(60_000) : (oddTexts[i % oddTexts.length] ?? "") },
  })),
)

/** As an engine makes them. */
const unhashed = (from: number, to: number): ReadonlyArray<Row> =>
  all.slice(from, to).map((row) => ({ ...row, hash: "" }))

const packed = Effect.acquireRelease(
  Effect.sync(() => new PackedRows()),
  (rows) => Effect.promise(() => rows.stop()),
)

/** Adds rows in groups, and gives the thread time to come up and to make hashes. */
const add = (rows: PackedRows, from: number, to: number) =>
  Effect.gen(function* () {
    for (let i = from; i < to; i += 700) {
      rows.add(unhashed(i, Math.min(to, i + 700)))
      yield* Effect.sleep("5 millis")
    }
  })

/** The first row that is not as it should be. */
const wrong = (rows: PackedRows) => {
  for (let i = 0; i < rows.length; i++) {
    const row = rows.at(i)
    for (const key of Object.keys(all[i] as Row) as ReadonlyArray<keyof Row>)
      if (row[key] !== all[i]?.[key]) return `${key} of ${i + 1}`
  }
  return undefined
}

describe("packed rows", () => {
  it.scopedLive("are read as they were, with the hashes of their chain", () =>
    Effect.gen(function* () {
      const rows = yield* packed
      rows.add(unhashed(0, 3_000))
      strictEqual(rows.hashAt(2_999), all[2_999]?.hash)
      rows.add(unhashed(3_000, 3_500))
      strictEqual(wrong(rows), undefined)
    }),
  )

  it.scopedLive("are the same whoever makes their hashes, and whenever they are looked at", () =>
    Effect.gen(function* () {
      const rows = yield* packed
      yield* add(rows, 0, 27_000)
      strictEqual(rows.hashAt(rows.length - 1), all[26_999]?.hash)
      yield* add(rows, 27_000, 30_000)
      rows.add(unhashed(30_000, 31_999))
      strictEqual(rows.hashAt(100), all[100]?.hash)
      rows.add(unhashed(31_999, 32_000))
      strictEqual(wrong(rows), undefined)
    }),
  )

  it.scopedLive("get their hashes here when the thread is gone", () =>
    Effect.gen(function* () {
      const rows = yield* packed
      yield* add(rows, 0, 24_000)
      yield* Effect.promise(() => rows.stop())
      yield* add(rows, 24_000, 32_000)
      strictEqual(wrong(rows), undefined)
    }),
  )

  it.scopedLive("get their hashes here when the thread has died over them, and it is asked for nothing more", () =>
    Effect.gen(function* () {
      const thread = new HashThread()
      const rows = yield* Effect.acquireRelease(
        Effect.sync(() => new PackedRows(() => thread)),
        (made) => Effect.promise(() => made.stop()),
      )
      yield* add(rows, 0, 24_000)
      assertTrue(thread.usable)
      // Texts in memory that it does not know: it throws.
      thread.give({ chunks: [], texts: new Int32Array([9_999, 0, 1]), previous: "" })
      rows.add(unhashed(24_000, 27_000))
      strictEqual(rows.hashAt(26_999), all[26_999]?.hash)
      strictEqual(thread.usable, false)
      yield* add(rows, 27_000, 32_000)
      strictEqual(wrong(rows), undefined)
    }),
  )

  it.scopedLive("get their hashes here when the thread has died with nobody waiting", () =>
    Effect.gen(function* () {
      const thread = new HashThread()
      thread.give({ chunks: [], texts: new Int32Array([9_999, 0, 1]), previous: "" })
      yield* Effect.promise(() => until("the thread is gone", () => !thread.usable))
      const rows = new PackedRows(() => thread)
      yield* add(rows, 0, 27_000)
      strictEqual(rows.hashAt(26_999), all[26_999]?.hash)
    }),
  )

  it.scopedLive(
    "are the same when they are made here, among rows that are never added and others that come from elsewhere",
    () =>
      Effect.gen(function* () {
        const rows = yield* packed
        const made = (from: number, to: number) => all.slice(from, to).map((row) => rows.encode(decode(row)))
        rows.add(made(0, 900))
        made(900, 1_100) // A rule threw later in that turn.
        rows.add(unhashed(900, 1_000))
        const [first, ...more] = made(1_000, 22_000)
        deepStrictEqual([first?.seq, first?.subject, first?.data], [1_001, all[1_000]?.subject, all[1_000]?.data])
        rows.add([first as OpenRow])
        for (let i = 0; i < more.length; i += 5_000) rows.add(more.slice(i, i + 5_000))
        // A row that was made for another log.
        rows.add([new PackedRows().encode(decode(all[22_000] as Row))])
        strictEqual(rows.hashAt(22_000), all[22_000]?.hash)
        strictEqual(wrong(rows), undefined)
      }),
  )

  it.scopedLive("make a log whose reads, head and looks at single hashes agree", () =>
    Effect.gen(function* () {
      const log = yield* openMemory
      log.append(unhashed(0, 4))
      deepStrictEqual(yield* log.head, { seq: 4, at: all[3]?.at, hash: all[3]?.hash })
      deepStrictEqual(yield* log.read(1, 2), all.slice(1, 3))
      deepStrictEqual(log.packed?.read(1, 2), all.slice(1, 3))
      deepStrictEqual(log.packed?.hashAt(2), all[1]?.hash)
    }),
  )
})
