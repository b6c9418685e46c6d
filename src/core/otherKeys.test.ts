import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { ArrayFormatter } from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { describe, it } from "vitest"
import { meant, otherKeys } from "./otherKeys.ts"

const Letter = Schema.Struct({
  to: Schema.String,
  from: Schema.optional(Schema.String),
  "x-y": Schema.optional(Schema.Int),
})

/** What the formatter says of a value that has a key too many. */
const told = (value: unknown): ReadonlyArray<string> => {
  const read = Schema.decodeUnknownEither(Letter, { errors: "all", onExcessProperty: "error" })(value)
  if (Either.isRight(read)) throw new Error("it was read")
  return ArrayFormatter.formatErrorSync(read.left).map(({ message }) => message)
}

describe("A key that a schema has not", () => {
  it("is told beside those it has", () => {
    deepStrictEqual(told({ to: "a", form: "b" }).map(otherKeys), [["to", "from", "x-y"]])
    deepStrictEqual(told({ to: "a", '"q"': 1 }).map(otherKeys), [["to", "from", "x-y"]])
  })

  it("suggests the one that is nearly it, and none where none is", () => {
    strictEqual(meant("form", ["to", "from"]), " (is from meant?)")
    strictEqual(meant("colour", ["to", "from"]), "")
    strictEqual(meant("x", []), "")
    strictEqual(meant("30001", ["30003"]), "")
  })
})
