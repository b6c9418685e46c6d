import * as v8 from "node:v8"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { seededRuns } from "../../../test/support/seeded.ts"
import { columnOf, isAt, valueAt } from "./columns.ts"

const integer = FastCheck.oneof(
  FastCheck.integer({ min: -300, max: 300 }),
  FastCheck.integer(),
  FastCheck.maxSafeInteger(),
)
const text = FastCheck.oneof(
  FastCheck.string({ maxLength: 40 }),
  FastCheck.array(FastCheck.integer({ min: 0, max: 0xffff }), { maxLength: 9 }).map((codes) =>
    String.fromCharCode(...codes),
  ),
)
const value = FastCheck.oneof(integer, text, FastCheck.constantFrom(undefined, true, "sent", "queued"))
const column = FastCheck.oneof(
  ...[integer, text, value, FastCheck.constantFrom("sent", "queued", undefined)].map((each) =>
    FastCheck.array<unknown>(each, { minLength: 1, maxLength: 90 }),
  ),
)

describe("a column", () => {
  it.prop(
    "has each value at its place, also after it went through bytes",
    [column],
    ([values]) => {
      const packed = columnOf(values)
      for (const column of [packed, v8.deserialize(v8.serialize(packed)) as typeof packed])
        deepStrictEqual(
          values.map((_, i) => valueAt(column, i)),
          values,
        )
    },
    seededRuns(500),
  )

  it.prop(
    "of texts knows which is at a place",
    [FastCheck.array(text, { minLength: 1, maxLength: 60 }), text],
    ([texts, another]) => {
      const packed = columnOf(texts)
      for (const [i, each] of texts.entries())
        for (const sought of [each, another, `${each}x`, each.slice(1), texts[i + 1] ?? ""])
          strictEqual(isAt(packed, i, sought), sought === each)
    },
    seededRuns(500),
  )

  it("has the form that takes least", () => {
    const many = Array.from({ length: 1_000 }, (_, i) => i)
    const formOf = (of: (i: number) => unknown) => columnOf(many.map(of)).form
    strictEqual(
      formOf((i) => (i % 3 === 0 ? undefined : "sent")),
      "coded",
    )
    strictEqual(
      formOf((i) => 1_700_000_000_000 + 50 * i),
      "integers",
    )
    strictEqual(
      formOf((i) => `text ${i}`),
      "texts",
    )
    strictEqual(
      formOf((i) => "x".repeat(0xffff) + i),
      "plain",
    )
    strictEqual(
      formOf((i) => ({ i })),
      "plain",
    )
    strictEqual(
      formOf((i) => i * 2 ** 40),
      "plain",
    )
    strictEqual(
      formOf((i) => (i === 7 ? undefined : i)),
      "plain",
    )
  })

  it("of integers holds those that are as far apart as two characters tell", () => {
    const spread = (most: number) => columnOf([5, 5 + most, 6, 7, 8])
    strictEqual(spread(2 ** 16 - 1).form, "integers")
    for (const most of [2 ** 16 - 1, 2 ** 16, 2 ** 32 - 1]) strictEqual(valueAt(spread(most), 1), 5 + most)
    strictEqual(spread(2 ** 32 - 1).form, "integers")
    strictEqual(spread(2 ** 32).form, "plain")
  })
})
