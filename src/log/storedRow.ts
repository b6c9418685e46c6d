import { genesis, type Kind, type Row } from "../core/Entry.ts"
import type { Head } from "./EventLog.ts"
import { fromStored } from "./storedName.ts"

/*
 * How the columns of a row in SQLite are read. What has no meaning reads `?` and what was found, or NaN, so that `verify`
 * can name the entry of a file that was altered.
 */

/** The row that its columns make; type and subject are names already. */
export const rowOfColumns = (
  seq: unknown,
  at: unknown,
  cause: unknown,
  kind: unknown,
  type: string,
  subject: string,
  data: unknown,
  hash: unknown,
): Row => ({
  seq: asInteger(seq),
  at: asInteger(at),
  cause: asInteger(cause),
  kind: kind === 0 ? "input" : kind === 1 ? "outcome" : (`?${String(kind)}` as Kind),
  type,
  subject,
  data: asText(data),
  hash: asText(hash),
})

/** A number as stored; NaN, which no entry holds, for anything else. */
export const asInteger = (value: unknown): number => (typeof value === "number" ? value : Number.NaN)

export const asText = (value: unknown): string => (typeof value === "string" ? value : `?${typeof value}`)

/** The name that stands in its table under `id`. */
export const asName = (name: unknown, id: unknown): string =>
  typeof name === "string" ? fromStored(name) : `?${String(id)}`

/** Whether a text holds U+FFFD, which also stands for bytes that are no UTF-8: the bytes themselves tell which it is. */
export const mayHideBytes = (text: string): boolean => text.includes("\uFFFD")

/** The text, or one that no entry holds if the bytes it was read from are not its own. */
export const asStored = (bytes: unknown, stored: string, text: string): string =>
  !Buffer.isBuffer(bytes) || bytes.equals(Buffer.from(stored)) ? text : "?bytes that are no UTF-8"

/** Asks for the columns of `headOf`. */
export const headQuery = "SELECT seq, at, hash FROM entries ORDER BY seq DESC LIMIT 1"

/** Where a log ends, by what is stored of its newest entry; `undefined`: there is none. */
export const headOf = (last: ReadonlyArray<unknown> | undefined): Head =>
  last === undefined
    ? { seq: 0, at: 0, hash: genesis }
    : { seq: asInteger(last[0]), at: asInteger(last[1]), hash: asText(last[2]) }
