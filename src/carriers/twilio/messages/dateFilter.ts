import * as Either from "effect/Either"
import type { Pair } from "../../../core/entries.ts"
import { parseInstant } from "../../../core/Instant.ts"
import { type TwilioError, twilioError } from "../errors.ts"
import { param } from "../request.ts"

/** A stretch of time in virtual ms, both ends included. */
export interface DateRange {
  readonly from: number
  readonly to: number
}

/** Whether an instant lies in it; one that is not known does not. */
export const within = ({ from, to }: DateRange, at: number | undefined): boolean =>
  at !== undefined && at >= from && at <= to

/**
 * The range that `<name>`, `<name><` and `<name>>` ask for; `undefined` without any.
 *
 * A day means all of it, an instant its whole second; `<` and `>` include it. `DateSent>=2024-01-01` on the wire is the
 * parameter `DateSent>` with the value `2024-01-01`, which is why the equals sign is not lost.
 *
 * Refuses what is no date with 20400.
 * Source  OpenAPI, list messages: descriptions and examples
 */
export const dateRange = (
  query: ReadonlyArray<Pair>,
  name: string,
): Either.Either<DateRange | undefined, TwilioError> => {
  let from = Number.NEGATIVE_INFINITY
  let to = Number.POSITIVE_INFINITY
  let asked = false
  for (const [suffix, key] of [
    ["", name],
    ["<", `${name}<`],
    [">", `${name}>`],
  ] as const) {
    const text = param(query, key)
    if (text === undefined) continue
    const stretch = stretchOf(text.trim())
    if (stretch === undefined) return Either.left(twilioError(20400, { reason: `${key} is no date` }))
    asked = true
    if (suffix !== "<") from = Math.max(from, stretch.from)
    if (suffix !== ">") to = Math.min(to, stretch.to)
  }
  return Either.right(asked ? { from, to } : undefined)
}

/** A day or a second, as one of the forms that SDKs and Twilio's examples write. UTC where no zone is given. */
const stretchOf = (text: string): DateRange | undefined => {
  const day = /^\d{4}-\d\d-\d\d$/.test(text)
  const at = day ? parseInstant(text) : (isoInstant(text) ?? rfc2822Instant(text) ?? usInstant(text))
  if (at === undefined) return undefined
  const from = day ? at : Math.floor(at / 1000) * 1000
  return { from, to: from + (day ? 86_400_000 : 1000) - 1 }
}

/** `2024-01-31T10:00:00Z`; without `Z`, as Java sends it; with a space for the `T`, as a plus sign becomes. */
const isoInstant = (text: string): number | undefined => {
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|[+-]\d\d:?\d\d)?$/.exec(text)
  // A plus sign that was not escaped has become a space.
  const spaced = parts === null ? /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d{1,9})?) (\d\d:?\d\d)$/.exec(text) : null
  if (spaced !== null) return parseInstant(`${spaced[1]}T${spaced[2]}+${spaced[3]}`)
  return parts === null ? undefined : parseInstant(`${parts[1]}T${parts[2]}${parts[3] ?? "Z"}`)
}

/** `Wed, 19 Jun 2019 22:04:00 +0000` */
const rfc2822Instant = (text: string): number | undefined => {
  const parts =
    /^(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) (?:([+-])?(\d\d)(\d\d)|(GMT|UTC|Z))$/.exec(
      text,
    )
  const month = monthNames.indexOf(parts?.[2] ?? "") + 1
  if (parts === null || month === 0) return undefined
  const zone = parts[8] === undefined ? `${parts[5] ?? "+"}${parts[6]}:${parts[7]}` : "Z"
  return parseInstant(`${parts[3]}-${two(month)}-${two(Number(parts[1]))}T${parts[4]}${zone}`)
}

/** `06/11/2019 22:05:25 MST`, as an example of Twilio's description has it. */
const usInstant = (text: string): number | undefined => {
  const parts = /^(\d\d)\/(\d\d)\/(\d{4})(?: (\d\d:\d\d:\d\d)(?: ([A-Z]{3}))?)?$/.exec(text)
  if (parts === null) return undefined
  const zone = zones.get(parts[5] ?? "UTC")
  return zone === undefined
    ? undefined
    : parseInstant(`${parts[3]}-${parts[1]}-${parts[2]}T${parts[4] ?? "00:00"}${zone}`)
}

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** Source: RFC 2822, section 4.3, obsolete zones. */
const zones: ReadonlyMap<string, string> = new Map([
  ["UTC", "Z"],
  ["GMT", "Z"],
  ["EST", "-05:00"],
  ["EDT", "-04:00"],
  ["CST", "-06:00"],
  ["CDT", "-05:00"],
  ["MST", "-07:00"],
  ["MDT", "-06:00"],
  ["PST", "-08:00"],
  ["PDT", "-07:00"],
])

const two = (n: number): string => String(n).padStart(2, "0")
