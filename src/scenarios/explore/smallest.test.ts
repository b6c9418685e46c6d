import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { smallest } from "./smallest.ts"

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i)
const holds = (needed: ReadonlyArray<number>) => (part: ReadonlyArray<number>) =>
  needed.every((each) => part.includes(each))

describe("A smallest part that fails", () => {
  it.effect.each([
    ["one of many", 100, [37]],
    ["two that lie apart", 100, [3, 96]],
    ["all of them", 4, [0, 1, 2, 3]],
    ["none, when nothing is needed", 50, []],
    ["the only one", 1, [0]],
  ] as ReadonlyArray<readonly [string, number, ReadonlyArray<number>]>)("is %s", ([, n, needed]) =>
    Effect.map(
      smallest(upTo(n), (part) => Effect.succeed(holds(needed)(part)), 1_000),
      ({ items, minimal }) => deepStrictEqual([items, minimal], [needed, true]),
    ),
  )

  it.effect("is found in few runs, none of them twice", () => {
    const asked: Array<string> = []
    return Effect.map(
      smallest(
        upTo(1_000),
        (part) => {
          asked.push(part.join(" "))
          return Effect.succeed(holds([500])(part))
        },
        10_000,
      ),
      ({ items, runs }) => {
        deepStrictEqual(items, [500])
        strictEqual(new Set(asked).size, asked.length)
        assertTrue(runs === asked.length && runs < 40, String(runs))
      },
    )
  })

  it.effect("is as small as it is by then when the runs are used up, and says so", () =>
    Effect.map(
      smallest(upTo(64), (part) => Effect.succeed(holds([1, 62])(part)), 4),
      ({ items, minimal, runs }) => {
        assertTrue(holds([1, 62])(items))
        deepStrictEqual([minimal, runs], [false, 4])
      },
    ),
  )

  it.effect.prop(
    "fails, and with any one left out it does not",
    [FastCheck.array(FastCheck.uniqueArray(FastCheck.nat(19), { maxLength: 4 }), { minLength: 1, maxLength: 3 })],
    ([causes]) => {
      const fails = (part: ReadonlyArray<number>) => causes.some((needed) => holds(needed)(part))
      return Effect.map(
        smallest(upTo(20), (part) => Effect.succeed(fails(part)), 10_000),
        ({ items }) => {
          assertTrue(fails(items))
          for (const item of items) assertTrue(!fails(items.filter((each) => each !== item)))
        },
      )
    },
  )
})
