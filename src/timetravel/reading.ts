import * as Data from "effect/Data"
import type { JsonObject } from "../core/canonical.ts"
import { decode, type Entry, type Row } from "../core/Entry.ts"

/** What was asked for is not in the log, or cannot be had of it; `message` is one line that says what helps. */
export class NotThere extends Data.TaggedError("NotThere")<{ readonly message: string }> {}

/** The entry of a row, also of one that was altered: data that cannot be read is shown as the text it is. */
export const entryOf = (row: Row): Entry => {
  try {
    const entry = decode(row)
    if (typeof entry.data === "object" && entry.data !== null && !Array.isArray(entry.data)) return entry
  } catch {
    // Shown below as it stands.
  }
  const { at, cause, data, kind, seq, subject, type } = row
  return { seq, at, cause, kind, type, subject, data: { unreadable: data.slice(0, 1_000) } }
}

/** A field of an entry's data if it is a text, whatever the entry's shape. */
export const textIn = ({ data }: Entry<unknown>, name: string): string | undefined => {
  const value = (data as JsonObject)[name]
  return typeof value === "string" ? value : undefined
}

/** A field of an entry's data if it is a number. */
export const numberIn = ({ data }: Entry<unknown>, name: string): number | undefined => {
  const value = (data as JsonObject)[name]
  return typeof value === "number" ? value : undefined
}
