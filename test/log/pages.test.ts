import * as fs from "node:fs"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual, throws } from "@effect/vitest/utils"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { genesis, type Kind, type Row } from "../../src/core/Entry.ts"
import { chain, chainOf } from "../../src/log/eventLog.contract.ts"
import { type LogPages, openLogPages, pageEntries } from "../../src/log/logPages.ts"
import { packPage, unpackPage } from "../../src/log/packedPage.ts"
import { openPages, type Source, type Stand } from "../../src/log/pages.ts"
import { anyText } from "../support/json.ts"
import { closedLog } from "./given.ts"

/** Rows as an altered file may hold them, too. */
const row: FastCheck.Arbitrary<Row> = FastCheck.record({
  seq: FastCheck.nat(),
  at: FastCheck.oneof(FastCheck.maxSafeInteger(), FastCheck.constant(Number.NaN)),
  cause: FastCheck.nat(),
  kind: FastCheck.constantFrom<Kind>("input", "outcome", "?7" as Kind),
  type: anyText,
  subject: anyText,
  data: anyText,
  hash: anyText,
})

describe("a page that goes to another thread", () => {
  it("comes there as it was, an empty one too", () =>
    FastCheck.assert(
      FastCheck.property(FastCheck.array(row), FastCheck.nat(), (rows, matching) => {
        deepStrictEqual(unpackPage(structuredClone(packPage({ rows, matching }))), { rows, matching })
      }),
    ))
})

/** The pages of a log. */
const opened = (file: string) =>
  Effect.acquireRelease(
    Effect.sync(() => openLogPages(file)),
    (pages) => Effect.sync(pages.close),
  )

const openedPages = (source: Source, stand?: Stand) =>
  Effect.acquireRelease(
    Effect.sync(() => openPages(source, stand)),
    (pages) => Effect.sync(pages.close),
  )

/** What comes before a page that cannot be read. */
const rowsUntilDamage = (pages: LogPages): ReadonlyArray<Row> => {
  const rows: Array<Row> = []
  throws(() => {
    for (let some = pages.next(); some !== undefined; some = pages.next()) rows.push(...some)
  })
  return rows
}

/** Overwrites the page of the file that holds the middle of a table. */
const damageMiddle = (file: string, table: "entries" | "subjects" = "entries"): void => {
  const db = new Database(file)
  db.pragma("wal_checkpoint(TRUNCATE)")
  const leaves = db
    .prepare<[string], number>("SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path")
    .pluck()
    .all(table)
  const bytes = Number(db.pragma("page_size", { simple: true }))
  db.close()
  const fd = fs.openSync(file, "r+")
  fs.writeSync(fd, Buffer.alloc(bytes, 0xff), 0, bytes, ((leaves[leaves.length >> 1] ?? 0) - 1) * bytes)
  fs.closeSync(fd)
}

describe("the pages of a log", () => {
  it.scoped("hold all its rows in their order, so many each", () =>
    Effect.gen(function* () {
      const all = chainOf(2 * pageEntries + 30, 7)
      const pages = yield* opened(yield* closedLog(all))
      strictEqual(pages.entriesAbout, all.length)
      deepStrictEqual(
        [pages.next(), pages.next(), pages.next()],
        [all.slice(0, pageEntries), all.slice(pageEntries, 2 * pageEntries), all.slice(2 * pageEntries)],
      )
      strictEqual(pages.next(), undefined)
    }),
  )

  it.scoped("go on behind an entry that another has read", () =>
    Effect.gen(function* () {
      const all = chainOf(400, 7)
      const file = yield* closedLog(all)
      const source = { _tag: "log", place: file, file } as const
      const [one, other] = [yield* openedPages(source), yield* openedPages(source, { seq: 0, hash: genesis })]
      deepStrictEqual(one.next(), { rows: all.slice(0, pageEntries), matching: pageEntries })
      const behind = yield* openedPages(source, one.stand())
      for (const pages of [one, behind]) {
        deepStrictEqual(pages.next(), { rows: all.slice(pageEntries), matching: 400 - pageEntries })
        strictEqual(pages.next(), undefined)
      }
      deepStrictEqual(other.stand(), { seq: 0, hash: genesis })
      strictEqual((yield* openedPages(source, { seq: 200, hash: "0" })).next()?.matching, 0)
    }),
  )

  it.scoped("have names that stand among others which cannot be read", () =>
    Effect.gen(function* () {
      const all = chain(Array.from({ length: 4_000 }, (_, i) => ({ subject: `SM${"0".repeat(60)}${i}` })))
      const file = yield* closedLog(all)
      damageMiddle(file, "subjects")
      const pages = yield* opened(file)
      const read = rowsUntilDamage(pages)
      deepStrictEqual(read, all.slice(0, read.length))
      assertTrue(read.length > 1_000 && read.length < 3_000, `${read.length} rows came before the damage`)
    }),
  )

  it.scoped("that cannot be read come after what was read before them, and are not passed over", () =>
    Effect.gen(function* () {
      const all = chainOf(3_000, 7)
      const file = yield* closedLog(all)
      damageMiddle(file)
      const pages = yield* opened(file)
      const read = rowsUntilDamage(pages)
      deepStrictEqual(read, all.slice(0, read.length))
      assertTrue(read.length > 1_000 && read.length < 2_000, `${read.length} rows came before the damage`)
      throws(() => pages.next())
    }),
  )
})
