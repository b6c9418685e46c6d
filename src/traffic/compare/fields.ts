import type { Pair } from "../../core/entries.ts"
import { type Group, isGroup } from "../../core/group.ts"
import { meaningOf } from "../../core/traffic/redact/names.ts"
import { redacted } from "../../core/traffic/redact/secrets.ts"
import type { Sids } from "./Sids.ts"

/*
 * Two bodies field by field. What no two runs share is made equal before: SIDs that stand for each other, dates, tokens of pages,
 * secrets that were taken out of the recording.
 */

export interface FieldDifference {
  readonly field: string
  readonly recorded: string
  readonly made: string
}

/** What comparing two bodies gave. */
export interface Fields {
  readonly compared: number
  readonly differences: ReadonlyArray<FieldDifference>
}

/** What the two are compared by. */
export interface Comparing {
  readonly sids: Sids
  /** Texts of the recording are stand-ins: what the carrier itself would say of a place or a name is not known. */
  readonly standIns: boolean
}

/** Compares two texts: as JSON where both are, else as they are. */
export const compareTexts = (recorded: string, made: string, by: Comparing): Fields => {
  const [a, b] = [parsed(recorded), parsed(made)]
  const comparing = new Walk(by)
  if (a !== undefined && b !== undefined) comparing.values("body", a.value, b.value)
  else comparing.texts("body", recorded, made)
  return comparing
}

/** Compares parameters by name; names that no two runs share a value of are left out. */
export const compareParams = (recorded: ReadonlyArray<Pair>, made: ReadonlyArray<Pair>, by: Comparing): Fields => {
  const comparing = new Walk(by)
  const names = [...new Set([...recorded, ...made].map(([name]) => name))]
    .filter((name) => !ofTheMoment.has(name))
    .sort()
  for (const name of names) {
    const [a, b] = [valuesOf(recorded, name), valuesOf(made, name)]
    for (let i = 0; i < Math.max(a.length, b.length); i++)
      comparing.values(`params.${name}${i === 0 ? "" : `.${i}`}`, a[i], b[i])
  }
  return comparing
}

/** Parameters whose value says when something happened to whom, in a form that is no date. */
const ofTheMoment: ReadonlySet<string> = new Set(["RawDlrDoneDate"])

const valuesOf = (pairs: ReadonlyArray<Pair>, name: string): ReadonlyArray<string> =>
  pairs.filter((pair) => pair[0] === name).map(([, value]) => value)

const parsed = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined // It is compared as a text.
  }
}

/** Nesting below which values are compared as texts of JSON. */
const depthMax = 60

class Walk implements Fields {
  compared = 0
  readonly differences: Array<FieldDifference> = []
  readonly #sids: Sids
  readonly #standIns: boolean

  constructor({ sids, standIns }: Comparing) {
    this.#sids = sids
    this.#standIns = standIns
  }

  values(field: string, recorded: unknown, made: unknown, depth = 0): void {
    if (depth < depthMax && isGroup(recorded) && isGroup(made)) {
      for (const key of [...new Set([...Object.keys(recorded), ...Object.keys(made)])].sort())
        this.values(`${field}.${key}`, own(recorded, key), own(made, key), depth + 1)
    } else if (depth < depthMax && Array.isArray(recorded) && Array.isArray(made)) {
      for (let i = 0; i < Math.max(recorded.length, made.length); i++)
        this.values(`${field}.${i}`, recorded[i], made[i], depth + 1)
    } else if (typeof recorded === "string" && typeof made === "string") this.texts(field, recorded, made)
    else {
      this.compared++
      if (recorded !== redacted && JSON.stringify(recorded) !== JSON.stringify(made))
        this.#differ(field, recorded, made)
    }
  }

  texts(field: string, recorded: string, made: string): void {
    this.compared++
    if (recorded === made || recorded === redacted || isDate(recorded, made)) return
    if (this.#standIns && recorded !== "" && made !== "" && isUntold(field)) return
    if (isSid.test(recorded) && isSid.test(made)) {
      if (!this.#sids.same(recorded, made)) this.#differ(field, recorded, made)
      return
    }
    const [a, b] = [withoutPages(this.#sids.toMade(recorded)), withoutPages(made)]
    if (a !== b) this.#differ(field, recorded, made)
  }

  #differ(field: string, recorded: unknown, made: unknown): void {
    this.differences.push({ field, recorded: shown(recorded), made: shown(this.#sids.toRecorded(textOf(made))) })
  }
}

/** Whether a field holds words that the carrier finds by itself. The body of a message is somebody's, and has one stand-in everywhere. */
const isUntold = (field: string): boolean => {
  const name = field.split(".").findLast((part) => !/^\d+$/.test(part)) ?? ""
  return meaningOf(name) === "text" && !/^body$/i.test(name)
}

const own = (group: Group, key: string): unknown => (Object.hasOwn(group, key) ? group[key] : undefined)

const isSid = /^[A-Z]{2}[0-9a-f]{32}$/

/** Whether both are dates of one kind: what an answer says of when it was made is never the same twice. */
const isDate = (recorded: string, made: string): boolean => dates.some((date) => date.test(recorded) && date.test(made))
const dates = [
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:\+0000|GMT)$/,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
]

/** Without the tokens by which lists go on. */
const withoutPages = (text: string): string => text.replace(/\bPageToken=[^&"\s]*/g, "PageToken=")

const textOf = (value: unknown): string =>
  value === undefined ? "nothing" : typeof value === "string" ? value : JSON.stringify(value)

const shown = (value: unknown): string => {
  const text = textOf(value)
  return text.length > 500 ? `${text.slice(0, 500)}…` : text
}
