import * as Effect from "effect/Effect"
import { decode, type Entry, type Row } from "../../core/Entry.ts"
import { limits } from "../../core/limits.ts"
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
      if (last.seq >= upTo) break
      after = last.seq
    }
    return rows
  })

/** An entry whose data may have been altered beyond reading; its text is then all there is. */
export const readable = (row: Row): Entry<unknown> => {
  try {
    return decode(row)
  } catch {
    return row
  }
}

/** Lets everything else have its turn: a page that looks through much of a log is no reason to wait. */
export const othersTurn: Effect.Effect<void> = Effect.async((resume) => {
  const soon = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(soon))
})
