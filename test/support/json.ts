import * as FastCheck from "effect/FastCheck"
import type { Json, JsonObject } from "../../src/core/canonical.ts"

/** Any text, lone surrogates and control characters among it. */
export const anyText: FastCheck.Arbitrary<string> = FastCheck.oneof(
  FastCheck.string({ maxLength: 12 }),
  FastCheck.string({ unit: "binary", maxLength: 8 }),
  FastCheck.array(FastCheck.constantFrom("\ud83d", "\ude00", "\u0000", "\uffff", '"', "\\", "😀", "\u2028", "é"), {
    maxLength: 4,
  }).map((parts) => parts.join("")),
)

/** Names that trip object keys up, and any others. */
export const anyName: FastCheck.Arbitrary<string> = FastCheck.oneof(
  FastCheck.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "10",
    "9",
    "0",
    "-1",
    "01",
    "",
    "a",
    "A",
    "é",
    "toJSON",
  ),
  anyText,
)

/** What canonical JSON can say, `__proto__` as an own key included. */
export const json: FastCheck.Arbitrary<Json> = FastCheck.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: FastCheck.oneof(
    { depthSize: "small", withCrossShrink: true },
    FastCheck.constant(null),
    FastCheck.boolean(),
    FastCheck.maxSafeInteger(),
    anyText,
    FastCheck.array(tie("value"), { maxLength: 4 }),
    tie("object"),
  ),
  object: FastCheck.array(FastCheck.tuple(anyName, tie("value")), { maxLength: 5 }).map((pairs) =>
    Object.fromEntries(pairs),
  ),
})).value

export const jsonObject: FastCheck.Arbitrary<JsonObject> = FastCheck.array(FastCheck.tuple(anyName, json), {
  maxLength: 5,
}).map((pairs) => Object.fromEntries(pairs))

/** The same value with the keys of every object in another order, as far as an object can hold one. */
export const reordered = (value: Json): Json => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(reordered)
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .reverse()
      .map(([key, inner]) => [key, reordered(inner)]),
  )
}
