import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as Schema from "effect/Schema"
import { takesAnyText } from "./anyText.ts"
import { Duration, Form, Media, optional, Scalar, Text, Value } from "./words.ts"

const Whole = Schema.Struct({
  text: Text,
  perhaps: optional(Text),
  media: optional(Media),
  form: Form,
  value: Value,
  duration: Duration,
  literal: Schema.Literal("a", "b"),
  list: Schema.Array(Text),
  pair: Schema.Tuple(Text, Text),
  either: Schema.Union(Schema.Struct({ of: Text }), Schema.Struct({ of: Schema.Number })),
  both: Schema.Union(Schema.Struct({ of: Text }), Schema.Struct({ of: Scalar })),
})

describe("any text is taken at a place", () => {
  it.each([
    [["text"], true],
    [["perhaps"], true],
    [["media"], true],
    [["form", "anything"], true],
    [["list", 3], true],
    [["both", "of"], true],
    [[], false],
    [["text", "within"], false],
    [["none"], false],
    [["media", 0], false],
    [["value"], false],
    [["duration"], false],
    [["literal"], false],
    [["list"], false],
    [["pair", 0], false],
    [["either", "of"], false],
  ] as ReadonlyArray<readonly [keys: ReadonlyArray<string | number>, takes: boolean]>)(
    "where nothing but a text is asked for: %j %s",
    (keys, takes) => strictEqual(takesAnyText(Whole.ast, keys), takes),
  )
})
