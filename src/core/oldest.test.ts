import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { dropOldest, oldestOf } from "./oldest.ts"

describe("the oldest of a map", () => {
  it("is that of a fresh iterator, whatever is put in, put in anew and taken out meanwhile", () =>
    FastCheck.assert(
      FastCheck.property(
        FastCheck.array(
          FastCheck.tuple(FastCheck.constantFrom("put", "anew", "take", "drop", "clear"), FastCheck.nat(8)),
          { maxLength: 60 },
        ),
        (steps) => {
          const map = new Map<number, object>()
          for (const [step, key] of steps) {
            if (step === "put" && !map.has(key)) map.set(key, {})
            if (step === "anew") {
              map.delete(key)
              map.set(key, {})
            }
            if (step === "take") map.delete(key)
            if (step === "drop") dropOldest(map)
            if (step === "clear" && key === 0) map.clear()
            const [fresh] = map
            deepStrictEqual(oldestOf(map), fresh)
          }
        },
      ),
    ))

  it("is found again in a map that was empty", () => {
    const map = new Map<string, number>()
    strictEqual(oldestOf(map), undefined)
    map.set("a", 1)
    deepStrictEqual(oldestOf(map), ["a", 1])
  })

  it("is taken out of texts that come again, too", () => {
    const map = new Map([
      ["a", "x"],
      ["b", "x"],
    ])
    dropOldest(map)
    map.set("a", "x")
    dropOldest(map)
    deepStrictEqual([...map.keys()], ["a"])
  })

  it("costs the same however many went before it", () => {
    const map = new Map<number, number>()
    let looks = 0
    const entries = map.entries.bind(map)
    map.entries = () => {
      looks++
      return entries()
    }
    for (let i = 0; i < 30_000; i++) {
      map.set(i, i)
      if (map.size > 10_000) dropOldest(map)
    }
    deepStrictEqual([map.size, oldestOf(map)?.[0], looks], [10_000, 20_000, 1])
  })
})
