import { genesis, hashOf, type Row } from "../core/Entry.ts"
import { LogUnavailable } from "./EventLog.ts"
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

/** Pages of a source, each read and its hashes worked out when it is asked for. */
export interface Pages {
  /** How many entries there are to read: of a log all, of a recording what its size suggests. */
  readonly entriesAbout: number
  /** The next page; undefined behind the last. Throws `PagesError`. */
  readonly next: () => Page | undefined
  readonly close: () => void
}

/** Opens a source from its first row to its end now. Throws the driver's error for a log, `RecordingError` for a recording. */
export const openPages = ({ _tag, file, place }: Source): Pages => {
  const source = _tag === "log" ? openLogPages(place) : openRecordingPages(place, file)
  let previous = genesis
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
      const page = checked(rows, previous)
      previous = rows[rows.length - 1]?.hash ?? previous
      return page
    },
    close: source.close,
  }
}

/** Works out which of the rows behind one whose hash is `previous` match their hashes. */
export const checked = (rows: ReadonlyArray<Row>, previous: string): Page => {
  let before = previous
  let matching = 0
  for (const row of rows) {
    if (hashOf(row, before) !== row.hash) break
    before = row.hash
    matching++
  }
  return { rows, matching }
}
