import * as Schema from "effect/Schema"
import { parseDuration } from "../core/Instant.ts"
import { optional } from "../core/optional.ts"

/* What sections of the settings file are made of. The messages say what was expected. */

export { optional }

/** A part that is made when a file has it: a file has few of them, and making them all takes a thirtieth of a start. */
export const section = <A, I>(make: () => Schema.Schema<A, I>) => optional(Schema.suspend(make))

export const expects = <A, I>(schema: Schema.Schema<A, I>, message: string): Schema.Schema<A, I> =>
  schema.annotations({ message: () => ({ message, override: true }) })

export const Flag = expects(Schema.Boolean, "true or false")
export const True = expects(Schema.Literal(true), "true")
export const Text = expects(Schema.String, "a text")
export const Port = expects(Schema.Int.pipe(Schema.between(0, 65_535)), "a port, 0 to 65535")
export const Seconds = expects(
  Schema.Number.pipe(Schema.between(0, 366 * 24 * 3600)),
  "a number of seconds, 0 to a year, fractions allowed",
)
export const Milliseconds = Schema.suspend(() =>
  expects(Schema.Int.pipe(Schema.between(0, 366 * 24 * 3_600_000)), "a whole number of milliseconds"),
)
export const Numbers = Schema.Array(
  expects(Schema.String, 'a text; quote phone numbers ("+15551234567"), or YAML reads them as numbers'),
).annotations({ identifier: "a list of phone numbers" })
export const Percent = Schema.suspend(() =>
  expects(Schema.Number.pipe(Schema.between(0, 100)), "a percentage, 0 to 100"),
)
export const isHttpUrl = (text: string): boolean => /^https?:\/\/[^/]/i.test(text) && URL.canParse(text)
export const HttpUrl = Schema.suspend(() =>
  expects(Schema.String.pipe(Schema.filter(isHttpUrl)), "a URL that begins with http:// or https://"),
)

/** A duration: seconds as a number, or a text such as 500ms, 40s, 1h30m. */
export const Duration = Schema.suspend(() =>
  expects(
    Schema.Union(
      Schema.Number.pipe(Schema.between(0, 366 * 24 * 3600)),
      Schema.String.pipe(Schema.filter((text) => (parseDuration(text) ?? Number.NaN) <= 366 * 24 * 3_600_000)),
    ),
    "a number of seconds, or a duration such as 500ms, 40s or 1h30m, at most a year",
  ),
)

/** The whole ms of a duration. */
export const durationMs = (duration: number | string): number =>
  typeof duration === "number" ? Math.round(duration * 1000) + 0 : (parseDuration(duration) ?? 0)

/** Basis points of a percentage. */
export const basisPoints = (percent: number): number => Math.round(percent * 100) + 0
