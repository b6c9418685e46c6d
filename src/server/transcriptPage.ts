import * as Effect from "effect/Effect"
import { decode, type Entry } from "../core/Entry.ts"
import { outboundAnswered, outboundFailed } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"
import type { CallsDoor, TranscriptLine } from "./Exchange.ts"

/** Which part of whose transcript. */
interface Part {
  readonly sid: string
  /** Lines of entries behind this one. */
  readonly after: number
  /** Lines at most, but that all of an entry are on one page, so that the next one begins behind it. */
  readonly limit: number
}

export interface TranscriptPage {
  readonly lines: ReadonlyArray<TranscriptLine>
  /** The `after` of the next page. */
  readonly last: number
  readonly more: boolean
}

type Reads = Pick<LogReader, "read" | "readSubject">

/** A page of a call's transcript. Reads no more of the log than the page needs, however long the call is. */
export const transcriptPage = (
  log: Reads,
  transcript: CallsDoor["transcript"],
  { after, limit, sid }: Part,
): Effect.Effect<TranscriptPage, LogUnavailable> =>
  Effect.gen(function* () {
    const lines: Array<TranscriptLine> = []
    for (let read = after; lines.length <= limit; ) {
      const entries = (yield* log.readSubject(sid, read, limits.readEntriesMax)).map(decode)
      const newest = entries.at(-1)
      if (newest === undefined) break
      lines.push(...transcript(entries, yield* requestsBefore(log, entries)))
      read = newest.seq
    }
    const last = lines[Math.min(limit, lines.length) - 1]?.seq ?? after
    const shown = lines.filter(({ seq }) => seq <= last)
    return { last, lines: shown, more: lines.length > shown.length }
  })

/** What entries answer that stands before them. */
const requestsBefore = (
  log: Reads,
  entries: ReadonlyArray<Entry<unknown>>,
): Effect.Effect<ReadonlyArray<Entry<unknown>>, LogUnavailable> => {
  const first = entries[0]?.seq ?? 0
  const causes = entries.flatMap((entry) =>
    (outboundAnswered.is(entry) || outboundFailed.is(entry)) && entry.cause < first ? [entry.cause] : [],
  )
  return Effect.map(
    Effect.forEach([...new Set(causes)], (seq) => log.read(seq - 1, 1)),
    (rows) => rows.flat().map(decode),
  )
}
