import * as Schema from "effect/Schema"
import { canonical, type Json, type JsonObject, sha256 } from "./canonical.ts"
import { limits } from "./limits.ts"
import { onceAsked } from "./onceAsked.ts"

/** `input`: a fact from outside. `outcome`: what the rules made of it; it can be made again. */
export type Kind = "input" | "outcome"

/**
 * One fact of the log.
 *
 * Units   `at` virtual ms since the Unix epoch, never decreasing; all entries of a turn carry its input's `at`
 * Shape   `cause` is the seq of the entry this one follows from (0: none); `subject` a SID or id, or empty
 */
export interface Entry<D = JsonObject> {
  readonly seq: number
  readonly at: number
  readonly cause: number
  readonly kind: Kind
  readonly type: string
  readonly subject: string
  readonly data: D
}

/** An entry as it is stored: `data` as canonical JSON, `hash` chained to the row before. */
export interface Row {
  readonly seq: number
  readonly at: number
  readonly cause: number
  readonly kind: Kind
  readonly type: string
  readonly subject: string
  readonly data: string
  readonly hash: string
}

/** A row that has no place in the chain yet. */
export type UnhashedRow = Omit<Row, "hash">

/** What a rule answers: an entry that has no place in the log yet. */
export interface Draft<D = unknown> {
  readonly type: string
  readonly subject: string
  readonly data: D
  /** The entry it follows from, when that is not the one the rule reacted to. */
  readonly cause?: number
  /** Told to whoever waits for this entry and not kept: the text of an answer that can be made again. */
  readonly aside?: string
}

/** A type of entry: its name, the schema of its data, and the plain function that builds its drafts. */
export interface EntryType<D> {
  readonly type: string
  /** Checks data at the doors (import, API) and in tests; never on the hot path. */
  readonly schema: Schema.Schema<D, Json>
  readonly draft: (subject: string, data: D, cause?: number) => Draft<D>
  /** Whether an entry is of this type; its data is then trusted to have this shape. */
  readonly is: (entry: Entry<unknown>) => entry is Entry<D>
}

/**
 * Declares a type of entry. Names are `noun.past-verb` and a stored format: renaming one is a migration. The schema is made when it is
 * first asked for: a server asks for none, and making a hundred of them would be a part of every start.
 */
export const entryType = <D, I extends Json>(type: string, schema: () => Schema.Schema<D, I>): EntryType<D> => {
  const made = onceAsked(() => schema() as unknown as Schema.Schema<D, Json>)
  return {
    type,
    get schema() {
      return made()
    },
    draft: (subject, data, cause) => (cause === undefined ? { type, subject, data } : { type, subject, data, cause }),
    is: (entry): entry is Entry<D> => entry.type === type,
  }
}

/** The hash before the first entry. */
export const genesis = "0".repeat(64)

/** Raised when an entry would be larger than `limits.entryBytesMax`: a defect of the rule that built it. */
export class EntryTooLarge extends Error {
  override readonly name = "EntryTooLarge"
}

/** A row that is to get its hash in place: a second object for each would be a tenth of what encoding costs. */
export interface OpenRow extends UnhashedRow {
  /** Empty until then. */
  hash: string
}

/** Encodes an entry as the row that follows one whose hash is `previous`. */
export const encode = (entry: Entry<unknown>, previous: string): Row => chained(encodeUnhashed(entry), previous)

/** Encodes an entry all but for its hash, which nothing but the row before it adds. */
export const encodeUnhashed = ({ seq, at, cause, kind, type, subject, data }: Entry<unknown>): OpenRow => {
  const row: OpenRow = { seq, at, cause, kind, type, subject, data: canonical(data), hash: "" }
  if (bytesAtMost(row) > limits.entryBytesMax) refuseTooLarge(type, Buffer.byteLength(hashedText(row)))
  return row
}

/** Throws `EntryTooLarge` for an entry of so many bytes, if it is. */
export const refuseTooLarge = (type: string, bytes: number): void => {
  if (bytes > limits.entryBytesMax)
    throw new EntryTooLarge(`${type} of ${bytes} bytes; at most ${limits.entryBytesMax}`)
}

/** Gives an open row its hash behind a row whose hash is `previous`. */
export const chained = (row: OpenRow, previous: string): Row => {
  row.hash = hashOf(row, previous)
  return row
}

/** The hash a row should have after one whose hash is `previous`. */
export const hashOf = (row: UnhashedRow, previous: string): string => sha256(previous + hashedText(row))

/** The entry a row holds. Throws `SyntaxError` when its data is no JSON. */
export const decode = (row: Row): Entry => {
  const { seq, at, cause, kind, type, subject } = row
  return { seq, at, cause, kind, type, subject, data: JSON.parse(row.data) as JsonObject }
}

/** A row as one line of a recording: canonical JSON, without the line's end. */
export const toLine = (row: Row): string =>
  `{"at":${row.at},"cause":${row.cause},"data":${row.data},"hash":"${row.hash}","kind":"${row.kind}","seq":${row.seq},"subject":${JSON.stringify(row.subject)},"type":${JSON.stringify(row.type)}}`

/** What the hash of a row is made of, behind the hash of the row before: canonical JSON. */
export const hashedText = (row: UnhashedRow): string =>
  hashedParts(row, JSON.stringify(row.subject), JSON.stringify(row.type))

/**
 * The same of a row whose names are JSON already.
 *
 * It may name nothing outside of it: the thread that writes big groups is given its source (log/appender.ts).
 */
export const hashedParts = (
  { at, cause, data, kind, seq }: Pick<UnhashedRow, "at" | "cause" | "data" | "kind" | "seq">,
  subject: string,
  type: string,
): string =>
  `{"at":${at},"cause":${cause},"data":${data},"kind":"${kind}","seq":${seq},"subject":${subject},"type":${type}}`

/** The row of a text that `hashedText` has made. */
export const fromHashedText = (text: string): UnhashedRow => {
  const from = dataFrom(text)
  const to = dataTo(text)
  const { at, cause } = JSON.parse(`${text.slice(0, from)}0}`)
  const { kind, seq, subject, type } = JSON.parse(`{${text.slice(to + 1)}`)
  return { seq, at, cause, kind, type, subject, data: text.slice(from, to) }
}

/** Where the data of such a text is: numbers stand before it, and behind it texts, in which a quotation mark is never bare. */
const dataFrom = (text: string): number => text.indexOf(dataKey) + dataKey.length
const dataTo = (text: string): number => text.lastIndexOf(kindKey)
const dataKey = ',"data":'
const kindKey = ',"kind":"'

/**
 * Bytes that `hashedText` has at most: three for each unit of data, which is escaped already, six for one of a name, and
 * the rest of the line. Tells without building that text that an entry is small.
 */
const bytesAtMost = ({ type, subject, data }: UnhashedRow): number =>
  3 * data.length + 6 * (type.length + subject.length) + 200

/** The shape of a row as it is read from a recording's line, before its hash is checked. */
export const RowShape = Schema.Struct({
  seq: Schema.Int.pipe(Schema.positive()),
  at: Schema.Int,
  cause: Schema.Int.pipe(Schema.nonNegative()),
  kind: Schema.Literal("input", "outcome"),
  type: Schema.NonEmptyString,
  subject: Schema.String,
  data: Schema.Record({ key: Schema.String, value: Schema.Unknown }),
  hash: Schema.String.pipe(Schema.pattern(/^[0-9a-f]{64}$/)),
})
