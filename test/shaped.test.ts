import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as Arbitrary from "effect/Arbitrary"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { rules } from "../src/app/rules.ts"
import type { Json } from "../src/core/canonical.ts"
import { shaped } from "../src/engine/shaped.ts"
import { json } from "./support/json.ts"

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The value with something within it left out, put in or replaced; `turns` say where. */
const changed = (value: unknown, [turn = 0, ...turns]: ReadonlyArray<number>, other: Json): unknown => {
  const keys = Array.isArray(value) ? [...value.keys()] : isObject(value) ? Object.keys(value) : []
  const key = keys[turn % Math.max(keys.length, 1)]
  if (key === undefined || turns.length === 0) return other
  if (Array.isArray(value)) {
    const inner = changed(value[Number(key)], turns, other)
    return turn % 5 === 0
      ? value.toSpliced(Number(key), 1)
      : turn % 5 === 1
        ? [...value, other]
        : value.with(Number(key), inner)
  }
  const { [key]: left, ...rest } = value as Record<string, unknown>
  return turn % 3 === 0 ? rest : { ...rest, [key]: changed(left, turns, other) }
}

const agree = (schema: Schema.Schema.AnyNoContext, runs: number) => {
  const [ours, theirs] = [shaped(schema), Schema.is(schema)]
  const said = { true: 0, false: 0 }
  const same = (value: unknown) => {
    const is = theirs(value)
    said[`${is}`]++
    strictEqual(ours(value), is, JSON.stringify(value))
  }
  void FastCheck.assert(
    FastCheck.property(
      Arbitrary.make(schema),
      FastCheck.array(FastCheck.nat(1_000), { maxLength: 5 }),
      json,
      (value, turns, other) => {
        same(value)
        same(changed(value, turns, other))
        same(other)
      },
    ),
    { numRuns: runs },
  )
  return said
}

describe("whether a value is of a schema's type is told as Schema.is tells it", () => {
  for (const { schema, type } of rules.entryTypes)
    it(`for data of ${type}`, () => {
      const said = agree(schema, 60)
      if (said.true === 0 || said.false === 0) throw new Error(`only ${JSON.stringify(said)} were seen`)
    })

  const Leaf = Schema.Struct({ leaf: Schema.Number })
  interface Tree {
    readonly left?: Tree | typeof Leaf.Type
    readonly of: string
  }
  const Tree: Schema.Schema<Tree> = Schema.Struct({
    left: Schema.optionalWith(
      Schema.Union(
        Leaf,
        Schema.suspend(() => Tree),
      ),
      { exact: true },
    ),
    of: Schema.String,
  })
  const FewKeys = Schema.Struct({ a: Schema.String }).pipe(Schema.filter((value) => Object.keys(value).length === 1))
  const kinds: Record<string, Schema.Schema.AnyNoContext> = {
    "a tree": Tree,
    "a field that may be undefined": Schema.Struct({
      a: Schema.optional(Schema.String),
      b: Schema.UndefinedOr(Schema.Int),
    }),
    "a struct and a record": Schema.Struct(
      { a: Schema.Int },
      Schema.Record({ key: Schema.String, value: Schema.Union(Schema.Int, Schema.Boolean) }),
    ),
    "a record of some names": Schema.Record({ key: Schema.TemplateLiteral("x-", Schema.String), value: Schema.Int }),
    "an array of one at least": Schema.NonEmptyArray(Schema.String),
    "a tuple whose last may be absent": Schema.Tuple(Schema.String, Schema.optionalElement(Schema.Int)),
    "a tuple with others behind it": Schema.Tuple([Schema.String], Schema.Int, Schema.Boolean),
    "a struct with a filter, which is not shown what the struct does not name": FewKeys,
    "a struct that refuses other keys": Schema.Struct({ a: Schema.Int }).annotations({
      parseOptions: { onExcessProperty: "error" },
    }),
    "a class's instance": Schema.DateFromSelf,
    "the other side of a transformation": Schema.NumberFromString,
    anything: Schema.Struct({}),
    literals: Schema.Literal("a", 1, null, true),
  }
  for (const [what, schema] of Object.entries(kinds)) it(`for ${what}`, () => void agree(schema, 200))

  it("whatever a struct does not name", () => {
    for (const value of [{ a: "" }, { a: "", b: 1 }, { b: 1 }])
      strictEqual(shaped(FewKeys)(value), Schema.is(FewKeys)(value))
  })
})
