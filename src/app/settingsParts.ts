import * as Schema from "effect/Schema"
import { isSender } from "../core/addresses.ts"
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

/** A duration of which nothing would be left is none. */
export const SomeTime = Schema.suspend(() =>
  expects(
    Duration.pipe(Schema.filter((duration) => durationMs(duration) > 0)),
    "a number of seconds, or a duration such as 500ms, 40s or 1h30m, longer than nothing and at most a year",
  ),
)

export const ErrorCode = Schema.suspend(() =>
  expects(Schema.Int.pipe(Schema.between(10_000, 99_999)), "an error code of five digits"),
)
export const Price = Schema.suspend(() =>
  expects(Schema.Number.pipe(Schema.between(0, 1000)), "a price, 0 to 1000, with up to six decimal places"),
)
/** Whom messages are sent from. */
export const Sender = Schema.suspend(() =>
  expects(
    Schema.String.pipe(Schema.filter((text) => isSender(text) || /^MG[0-9a-f]{32}$/.test(text))),
    "a number, short code, sender's name or messaging service, as a text",
  ),
)
/** How somebody is found who is down. */
export const HowDown = Schema.suspend(() =>
  expects(Schema.Literal("503", "connect", "timeout"), '"503", connect or timeout'),
)
export const AccountSid = expects(
  Schema.String.pipe(Schema.pattern(/^AC[0-9a-zA-Z]{32}$/)),
  "an account SID: AC and 32 letters or digits",
)
export const AuthToken = expects(Schema.NonEmptyString, "a text that is not empty")

/** The nearest whole number; YAML's `-0` is 0. */
export const whole = (n: number): number => Math.round(n) + 0

/** The whole ms of so many seconds. */
export const secondsMs = (seconds: number): number => whole(seconds * 1000)

/** The whole ms of a duration. */
export const durationMs = (duration: number | string): number =>
  typeof duration === "number" ? secondsMs(duration) : (parseDuration(duration) ?? 0)

/** The whole ms of a duration, where one is written. */
export const durationMsOr = (duration: number | string | undefined, otherwise: number): number =>
  duration === undefined ? otherwise : durationMs(duration)

/** Basis points of a percentage. */
export const basisPoints = (percent: number): number => whole(percent * 100)

/** Millionths of a price. */
export const micros = (price: number): number => whole(price * 1_000_000)

/** What a settings file would say for so many ms, basis points, millionths. */
export const writtenDuration = (ms: number): string => `${ms}ms`
export const writtenPercent = (bp: number): number => bp / 100
export const writtenPrice = (inMicros: number): number => inMicros / 1_000_000
