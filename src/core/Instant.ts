/*
 * Instants are integers, ms since the Unix epoch, UTC, no leap seconds; durations are integers in ms.
 * Texts are made from the instant alone: no host clock, locale or zone enters.
 */

/**
 * An instant as RFC 2822 with a literal `+0000`: `Thu, 24 Aug 2023 05:01:45 +0000`; the ms are cut off.
 *
 * The texts of some seconds are kept: the dates of one message are a few seconds apart, and many messages share them.
 */
export const rfc2822 = (ms: number): string => {
  const second = Math.floor(ms / 1000)
  const place = second & (secondsKept - 1)
  if (keptSeconds[place] !== second) {
    keptTexts[place] = new Date(second * 1000).toUTCString().replace("GMT", "+0000")
    keptSeconds[place] = second
  }
  return keptTexts[place] as string
}

/** A power of two. */
const secondsKept = 64
const keptSeconds = new Float64Array(secondsKept).fill(Number.NaN)
const keptTexts: Array<string> = []

/** An instant as ISO 8601 with ms: `2023-08-24T05:01:45.000Z`. */
export const iso = (ms: number): string => new Date(ms).toISOString()

/** The latest instant that is taken from a file: a day before years would need five digits, so that what follows it has room. */
export const instantMax = Date.UTC(9999, 11, 31)

/** An instant to the minute, as carriers write receipts: `2308240501` (YYMMDDhhmm). The text of the last minute is kept. */
export const receiptMinute = (ms: number): string => {
  const minute = Math.floor(ms / 60_000)
  if (minute !== keptMinute) {
    keptReceipt = iso(minute * 60_000)
      .replace(/\D/g, "")
      .slice(2, 12)
    keptMinute = minute
  }
  return keptReceipt
}

let keptMinute = Number.NaN
let keptReceipt = ""

/** An instant as ISO 8601 without ms, which are cut off: `2023-08-24T05:01:45Z`. */
export const isoSeconds = (ms: number): string => `${iso(ms).slice(0, -5)}Z`

/**
 * Reads ISO 8601: a date (midnight UTC) or a date and time with its zone, `Z` or an offset such as `+02:00`.
 *
 * Refuses a time without zone, days that no calendar has, leap seconds, and years outside 0000–9999.
 * Digits after the ms are cut off.
 */
export const parseInstant = (text: string): number | undefined => {
  const parts = text.length > instantLengthMax ? null : written.exec(text)
  if (parts === null) return undefined
  const [, day, clock = "00:00", seconds = "00", fraction = "", sign, hours = "0", minutes = "0"] = parts
  const asUtc = `${day}T${clock}:${seconds}.${fraction.slice(0, 3).padEnd(3, "0")}Z`
  const ms = Date.parse(asUtc)
  if (Number.isNaN(ms) || iso(ms) !== asUtc) return undefined
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000
  const instant = sign === "-" ? ms + offset : ms - offset
  return instant < yearsFrom || instant > yearsTo ? undefined : instant
}

/** The first ms of the year 0000 and the last of 9999, in UTC: others have no text of this form. */
const yearsFrom = -62_167_219_200_000
const yearsTo = 253_402_300_799_999

const instantLengthMax = 40
const written = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])([01]\d|2[0-3]):?([0-5]\d)))?$/

/**
 * Reads a duration as whole numbers with units from the largest to the smallest, each at most once:
 * `500ms`, `30s`, `5m`, `2h`, `1d`, `1h30m`. Refuses what is no safe integer of ms.
 */
export const parseDuration = (text: string): number | undefined => {
  const parts = text === "" || text.length > durationLengthMax ? null : duration.exec(text)
  if (parts === null) return undefined
  const ms = units.reduce((sum, [, size], i) => sum + Number(parts[i + 1] ?? 0) * size, 0)
  return Number.isSafeInteger(ms) ? ms : undefined
}

/** A duration, a non-negative integer of ms, as the text that `parseDuration` reads: `1h30m`, `0s`. */
export const formatDuration = (ms: number): string => {
  let rest = ms
  let text = ""
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text === "" ? "0s" : text
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
] as const
const durationLengthMax = 60
const duration = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
