import * as Data from "effect/Data"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { canonical } from "../core/canonical.ts"
import { genesis, hashOf, type Row, RowShape, toLine } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { logFormat } from "./format.ts"

/** A recording, or a log on its way into one, that is not what it should be; `message` says where, what was expected and found. */
export class RecordingError extends Data.TaggedError("RecordingError")<{
  readonly reason:
    | "missing"
    | "unreadable"
    | "unwritable"
    | "target-exists"
    | "no-header"
    | "newer-format"
    | "too-long"
    | "cut-off"
    | "not-utf-8"
    | "not-json"
    | "not-canonical"
    | "wrong-shape"
    | "wrong-order"
    | "wrong-hash"
  readonly file: string
  /** Line of the file, from 1; absent when the file as a whole is meant. */
  readonly line?: number
  readonly message: string
}> {}

/** What went wrong in a line; whoever knows the file and the line makes a `RecordingError` of it. */
export class BadLine extends Error {
  override readonly name = "BadLine"
  readonly reason: RecordingError["reason"]
  constructor(reason: RecordingError["reason"], expected: string, found: string) {
    super(`expected ${expected}, found ${found}`)
    this.reason = reason
  }
}

/** First line of every recording. */
export const headerLine = canonical({ format: logFormat, kind: "run", recording: "ringback" })

/** Bytes of the longest line: the largest entry and its hash. */
export const lineBytesMax = limits.entryBytesMax + `"hash":"${genesis}",`.length

/** Where a recording stands: what the next entry has to follow from. */
export interface Progress {
  readonly entries: number
  readonly digest: string
}

/**
 * Reads the lines of a recording in order; throws `BadLine` at the first one that is not what the writer would have written.
 *
 * The check of last resort is a comparison: an entry's line is canonical if writing what was read gives the same text.
 * `chain: "left"` gives rows whose order and hashes are wrong as they are, for `verify` to name.
 */
export const makeLineReader = (chain: "checked" | "left") => {
  let header = false
  let entries = 0
  let digest = genesis
  let at = Number.MIN_SAFE_INTEGER
  return {
    read: (line: string): Row | undefined => {
      if (!header) {
        checkHeader(line)
        header = true
        return undefined
      }
      const row = rowOf(line)
      if (chain === "checked") {
        checkOrder(row, entries, at)
        checkHash(row, digest)
      }
      at = row.at
      entries += 1
      digest = row.hash
      return row
    },
    end: (): void => {
      if (!header) throw new BadLine("no-header", "the header of a recording", "an empty file")
    },
    progress: (): Progress => ({ entries, digest }),
  }
}

/** The row a line stands for; throws `BadLine` if the line is not that row's line. */
export const rowOf = (line: string): Row => {
  const parsed = parse(line, "an entry")
  if (!isRow(parsed)) throw new BadLine("wrong-shape", "an entry", shapeFault(parsed))
  const { seq, at, cause, kind, type, subject, data, hash } = parsed
  const row: Row = { seq, at, cause, kind, type, subject, data: canonicalOf(data), hash }
  checkText(line, toLine(row))
  return row
}

const isRow = Schema.is(RowShape)

const shapeFault = (value: unknown): string =>
  Either.match(ParseResult.validateEither(RowShape)(value), {
    onLeft: (issue) => firstIssue(ParseResult.ArrayFormatter.formatIssueSync(issue)),
    onRight: () => show(JSON.stringify(value)),
  })

/** The first thing a schema found wrong, in one line. */
export const firstIssue = (issues: ReadonlyArray<ParseResult.ArrayFormatterIssue>): string => {
  const [first] = issues
  if (first === undefined) return "something else"
  const where = first.path.length === 0 ? "" : ` in ${first.path.map(String).join(".")}`
  return excerpt(`a fault${where}: ${first.message}`.replace(/\s+/g, " "), 0, 300)
}

const checkHeader = (line: string): void => {
  if (line === headerLine) return
  if (line === `${headerLine}\r`)
    throw new BadLine(
      "no-header",
      "lines that end in LF",
      "CR LF (a tool has rewritten the line ends of this recording)",
    )
  const expected = `the header ${headerLine}`
  const parsed = parse(line, expected)
  if (typeof parsed === "object" && parsed !== null && Object.hasOwn(parsed, "format")) {
    const format = (parsed as { readonly format: unknown }).format
    if (Number.isSafeInteger(format) && Number(format) > logFormat)
      throw new BadLine(
        "newer-format",
        `a format up to ${logFormat}, the newest this ringback reads`,
        `format ${format}; use the version that wrote it, or a newer one`,
      )
  }
  if (typeof parsed === "object" && parsed !== null && (parsed as { readonly kind?: unknown }).kind === "traffic")
    throw new BadLine(
      "no-header",
      "a recording of a run",
      "one of traffic; ringback playback, compare and traffic read it",
    )
  throw new BadLine("no-header", expected, show(line))
}

const parse = (line: string, expected: string): unknown => {
  if (line === "") throw new BadLine("not-json", expected, "an empty line")
  try {
    return JSON.parse(line)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new BadLine("not-json", expected, `${show(line)}, which is no JSON (${excerpt(why, 0, 100)})`)
  }
}

const canonicalOf = (data: unknown): string => {
  try {
    return canonical(data)
  } catch (cause) {
    throw new BadLine("not-canonical", "canonical JSON", cause instanceof Error ? cause.message : String(cause))
  }
}

const checkText = (found: string, expected: string): void => {
  if (found === expected) return
  let same = 0
  while (found[same] === expected[same]) same++
  throw new BadLine(
    "not-canonical",
    `canonical JSON: at column ${same + 1} ${show(expected.slice(same))}`,
    show(found.slice(same)),
  )
}

const checkOrder = (row: Row, entries: number, at: number): void => {
  if (row.seq !== entries + 1) throw new BadLine("wrong-order", `entry ${entries + 1}`, `entry ${row.seq}`)
  if (row.cause >= row.seq) throw new BadLine("wrong-order", `a cause before entry ${row.seq}`, `cause ${row.cause}`)
  if (row.at < at) throw new BadLine("wrong-order", `an instant from ${at} on in entry ${row.seq}`, `${row.at}`)
}

const checkHash = (row: Row, previous: string): void => {
  const hash = hashOf(row, previous)
  if (row.hash !== hash)
    throw new BadLine("wrong-hash", `entry ${row.seq} to have hash ${hash}`, `${row.hash}: it does not match its hash`)
}

/** The beginning of a text, control characters escaped, so that an error is one line whatever the file holds. */
const show = (text: string): string => JSON.stringify(excerpt(text, 0, 60))

const excerpt = (text: string, from: number, length: number): string =>
  text.length > from + length ? `${text.slice(from, from + length)}…` : text.slice(from)

/**
 * Cuts bytes into lines of UTF-8; holds at most one line and the piece it is given.
 *
 * Lines end in LF, the last one too. A CR is a character like any other, and canonical JSON has none.
 */
export const makeLineCutter = () => {
  let pending: Array<Uint8Array> = []
  let pendingBytes = 0
  const hold = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return
    pendingBytes += bytes.length
    if (pendingBytes > lineBytesMax)
      throw new BadLine("too-long", `a line of at most ${lineBytesMax} bytes`, `one of at least ${pendingBytes}`)
    pending.push(bytes)
  }
  return {
    /** Every line that ends in this piece, one at a time. The piece may be reused once all are taken. */
    *cut(piece: Uint8Array): Generator<string> {
      let from = 0
      for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, from)) {
        hold(piece.subarray(from, end))
        const bytes = pending.length === 1 ? pending[0] : Buffer.concat(pending)
        pending = []
        pendingBytes = 0
        from = end + 1
        yield decode(bytes)
      }
      hold(Uint8Array.from(piece.subarray(from)))
    },
    end: (): void => {
      if (pendingBytes > 0)
        throw new BadLine(
          "cut-off",
          "an end of line after the last entry",
          `the end of the file after ${pendingBytes} bytes`,
        )
    },
  }
}

/** `ignoreBOM` keeps a byte order mark, which a recording's header does not have. */
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const decode = (bytes: Uint8Array | undefined): string => {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    throw new BadLine("not-utf-8", "UTF-8", "bytes that are none")
  }
}
