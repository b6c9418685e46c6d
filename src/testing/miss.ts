import { closestMiss } from "../server/reading/expectations.ts"
import type { Compared, Matcher } from "../server/reading/match.ts"

/* What a test looked for and did not find, in words. */

/** What is looked for, by field; a message stands for its SID. */
export type Wanted = Readonly<Record<string, unknown>>

/** What is looked for: `message with to "+15551234567", body /\d{6}/`. */
export const said = (noun: string, wanted: Wanted): string => {
  const fields = Object.entries(wanted).flatMap(([field, value]) =>
    value === undefined ? [] : [`${field} ${shown(value)}`],
  )
  return fields.length === 0 ? noun : `${noun} with ${fields.join(", ")}`
}

/** How the item that comes nearest differs, a line a field; or that there is nothing to compare. */
export const nearest = <Item>(
  { matcher, noun, wanted }: { readonly matcher: Matcher<Item>; readonly noun: string; readonly wanted: Wanted },
  items: ReadonlyArray<Item>,
  name: (item: Item) => string,
): ReadonlyArray<string> => {
  if (items.length === 0) return [`There is no ${noun} at all.`]
  const closest = closestMiss(matcher, items)
  return closest === undefined
    ? []
    : [`The closest of ${items.length} is ${name(closest.item)}:`, ...table(closest.fields, wanted)]
}

/** Fields side by side; the mark is at those that do not fit. */
const table = (fields: ReadonlyArray<Compared>, wanted: Wanted): ReadonlyArray<string> => {
  const rows = fields.map(({ field, fits, found }) => ({ expected: shown(wanted[field]), field, fits, found }))
  const width = (column: "expected" | "field") => Math.max(...rows.map((row) => row[column].length))
  return rows.map(
    ({ expected, field, fits, found }) =>
      `${fits ? "   " : " × "}${field.padEnd(width("field"))}  expected ${expected.padEnd(width("expected"))}  found ${JSON.stringify(found)}`,
  )
}

const shown = (wanted: unknown): string => {
  if (typeof wanted === "object" && wanted !== null && "sid" in wanted) return JSON.stringify(wanted.sid)
  return typeof wanted === "string" ? JSON.stringify(wanted) : String(wanted)
}
