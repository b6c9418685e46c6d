import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import type { OpenRow } from "../core/Entry.ts"
import { chain, oddTexts } from "./eventLog.contract.ts"
import { LateHashes } from "./lateHashes.ts"
import { openMemory } from "./layerMemory.ts"

/* The rows are more than are added before the thread is started, and some of them are so long that few fit into a batch. */

const all = chain(
  Array.from({ length: 32_000 }, (_, i) => ({
    subject: `SM${i % 50}`,
    data: { n: i, text: i % 997 === 0 ? "щ".repeat(60_000) : (oddTexts[i % oddTexts.length] ?? "") },
  })),
)

const open = (from: number, to: number): ReadonlyArray<OpenRow> =>
  all.slice(from, to).map((row) => ({ ...row, hash: "" }))

const turn = () => new Promise((resolve) => setImmediate(resolve))

const late = Effect.acquireRelease(
  Effect.sync(() => new LateHashes()),
  (made) => Effect.promise(() => made.stop()),
)

/** Adds rows in groups, with turns of the host's loop between them, in which the thread comes up and is heard of. */
const add = async (hashes: LateHashes, from: number, to: number): Promise<ReadonlyArray<OpenRow>> => {
  const rows = open(from, to)
  for (let i = 0; i < rows.length; i += 700) {
    hashes.add(rows.slice(i, i + 700))
    await turn()
  }
  return rows
}

/** The first row that has another hash than it should. */
const wrong = (rows: ReadonlyArray<OpenRow>) => rows.find(({ hash, seq }) => hash !== all[seq - 1]?.hash)?.seq

/** Waits until the thread has told the hash of a row. */
const told = (row: OpenRow | undefined, hashes: LateHashes) =>
  Effect.gen(function* () {
    for (let i = 0; i < 1_000 && row?.hash === ""; i++) {
      yield* Effect.sleep("10 millis")
      hashes.add([])
    }
  })

describe("hashes of a log in memory", () => {
  it.scopedLive("are made when they are asked for", () =>
    Effect.gen(function* () {
      const hashes = yield* late
      const rows = open(0, 100)
      hashes.add(rows)
      strictEqual(rows[0]?.hash, "")
      hashes.make()
      strictEqual(wrong(rows), undefined)
    }),
  )

  it.scopedLive("are those of the chain, whoever has made them", () =>
    Effect.gen(function* () {
      const hashes = yield* late
      const first = yield* Effect.promise(() => add(hashes, 0, 24_000))
      yield* told(first[0], hashes)
      assertTrue(first[0]?.hash !== "", "the thread has told nothing")
      const second = yield* Effect.promise(() => add(hashes, 24_000, 30_000))
      hashes.make()
      const third = yield* Effect.promise(() => add(hashes, 30_000, 32_000))
      hashes.make()
      strictEqual(wrong([...first, ...second, ...third]), undefined)
    }),
  )

  it.scopedLive("are made here when the thread is gone", () =>
    Effect.gen(function* () {
      const hashes = yield* late
      const first = yield* Effect.promise(() => add(hashes, 0, 24_000))
      yield* told(first[0], hashes)
      yield* Effect.promise(() => hashes.stop())
      const second = yield* Effect.promise(() => add(hashes, 24_000, 32_000))
      hashes.make()
      strictEqual(wrong([...first, ...second]), undefined)
    }),
  )

  it.scopedLive("stand in every row that is read, and in the head", () =>
    Effect.gen(function* () {
      const log = yield* openMemory
      const rows = open(0, 4)
      log.append(rows.slice(0, 2))
      deepStrictEqual(yield* log.head, { seq: 2, at: all[1]?.at, hash: all[1]?.hash })
      log.append(rows.slice(2))
      deepStrictEqual(yield* log.readSubject("SM3", 0, 1), all.slice(3, 4))
      deepStrictEqual(yield* log.read(0, 4), all.slice(0, 4))
    }),
  )
})
