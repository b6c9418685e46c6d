import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { seededRuns } from "../../test/support/seeded.ts"
import { SpreadMap } from "./SpreadMap.ts"

const keyOf = (n: number) => `message SM${String(n).padStart(32, "0")}`

const filled = (count: number): SpreadMap<number> => {
  const map = new SpreadMap<number>()
  for (let n = 0; n < count; n++) map.set(keyOf(n), n)
  return map
}

describe("a map of many keys", () => {
  const act = FastCheck.record({
    does: FastCheck.constantFrom("set", "set", "set", "delete"),
    from: FastCheck.nat(6_000),
    many: FastCheck.integer({ min: 1, max: 3_000 }),
  })

  it.prop(
    "holds what a map would, however many they become",
    [FastCheck.array(act, { minLength: 2, maxLength: 12 })],
    ([acts]) => {
      const map = new SpreadMap<number>()
      const model = new Map<string, number>()
      for (const [round, { does, from, many }] of acts.entries())
        for (let n = from; n < from + many; n++)
          if (does === "set") {
            map.set(keyOf(n), round)
            model.set(keyOf(n), round)
          } else strictEqual(map.delete(keyOf(n)), model.delete(keyOf(n)))
      strictEqual(map.size, model.size)
      for (let n = 0; n < 9_000; n++) {
        strictEqual(map.get(keyOf(n)), model.get(keyOf(n)))
        strictEqual(map.has(keyOf(n)), model.has(keyOf(n)))
      }
      deepStrictEqual([...map.values()].sort(), [...model.values()].sort())
    },
    seededRuns(40),
  )

  it("never moves more than a few thousand of them at once", () => {
    const map = filled(100_000) as unknown as { readonly maps: ReadonlyArray<ReadonlyMap<string, number>> }
    assertTrue(Math.max(...map.maps.map(({ size }) => size)) < 1_000)
  })

  it("is told from another by what it holds", () => {
    const [one, same, other] = [filled(5_000), filled(5_000), filled(5_000)]
    other.set(keyOf(7), -1)
    deepStrictEqual(one, same)
    let alike = true
    try {
      deepStrictEqual(one, other)
    } catch {
      alike = false
    }
    strictEqual(alike, false)
  })
})
