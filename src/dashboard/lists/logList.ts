import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Row } from "../../core/Entry.ts"
import { limits } from "../../core/limits.ts"
import { othersTurn } from "../../engine/othersTurn.ts"
import type { LogReader, LogUnavailable } from "../../log/EventLog.ts"
import { logLanguage } from "../../timetravel/logLanguage.ts"
import { readSearch, soughtValue } from "../../timetravel/search.ts"
import { place } from "./callbackList.ts"
import { rowsAbout, rowsBefore } from "./reading.ts"
import type { ListAsked, ListPage } from "./walked.ts"

/* The list of entries, newest first. */

/**
 * A page of entries. The left says what is wrong with the search.
 *
 * Cost   at most `limits.listScanEntriesMax` entries, in parts between which everything else has its turn
 */
export const logList = (
  log: LogReader,
  head: number,
  { before, isOver = () => false, now, search, size }: ListAsked,
): Effect.Effect<Either.Either<ListPage<Row>, ReadonlyArray<string>>, LogUnavailable> =>
  Effect.gen(function* () {
    const read = readSearch(logLanguage, search, now)
    if (Either.isLeft(read)) return Either.left(read.left)
    const { fits, terms } = read.right
    const rows: Array<Row> = []
    const full = () => ({ rows, older: String(rows[size - 1]?.seq), cut: false })
    const from = place(before, head)
    const subject = soughtValue(terms, "subject")
    if (subject !== undefined && !subject.includes("*")) {
      for (const row of (yield* rowsAbout(log, subject, from - 1)).toReversed()) {
        if (!fits(row)) continue
        if (rows.length === size) return Either.right(full())
        rows.push(row)
      }
      return Either.right({ rows, older: undefined, cut: false })
    }
    let next = from
    for (let looked = 0; looked < limits.listScanEntriesMax && (looked === 0 || !isOver()); ) {
      const atOnce = terms.length === 0 ? size + 1 : limits.readEntriesMax
      const page = yield* rowsBefore(log, next, atOnce)
      if (page.length === 0) return Either.right({ rows, older: undefined, cut: false })
      for (const row of page) {
        if (!fits(row)) continue
        if (rows.length === size) return Either.right(full())
        rows.push(row)
      }
      looked += page.length
      next = page.at(-1)?.seq ?? 0
      yield* othersTurn
    }
    return Either.right({ rows, older: String(next), cut: true })
  })
