import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import type { Pair } from "../../../core/entries.ts"
import { dateRange, within } from "./dateFilter.ts"

const rangeOf = (...query: ReadonlyArray<Pair>) => Either.getOrThrow(dateRange(query, "DateSent"))
const ms = Date.parse

describe("a filter by date", () => {
  it("that is not there asks for nothing", () => {
    strictEqual(rangeOf(), undefined)
    strictEqual(rangeOf(["DateSent", ""], ["DateCreated", "2024-01-31"]), undefined)
  })

  it("of a day means all of it, at every end", () => {
    const day = { from: ms("2024-02-29T00:00:00Z"), to: ms("2024-02-29T23:59:59.999Z") }
    deepStrictEqual(rangeOf(["DateSent", "2024-02-29"]), day)
    deepStrictEqual(rangeOf(["DateSent>", "2024-02-29"]), { from: day.from, to: Number.POSITIVE_INFINITY })
    deepStrictEqual(rangeOf(["DateSent<", "2024-02-29"]), { from: Number.NEGATIVE_INFINITY, to: day.to })
    deepStrictEqual(rangeOf(["DateSent<", "2024-03-01"], ["DateSent>", "2024-02-29"]), {
      from: day.from,
      to: ms("2024-03-01T23:59:59.999Z"),
    })
  })

  it.each([
    ["2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z"],
    ["2024-01-31T10:00:00", "2024-01-31T10:00:00Z"],
    ["2024-01-31 10:00:00.000", "2024-01-31T10:00:00Z"],
    ["2024-01-31T10:00:00.999Z", "2024-01-31T10:00:00Z"],
    ["2024-01-31T10:00:00+02:00", "2024-01-31T08:00:00Z"],
    ["2024-01-31T10:00:00 02:00", "2024-01-31T08:00:00Z"],
    ["Wed, 19 Jun 2019 22:04:00 +0000", "2019-06-19T22:04:00Z"],
    ["Wed, 19 Jun 2019 22:04:00 -0000", "2019-06-19T22:04:00Z"],
    ["Wed, 19 Jun 2019 22:04:00 0000", "2019-06-19T22:04:00Z"],
    ["19 Jun 2019 22:04:00 -0430", "2019-06-20T02:34:00Z"],
    ["Wed, 19 Jun 2019 22:04:00 GMT", "2019-06-19T22:04:00Z"],
    ["06/11/2019 22:05:25 MST", "2019-06-12T05:05:25Z"],
    ["06/11/2019 22:05:25", "2019-06-11T22:05:25Z"],
  ])("of the instant %j means its second", (text, second) =>
    deepStrictEqual(rangeOf(["DateSent", text]), { from: ms(second), to: ms(second) + 999 }),
  )

  it.each([
    "yesterday",
    "2024-02-30",
    "2024-1-1",
    "31 Foo 2024 10:00:00 +0000",
    "13/01/2024",
    "06/11/2019 22:05:25 XYZ",
    "0",
    "\u0000",
  ])("that is no date (%j) is refused", (text) => {
    for (const name of ["DateSent", "DateSent<", "DateSent>"]) {
      const range = dateRange([[name, text]], "DateSent")
      assertTrue(Either.isLeft(range))
      deepStrictEqual(
        [range.left.code, range.left.message],
        [20400, `The request could not be read: ${name} is no date`],
      )
    }
  })

  it("takes what lies within, ends included, and nothing that has no date", () => {
    const range = { from: 10, to: 20 }
    deepStrictEqual(
      [9, 10, 20, 21, undefined].map((at) => within(range, at)),
      [false, true, true, false, false],
    )
  })
})
