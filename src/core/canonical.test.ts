import { describe, it } from "@effect/vitest"
import { assertMatch, deepStrictEqual, strictEqual, throws } from "@effect/vitest/utils"
import { anyText, json, reordered } from "../../test/support/json.ts"
import { seeded } from "../../test/support/seeded.ts"
import { byCodeUnit, canonical, type Json, type JsonObject, sha256 } from "./canonical.ts"
import { limits } from "./limits.ts"

const refuses = (value: unknown, reason: RegExp) =>
  throws(
    () => canonical(value),
    (error) => {
      strictEqual((error as Error).name, "NotCanonical")
      assertMatch((error as Error).message, reason)
      return undefined
    },
  )

const nested = (depth: number, inner: unknown, wrap: (value: unknown) => unknown): unknown => {
  let value = inner
  for (let i = 0; i < depth; i++) value = wrap(value)
  return value
}

/** An object whose keys stand in this order, as far as an object can hold one. */
const keyed = (...keys: ReadonlyArray<string>): JsonObject => Object.fromEntries(keys.map((key, i) => [key, i]))

class Instance {
  readonly a = 1
}

const texts: ReadonlyArray<readonly [what: string, value: unknown, text: string]> = [
  ["null", null, "null"],
  ["booleans", [true, false], "[true,false]"],
  ["the largest integer", Number.MAX_SAFE_INTEGER, "9007199254740991"],
  ["the smallest integer", Number.MIN_SAFE_INTEGER, "-9007199254740991"],
  ["an empty object", {}, "{}"],
  ["an empty list", [], "[]"],
  ["keys in order", { a: 1, b: 2 }, '{"a":1,"b":2}'],
  ["keys out of order", { b: 2, a: 1 }, '{"a":1,"b":2}'],
  ["keys out of order inside", { a: [{ d: 1, c: { f: 1, e: 2 } }] }, '{"a":[{"c":{"e":2,"f":1},"d":1}]}'],
  ["keys that look like numbers, by code unit", keyed("9", "10"), '{"10":1,"9":0}'],
  ["keys that look like numbers beside others", keyed("9", "10", "1a", "-1"), '{"-1":3,"10":1,"1a":2,"9":0}'],
  ["an empty key first", keyed("a", ""), '{"":1,"a":0}'],
  ["capitals before small letters", keyed("a", "B"), '{"B":1,"a":0}'],
  ["keys by code unit, not by code point", keyed("\uffff", "😀"), '{"😀":1,"\uffff":0}'],
  ["a prefix before what it begins", keyed("ab", "a"), '{"a":1,"ab":0}'],
  ["a list in its order", [3, 1, 2], "[3,1,2]"],
  ["control characters as JSON has them", "\u0000\n\u001f", '"\\u0000\\n\\u001f"'],
  ["text outside ASCII as it is", "é😀\u2028", '"é😀\u2028"'],
  ["lone surrogates escaped", "\ud83d", '"\\ud83d"'],
  ["an object without prototype", Object.assign(Object.create(null), { b: 1, a: 2 }), '{"a":2,"b":1}'],
  ["a key called toJSON", { toJSON: 1 }, '{"toJSON":1}'],
]

const refused: ReadonlyArray<readonly [what: string, value: unknown, reason: RegExp]> = [
  ["a fraction", 1.5, /1.5 is no safe integer/],
  ["an integer too large to be exact", 2 ** 53, /no safe integer/],
  ["-0", -0, /no safe integer/],
  ["NaN", Number.NaN, /NaN is no safe integer/],
  ["infinity", Number.POSITIVE_INFINITY, /no safe integer/],
  ["undefined", undefined, /undefined is no JSON/],
  ["a hole in a list", new Array(1), /undefined is no JSON/],
  ["a function", () => 1, /function is no JSON/],
  ["a symbol", Symbol.iterator, /symbol is no JSON/],
  ["a bigint", 1n, /bigint is no JSON/],
  ["a date", new Date(0), /class instance/],
  ["a map", new Map(), /class instance/],
  ["bytes", new Uint8Array(1), /class instance/],
  ["an instance of a class", new Instance(), /class instance/],
  ["a boxed text", Object("a"), /class instance/],
  ["a promise", Promise.resolve(1), /class instance/],
  ["an object under another", Object.create({ a: 1 }), /class instance/],
]

describe("canonical JSON", () => {
  it.each(texts)("writes %s", (_, value, text) => strictEqual(canonical(value), text))

  it.each(refused)("refuses %s, wherever it stands", (_, value, reason) => {
    refuses(value, reason)
    refuses([value], reason)
    refuses({ a: value }, reason)
    refuses({ b: 1, a: { d: [1, value] } }, reason)
    // Even where the keys out of order before it have already decided that the value is sorted.
    refuses({ b: 1, a: 2, c: value }, reason)
  })

  it.each([
    ["lists", (value: unknown) => [value]],
    ["objects", (value: unknown) => ({ a: value })],
  ] as const)("takes %s as deep as the limit and no deeper", (_, wrap) => {
    const deepest = nested(limits.jsonDepthMax, 1, wrap)
    strictEqual(canonical(deepest), JSON.stringify(deepest))
    refuses(wrap(deepest), /nested deeper than 64/)
    refuses(nested(100_000, 1, wrap), /nested deeper than 64/)
  })

  it("refuses what contains itself", () => {
    const round: { a?: unknown } = {}
    round.a = round
    refuses(round, /nested deeper/)
  })

  it("keeps own keys called __proto__ and leaves prototypes alone", () => {
    const value = JSON.parse('{"b":1,"__proto__":{"y":1,"x":2},"a":3}') as JsonObject
    const text = canonical(value)
    strictEqual(text, '{"__proto__":{"x":2,"y":1},"a":3,"b":1}')
    strictEqual(Object.hasOwn(JSON.parse(text) as object, "__proto__"), true)
    strictEqual(canonical(JSON.parse('{"__proto__":1}')), '{"__proto__":1}')
  })

  it("does not change what it writes", () => {
    const value = { b: { d: 1, c: 2 }, a: 3 }
    canonical(value)
    deepStrictEqual(Object.keys(value), ["b", "a"])
    deepStrictEqual(Object.keys(value.b), ["d", "c"])
  })

  it.prop(
    "reads back as what was written",
    [json],
    ([value]) => deepStrictEqual(JSON.parse(canonical(value)), value),
    seeded,
  )

  it.prop(
    "is the same text after reading it",
    [json],
    ([value]) => strictEqual(canonical(JSON.parse(canonical(value))), canonical(value)),
    seeded,
  )

  it.prop(
    "is the same text whatever the order of keys",
    [json],
    ([value]) => strictEqual(canonical(reordered(value)), canonical(value)),
    seeded,
  )

  it.prop(
    "has the keys of every object in ascending order",
    [json],
    ([value]) => strictEqual(canonical(value), plainly(value)),
    seeded,
  )
})

/** The same rule written without regard to speed. */
const plainly = (value: Json): string => {
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(plainly).join(",")}]`
  const pairs = Object.entries(value as JsonObject).map(([key, inner]) => ({ key, text: plainly(inner) }))
  pairs.sort((a, b) => (a.key < b.key ? -1 : 1))
  return `{${pairs.map(({ key, text }) => `${JSON.stringify(key)}:${text}`).join(",")}}`
}

describe("order of texts", () => {
  it.prop(
    "is total and says equal of equal texts only",
    [anyText, anyText],
    ([a, b]) => {
      strictEqual(byCodeUnit(a, b), -byCodeUnit(b, a) + 0)
      strictEqual(byCodeUnit(a, b) === 0, a === b)
    },
    seeded,
  )
})

describe("sha256", () => {
  it("is of the UTF-8 bytes, in hex", () => {
    strictEqual(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    strictEqual(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    strictEqual(sha256("é"), "4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c")
  })
})
