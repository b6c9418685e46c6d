import { existsSync } from "node:fs"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import type { Row } from "../../src/core/Entry.ts"
import { chainOf } from "../../src/log/eventLog.contract.ts"
import { pageEntries } from "../../src/log/logPages.ts"
import { pagesOf } from "../../src/log/pagesOf.ts"
import { closedLog } from "../log/given.ts"

/* A log of many more pages than the reading thread may be ahead. */

const worker = new URL("../../dist/pages.worker.mjs", import.meta.url)
const all = chainOf(60 * pageEntries + 7, 300)

/** Its pages: the thread's from the first on, or those of this thread before. */
const opened = (pagesBefore: number | undefined) =>
  Effect.flatMap(closedLog(all), (file) =>
    pagesOf(file, { worker, threadEntriesMin: 0, ...(pagesBefore === undefined ? {} : { pagesBefore }) }),
  )

describe("a log that a thread of its own reads", () => {
  it("has such a thread", () => assertTrue(existsSync(worker)))

  for (const pagesBefore of [0, 1, undefined])
    it.scopedLive(`comes whole and in its order, ${pagesBefore ?? "any number of"} pages of it from this thread`, () =>
      Effect.gen(function* () {
        const nextPage = yield* opened(pagesBefore)
        const rows: Array<Row> = []
        for (let page = yield* nextPage; page !== undefined; page = yield* nextPage) {
          strictEqual(page.matching, page.rows.length)
          rows.push(...page.rows)
        }
        deepStrictEqual(rows, all)
      }),
    )

  it.scopedLive("can be left in its middle", () =>
    Effect.gen(function* () {
      const nextPage = yield* opened(0)
      deepStrictEqual((yield* nextPage)?.rows, all.slice(0, pageEntries))
    }),
  )
})
