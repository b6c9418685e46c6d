import { iso } from "../core/Instant.ts"

/* How pages write numbers, instants and durations. No host locale or zone enters. */

/** A whole number with its thousands apart: `100,000`. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(?:\d{3})+$)/g, ",")

/** A length of time for people: `850 ms`, `2.4 s`, `5 min 20 s`, `3 h`, `2 d 4 h`. */
export const span = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${trimmed(ms / 1_000)} s`
  for (const [size, unit, smaller, smallUnit] of spans) {
    if (ms < size) continue
    const small = Math.floor((ms % size) / smaller)
    return `${Math.floor(ms / size)} ${unit}${small === 0 ? "" : ` ${small} ${smallUnit}`}`
  }
  return ""
}

const spans = [
  [86_400_000, "d", 3_600_000, "h"],
  [3_600_000, "h", 60_000, "min"],
  [60_000, "min", 1_000, "s"],
] as const

const trimmed = (n: number): string => n.toFixed(1).replace(/\.0$/, "")

/** A share of a whole: `98.5 %`; a dash where there is no whole. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${trimmed(Math.floor((part / whole) * 1_000) / 10)} %`

/** An instant as UTC for people: `2026-01-01 00:00:04`; one that no calendar has as its number. */
export const utc = (at: number): string => (isInstant(at) ? iso(at).slice(0, 19).replace("T", " ") : String(at))

/** The same as ISO 8601 with its ms. */
export const machineTime = (at: number): string => (isInstant(at) ? iso(at) : String(at))

const isInstant = (at: number): boolean => Math.abs(at) <= 8.64e15

/** A SID short enough for a column: `SM1a2b3c…f0`. */
export const shortSid = (sid: string): string => (sid.length > 14 ? `${sid.slice(0, 8)}…${sid.slice(-2)}` : sid)

/** A path with a query; what is undefined or empty is left out. */
export const link = (path: string, query: { readonly [name: string]: string | undefined }): string => {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== "") params.append(name, value)
  const text = params.toString()
  return text === "" ? path : `${path}?${text}`
}

/** A word for a POSIX shell. */
export const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** JSON for people to read; undefined where a value has none. */
export const pretty = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value, null, 2))
