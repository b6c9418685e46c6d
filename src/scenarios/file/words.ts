import * as Schema from "effect/Schema"
import type { Json, JsonObject } from "../../core/canonical.ts"
import { parseDuration, parseInstant } from "../../core/Instant.ts"

/* What scenario files are made of. The messages say what was expected; the same schemas are the JSON Schema for editors. */

export const optional = <A>(schema: Schema.Schema<A, A>) => Schema.optionalWith(schema, { exact: true })

/** A schema with the words for what it expects; editors show the description. */
export const expects = <A>(schema: Schema.Schema<A, A>, expected: string): Schema.Schema<A, A> =>
  schema.annotations({ message: () => ({ message: expected, override: true }), description: expected })

/** A list with words for people; what is no list is told as that, and its items each by itself. */
export const listOf = <A>(item: Schema.Schema<A>, description: string) =>
  Schema.Array(item).annotations({ title: "a list", description })

/** Holds a name that is filled in when the step is performed: what stands there then is checked then. */
export const isFilledLater = (text: string): boolean => /\$\{/.test(text)

export const Text = expects(Schema.String, "a text")
export const Flag = expects(Schema.Boolean, "true or false")
export const True = expects(Schema.Literal(true), "true")
export const Count = expects(Schema.Int.pipe(Schema.between(0, 10_000_000)), "a whole number from 0")
export const Percent = expects(Schema.Number.pipe(Schema.between(0, 100)), "a percentage, 0 to 100")
export const Status = expects(Schema.Int.pipe(Schema.between(100, 599)), "an HTTP status, 100 to 599")

const yearMs = 366 * 86_400_000
export const Duration = expects(
  Schema.String.pipe(
    Schema.filter((text) => isFilledLater(text) || (parseDuration(text) ?? Number.NaN) <= 100 * yearMs),
  ),
  "a duration such as 500ms, 30s, 1h30m or 2d, at most 100 years",
)
export const Instant = expects(
  Schema.String.pipe(Schema.filter((text) => (parseInstant(text) ?? -1) >= 0)),
  'an instant from 1970 on, as a text such as "2026-01-01T09:00:00Z"',
)
export const HttpUrl = expects(
  Schema.String.pipe(Schema.filter((text) => /^https?:\/\/[^/]/i.test(text) && URL.canParse(text))),
  "a URL that begins with http:// or https://",
)

/** A name that `${name}` stands for. */
export const Name = expects(
  Schema.String.pipe(Schema.pattern(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/)),
  "a name of letters, digits and _ that begins with a letter",
)

/** Where media of a message are. */
export const Media = expects(
  Schema.Union(Schema.String, Schema.Array(Schema.String)) as Schema.Schema<string | ReadonlyArray<string>>,
  "a URL, or a list of them",
)

/** A value of a form: a text, a number, true or false. Of a list each item is a parameter of that name. */
export const Scalar = expects(Schema.Union(Schema.String, Schema.Number, Schema.Boolean), "a text or a number")
export const FormValue = expects(
  Schema.Union(Schema.String, Schema.Number, Schema.Boolean, Schema.Array(Scalar)),
  "a text, a number or a list of them",
)
export const Form = Schema.Record({ key: Schema.String, value: FormValue }).annotations({ title: "a group of keys" })
export type Form = typeof Form.Type

const isJson = (value: unknown): boolean => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true
  if (typeof value === "number") return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJson)
  return typeof value === "object" && Object.values(value).every(isJson)
}

/** Anything that YAML can say. */
export const Value: Schema.Schema<Json> = Schema.Unknown.pipe(Schema.filter(isJson)).annotations({
  message: () => ({ message: "a text, a number, true, false, a list or a group of keys", override: true }),
  jsonSchema: {},
}) as unknown as Schema.Schema<Json>

export const Group = expects(
  Schema.Record({ key: Schema.String, value: Value }),
  "a group of keys",
) as Schema.Schema<JsonObject>
