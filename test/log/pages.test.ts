import * as fs from "node:fs"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual, throws } from "@effect/vitest/utils"
import Database from "better-sqlite3"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import type { Kind, Row } from "../../src/core/Entry.ts"
import { chain, chainOf } from "../../src/log/eventLog.contract.ts"
import { openLogPages, pageEntries } from "../../src/log/logPages.ts"
import { packPage, unpackPage } from "../../src/log/packedPage.ts"
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

/** Overwrites the page of the file that holds the middle of the entries. */
const damageMiddle = (file: string): void => {
  const db = new Database(file)
  db.pragma("wal_checkpoint(TRUNCATE)")
  const leaves = db
    .prepare<[], number>("SELECT pageno FROM dbstat WHERE name = 'entries' AND pagetype = 'leaf' ORDER BY path")
    .pluck()
    .all()
  const bytes = Number(db.pragma("page_size", { simple: true }))
  db.close()
  const fd = fs.openSync(file, "r+")
  fs.writeSync(fd, Buffer.alloc(bytes, 0xff), 0, bytes, ((leaves[leaves.length >> 1] ?? 0) - 1) * bytes)
  fs.closeSync(fd)
}

describe("the pages of a log", () => {
  it.scoped("hold all its rows in their order, a thousand each while these are small", () =>
    Effect.gen(function* () {
      const all = chainOf(2_300, 7)
      const pages = yield* opened(yield* closedLog(all))
      strictEqual(pages.entriesAbout, 2_300)
      deepStrictEqual(
        [pages.next(), pages.next(), pages.next()],
        [all.slice(0, 1000), all.slice(1000, 2000), all.slice(2000)],
      )
      strictEqual(pages.next(), undefined)
    }),
  )

  it.scoped("hold no more of large ones than a query brings behind a megabyte", () =>
    Effect.gen(function* () {
      const all = chain(Array.from({ length: 300 }, () => ({ data: { text: "x".repeat(10_000) } })))
      const pages = yield* opened(yield* closedLog(all))
      deepStrictEqual([pages.next(), pages.next()], [all.slice(0, pageEntries), all.slice(pageEntries)])
    }),
  )

  it.scoped("that cannot be read come after what was read before them, and are not passed over", () =>
    Effect.gen(function* () {
      const all = chainOf(3_000, 7)
      const file = yield* closedLog(all)
      damageMiddle(file)
      const pages = yield* opened(file)
      deepStrictEqual(pages.next(), all.slice(0, 1_000))
      const rest = pages.next()?.length ?? 0
      assertTrue(rest > 0 && rest < 1_000, `${rest} rows came before the damage`)
      throws(() => pages.next())
      throws(() => pages.next())
    }),
  )
})
