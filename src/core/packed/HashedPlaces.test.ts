import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { seededRuns } from "../../../test/support/seeded.ts"
import { HashedPlaces } from "./HashedPlaces.ts"

const act = FastCheck.record({
  does: FastCheck.constantFrom("set", "set", "set", "delete", "clear"),
  key: FastCheck.nat(60).map((n) => `+1555000${n}`),
})

describe("places by their keys", () => {
  it.prop(
    "are those that a map of the keys would have",
    [FastCheck.array(act, { maxLength: 400 })],
    ([acts]) => {
      const keys: Array<string> = []
      const places = new HashedPlaces((place, key) => keys[place] === key)
      const model = new Map<string, number>()
      for (const { does, key } of acts) {
        if (does === "set") {
          places.set(key, keys.length)
          model.set(key, keys.length)
          keys.push(key)
        } else if (does === "delete") {
          places.delete(key)
          model.delete(key)
        } else if (keys.length % 7 === 0) {
          places.clear()
          model.clear()
        }
        strictEqual(places.size, model.size)
        strictEqual(places.get(key), model.get(key))
      }
      for (const key of keys) strictEqual(places.get(key), model.get(key))
      strictEqual(places.get("nobody"), undefined)
    },
    seededRuns(300),
  )

  it("are found among a hundred thousand, also when most have gone again", () => {
    const keyOf = (i: number) => `SM${String(i).padStart(32, "0")}`
    const places = new HashedPlaces((place, key) => keyOf(place) === key)
    for (let i = 0; i < 100_000; i++) {
      places.set(keyOf(i), i)
      if (i >= 10) places.delete(keyOf(i - 10))
    }
    strictEqual(places.size, 10)
    for (let i = 99_990; i < 100_000; i++) strictEqual(places.get(keyOf(i)), i)
    strictEqual(places.get(keyOf(5)), undefined)
  })

  it("whose keys nobody looks at are together where their hashes are one", () => {
    const places = new HashedPlaces()
    places.set("alike, and then the same end", 1)
    places.set("alikf, and then the same end", 2)
    strictEqual(places.get("alike, and then the same end"), 2)
    strictEqual(places.size, 1)
  })
})
