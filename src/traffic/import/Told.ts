import type { Pair } from "../../core/entries.ts"
import { instantMax, parseInstant } from "../../core/Instant.ts"

/** A body as a foreign format tells it, before any coding is undone. */
export type ToldBody = string | Uint8Array

/** One exchange as a foreign format tells it. Names of headers are as they stand there. */
export interface Told {
  /** When it began, ms since the Unix epoch; `undefined` where the format does not say. */
  readonly at: number | undefined
  /** Ms until its answer was there; 0 where the format does not say. */
  readonly took: number
  readonly method: string
  readonly url: string
  readonly headers: ReadonlyArray<Pair>
  readonly body: ToldBody
  readonly answer:
    | { readonly status: number; readonly headers: ReadonlyArray<Pair>; readonly body: ToldBody }
    | { readonly failed: string }
  /** What the format calls it; of two with one name the second is the same thing again. */
  readonly id?: string
}

/** What a piece of a file cannot be used for; the message is for people. */
export class Unusable extends Error {
  override readonly name = "Unusable"
}

/** What stands somewhere in a foreign file. */
export type Group = Readonly<Record<string, unknown>>

export const isGroup = (value: unknown): value is Group =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** A field that is a group; throws `Unusable` when it is none. */
export const groupAt = (of: Group, key: string, what: string): Group => {
  const value = fieldOf(of, key)
  if (isGroup(value)) return value
  throw new Unusable(`expected ${what}, found ${shown(value)}`)
}

/** A field that is a text; throws `Unusable` when it is none. */
export const textAt = (of: Group, key: string, what: string): string => {
  const value = fieldOf(of, key)
  if (typeof value === "string" && value !== "") return value
  throw new Unusable(`expected ${what}, found ${shown(value)}`)
}

/** An own field; what an object has by its nature is none. */
export const fieldOf = (of: Group, key: string): unknown => (Object.hasOwn(of, key) ? of[key] : undefined)

/** A status of HTTP, as a number or as digits; throws `Unusable` for anything else. */
export const statusOf = (value: unknown): number => {
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value
  if (typeof status === "number" && Number.isInteger(status) && status >= 100 && status <= 599) return status
  throw new Unusable(`expected a status of HTTP, found ${shown(value)}`)
}

/** Whole ms from a number that may have a fraction, or be missing or nonsense. */
export const msOf = (value: unknown): number =>
  typeof value === "number" && value > 0 && value <= msMax ? Math.round(value) : 0
const msMax = 24 * 60 * 60 * 1000

/** A method in capitals: `:post` of Ruby is POST. */
export const methodOf = (text: string): string => {
  const method = text.replace(/^:/, "").toUpperCase()
  if (/^[A-Z]{1,20}$/.test(method)) return method
  throw new Unusable(`expected a method of HTTP, found ${shown(text)}`)
}

/** An absolute http or https URL without a fragment; throws `Unusable` for anything else. */
export const urlOf = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "")
    throw new Unusable(`expected an http or https URL, found ${shown(text)}`)
  return text.replace(/#.*$/s, "")
}

/** Headers as a map of a name to one value or to a list of them. */
export const headersIn = (value: unknown): ReadonlyArray<Pair> =>
  isGroup(value)
    ? Object.entries(value).flatMap(([name, of]) =>
        (Array.isArray(of) ? of : [of]).flatMap((each): ReadonlyArray<Pair> => {
          const text = each instanceof Uint8Array ? Buffer.from(each).toString("latin1") : each
          return typeof text === "string" || typeof text === "number" ? [[name, String(text)]] : []
        }),
      )
    : []

/** Headers as a list of groups with a name and a value. */
export const headersListed = (value: unknown): ReadonlyArray<Pair> =>
  Array.isArray(value)
    ? value.flatMap((each): ReadonlyArray<Pair> => {
        if (!isGroup(each)) return []
        const [name, of] = [fieldOf(each, "name"), fieldOf(each, "value")]
        return typeof name === "string" && (typeof of === "string" || typeof of === "number")
          ? [[name, String(of)]]
          : []
      })
    : []

/** The first value of a header, whatever its name's case. */
export const headerNamed = (headers: ReadonlyArray<Pair>, name: string): string | undefined =>
  headers.find(([each]) => each.toLowerCase() === name)?.[1]

/**
 * An instant: ISO 8601, or a date of HTTP, mail or Ruby that says its zone, in ms since the Unix epoch. `undefined` for anything
 * else, and for what lies before 1970.
 */
export const instantOf = (value: unknown): number | undefined => {
  const ms =
    value instanceof Date
      ? value.getTime()
      : typeof value !== "string"
        ? Number.NaN
        : (parseInstant(value) ?? zoned(value))
  return Number.isSafeInteger(ms) && ms >= 0 && ms <= instantMax ? ms : undefined
}

const zoned = (text: string): number =>
  text.length <= 60 && /\d\d:\d\d(?::\d\d(?:\.\d+)?)? ?(?:GMT|UTC|Z|[+-]\d\d:?\d\d)$/.test(text)
    ? Math.trunc(Date.parse(text))
    : Number.NaN

/** When an answer says it was made: of formats that do not say it themselves. */
export const dateIn = (headers: ReadonlyArray<Pair>): number | undefined => instantOf(headerNamed(headers, "date"))

/** A value for people, in one line. What is long, or may be a secret or somebody's number, is told by its length. */
export const shown = (value: unknown): string => {
  if (value === undefined) return "nothing"
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === "object" && value !== null) return "a group of fields"
  const text = String(value)
  if (text.length > 60 || /@|\d{6}|[A-Za-z0-9+/_=-]{20}/.test(text)) return `a text of ${text.length} characters`
  return typeof value === "string" ? JSON.stringify(value) : text
}
