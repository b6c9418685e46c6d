import { describe, it } from "@effect/vitest"
import { assertMatch, assertTrue, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { seeded } from "../../test/support/seeded.ts"
import { roll, sid, token } from "./chance.ts"

/* The vectors are a stored format: a recording made by one version must be what the next one makes. */

const seeds = FastCheck.integer()
const counts = FastCheck.nat()
const names = FastCheck.string({ maxLength: 10 })

describe("a SID", () => {
  it.each([
    ["SM", 1, 0, "SM8d60db5924fd9ad2619dce5aa7e7ed67"],
    ["SM", 1, 1, "SMd8e89ef6591ddf6f81e8743d2ad8dd8c"],
    ["SM", 2, 0, "SMafcf24f1504e92a7c1197cdbe9e147a6"],
    ["MM", 1, 0, "MMc32e205e4a1a63a409c3d475ccedfe8a"],
  ])("of %s with seed %i and count %i is %s", (prefix, seed, n, expected) =>
    strictEqual(sid(prefix, seed, n), expected),
  )

  it.prop(
    "is its prefix and 32 hex digits",
    [FastCheck.constantFrom("SM", "MM", "CA", "AC"), seeds, counts],
    ([prefix, seed, n]) => {
      assertMatch(sid(prefix, seed, n), /^[A-Z]{2}[0-9a-f]{32}$/)
      strictEqual(sid(prefix, seed, n).slice(0, 2), prefix)
    },
    seeded,
  )

  it("is never given twice", () => {
    const all = ["SM", "MM"].flatMap((prefix) =>
      [1, 2].flatMap((seed) => Array.from({ length: 1_000 }, (_, n) => sid(prefix, seed, n).slice(2))),
    )
    strictEqual(new Set(all).size, 4_000)
  })
})

describe("a roll", () => {
  it.each([
    [1, "endpoint", "t", 1, 9741],
    [1, "endpoint", "t", 2, 6419],
    [2, "endpoint", "t", 1, 5310],
    [1, "loss", "t", 1, 2995],
    [1, "endpoint", "u", 1, 8646],
  ])("with seed %i for %s about %s, draw %i, is %i", (seed, name, subject, n, expected) =>
    strictEqual(roll(seed, name, subject, n), expected),
  )

  it.prop(
    "is a whole number of basis points",
    [seeds, names, names, counts],
    ([seed, name, subject, n]) => {
      const drawn = roll(seed, name, subject, n)
      assertTrue(Number.isInteger(drawn) && drawn >= 0 && drawn <= 9_999)
    },
    seeded,
  )

  it("falls on every twentieth of its range about equally often, by draw, by subject and by seed", () => {
    const rolls = 20_000
    for (const draw of [
      (i: number) => roll(1, "loss", "SM1", i),
      (i: number) => roll(1, "loss", `SM${i}`, 1),
      (i: number) => roll(i, "loss", "SM1", 1),
    ]) {
      const counted = new Array<number>(20).fill(0)
      for (let i = 0; i < rolls; i++) {
        const part = Math.floor(draw(i) / 500)
        counted[part] = (counted[part] ?? 0) + 1
      }
      // Five standard deviations of a binomial with mean 1 000.
      for (const count of counted) assertTrue(Math.abs(count - 1_000) < 155, `${counted.join(" ")}`)
    }
  })

  it("reaches both ends of its range", () => {
    const seen = new Set(Array.from({ length: 100_000 }, (_, i) => roll(1, "ends", "x", i)))
    assertTrue(seen.has(0) && seen.has(9_999))
  })
})

describe("a token", () => {
  it.each([
    [1, "callback sent", "SM1", "ecd09b1f-04b3-5e60-ab93-c3492a8a3e11"],
    [1, "callback delivered", "SM1", "7fcfebf2-b7ea-59d1-abda-2c7b4fdc8fd0"],
    [2, "callback sent", "SM1", "5c7c6cdb-9c48-548b-a433-3dc8d41cd18a"],
  ])("with seed %i for %s about %s is %s", (seed, name, subject, expected) =>
    strictEqual(token(seed, name, subject), expected),
  )

  it.prop(
    "has the shape of a UUID made from a name",
    [seeds, names, names],
    ([seed, name, subject]) =>
      assertMatch(token(seed, name, subject), /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    seeded,
  )
})
