import * as Effect from "effect/Effect"
import { decode, type Entry, type Row } from "../../core/Entry.ts"
import { limits } from "../../core/limits.ts"
import { othersTurn } from "../../engine/othersTurn.ts"
import type { LogReader, LogUnavailable } from "../../log/EventLog.ts"

/** Rows right before a seq, newest first, at most `size`. */
export const rowsBefore = (
  log: LogReader,
  before: number,
  size: number,
): Effect.Effect<ReadonlyArray<Row>, LogUnavailable> => {
  const after = Math.max(0, before - 1 - size)
  return before <= 1 ? Effect.succeed([]) : Effect.map(log.read(after, before - 1 - after), (rows) => rows.toReversed())
}

/** Rows about a subject up to a seq, oldest first; of one that has very many, the first `limits.listScanEntriesMax`. */
export const rowsAbout = (
  log: LogReader,
  subject: string,
  upTo = Number.POSITIVE_INFINITY,
): Effect.Effect<ReadonlyArray<Row>, LogUnavailable> =>
  Effect.gen(function* () {
    const rows: Array<Row> = []
    for (let after = 0; rows.length < limits.listScanEntriesMax; ) {
      const page = yield* log.readSubject(subject, after, limits.readEntriesMax)
      const last = page.at(-1)
      if (last === undefined) break
      for (const row of page) if (row.seq <= upTo) rows.push(row)
      if (last.seq >= upTo || page.length < limits.readEntriesMax) break
      after = last.seq
    }
    return rows
  })

/**
 * Rows about the subjects of some entries, by subject, oldest first. Finding a subject by its name would cost a look at every name
 * the log has (docs/decisions/0006), and once is enough for all.
 */
export const rowsBySubject = (
  log: LogReader,
  seqs: ReadonlyArray<number>,
  upTo = Number.POSITIVE_INFINITY,
): Effect.Effect<ReadonlyMap<string, ReadonlyArray<Row>>, LogUnavailable> =>
  Effect.gen(function* () {
    const bySubject = new Map<string, Array<Row>>()
    for (let [after, read] = [0, 0]; seqs.length > 0 && read < limits.listScanEntriesMax; ) {
      const page = yield* log.readSameSubjects(seqs, after, limits.readEntriesMax)
      for (const row of page) {
        if (row.seq > upTo) continue
        const known = bySubject.get(row.subject)
        if (known === undefined) bySubject.set(row.subject, [row])
        else known.push(row)
      }
      read += page.length
      after = page.at(-1)?.seq ?? after
      if (page.length < limits.readEntriesMax || after >= upTo) break
      yield* othersTurn
    }
    return bySubject
  })

/** An entry whose data may have been altered beyond reading; its text is then all there is. */
export const readable = (row: Row): Entry<unknown> => {
  try {
    return decode(row)
  } catch {
    return row
  }
}
