import * as Effect from "effect/Effect"
import { sha256 } from "../core/canonical.ts"
import { genesis, hashedParts, type Row } from "../core/Entry.ts"
import { type Head, LogUnavailable } from "./EventLog.ts"
import { openLogPages } from "./logPages.ts"
import { RecordingError } from "./recordingLines.ts"
import { openRecordingPages } from "./recordingPages.ts"

/** Some rows of a log, one behind the other. */
export interface Page {
  readonly rows: ReadonlyArray<Row>
  /** How many of them, from the first on, match their hashes: each chained to the hash of the row before, as that is stored. */
  readonly matching: number
}

/** A log or a recording to be read. */
export interface Source {
  readonly _tag: "log" | "recording"
  /** Where it lies: for a log the file itself, or a copy that can be read. */
  readonly place: string
  /** Its name for people. */
  readonly file: string
}

export type PagesError = LogUnavailable | RecordingError

/** The next page, each time it is run; undefined behind the last. Lets the host's other work go on before. */
export type NextPage<E> = Effect.Effect<Page | undefined, E>

/** The last entry that was read: behind it another can go on. */
export type Stand = Pick<Head, "seq" | "hash">

/** Pages of a source, each read and its hashes worked out when it is asked for. */
export interface Pages {
  /** How many entries there are to read: of a log all, of a recording what its size suggests. */
  readonly entriesAbout: number
  /** The next page; undefined behind the last. Throws `PagesError`. */
  readonly next: () => Page | undefined
  /** Where it stands; undefined for a recording, which can only be read from its beginning. */
  readonly stand: () => Stand | undefined
  readonly close: () => void
}

/**
 * Opens a source from its first row, or of a log from behind `stand`, to its end now. Throws the driver's error for a log, `RecordingError`
 * for a recording.
 */
export const openPages = ({ _tag, file, place }: Source, stand: Stand = { seq: 0, hash: genesis }): Pages => {
  const source = _tag === "log" ? openLogPages(place, stand.seq) : openRecordingPages(place, file)
  const check = makeCheck(stand.hash)
  let last = stand
  return {
    entriesAbout: source.entriesAbout,
    next: () => {
      let rows: ReadonlyArray<Row> | undefined
      try {
        rows = source.next()
      } catch (cause) {
        throw cause instanceof RecordingError ? cause : new LogUnavailable({ file, doing: "Reading", cause })
      }
      if (rows === undefined) return undefined
      last = rows[rows.length - 1] ?? last
      return check(rows)
    },
    stand: () => (_tag === "log" ? { seq: last.seq, hash: last.hash } : undefined),
    close: source.close,
  }
}

/** Reads the next page now. */
export const readNext = (pages: Pages): NextPage<PagesError> => {
  try {
    return Effect.succeed(pages.next())
  } catch (error) {
    if (error instanceof LogUnavailable || error instanceof RecordingError) return Effect.fail(error)
    throw error
  }
}

/** Names whose JSON is kept. */
const namesMax = 100_000

/** Works out, for some rows after the other, which of them match their hashes; the first follows one whose hash is `previous`. */
export const makeCheck = (previous: string): ((rows: ReadonlyArray<Row>) => Page) => {
  const names = new Map<string, string>()
  const quoted = (name: string): string => {
    const known = names.get(name)
    if (known !== undefined) return known
    const text = JSON.stringify(name)
    if (names.size >= namesMax) names.clear()
    names.set(name, text)
    return text
  }
  let before = previous
  return (rows) => {
    let matching = 0
    for (const row of rows) {
      if (sha256(before + hashedParts(row, quoted(row.subject), quoted(row.type))) !== row.hash) break
      before = row.hash
      matching++
    }
    before = rows[rows.length - 1]?.hash ?? before
    return { rows, matching }
  }
}
