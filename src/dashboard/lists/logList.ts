import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Row } from "../../core/Entry.ts"
import { limits } from "../../core/limits.ts"
import type { LogReader, LogUnavailable } from "../../log/EventLog.ts"
import { place } from "./callbackList.ts"
import type { ListAsked, ListPage } from "./messageList.ts"
import { choiceOperator, holds, numberOperator, timeOperators } from "./operators.ts"
import { othersTurn, rowsAbout, rowsBefore } from "./reading.ts"
import { type Language, type Operator, readSearch, soughtValue } from "./search.ts"

/* The list of entries, newest first. */

/** A whole text, in which `*` stands for any text. */
const wholeOperator = (name: string, about: string, example: string, of: (row: Row) => string): Operator<Row> => ({
  name,
  about,
  example,
  test: (value) => {
    const fits = wholly(value)
    return Either.right((row: Row) => fits(of(row)))
  },
})

/** Whether a text is what a pattern says, from its beginning to its end. */
const wholly = (pattern: string): ((text: string) => boolean) => {
  const parts = pattern.split("*")
  const [first = "", last = ""] = [parts[0], parts.at(-1)]
  if (parts.length === 1) return (text) => text === pattern
  const middle = holds(parts.slice(1, -1).join("*"))
  return (text) =>
    text.length >= first.length + last.length &&
    text.startsWith(first) &&
    text.endsWith(last) &&
    middle(text.slice(first.length, text.length - last.length))
}

/** How entries are searched. */
export const logLanguage: Language<Row> = {
  operators: [
    wholeOperator("type", "its type; * stands for any text", "type:message.*", ({ type }) => type),
    wholeOperator("subject", "the SID it is about", "subject:SM12*", ({ subject }) => subject),
    choiceOperator("kind", "a fact from outside, or what rules made of it", ["input", "outcome"], ({ kind }) => kind),
    numberOperator("seq", "its place", "seq:42", ({ seq }) => seq),
    numberOperator("cause", "the entry it follows from", "cause:42", ({ cause }) => cause),
    ...timeOperators<Row>(({ at }) => at),
  ],
  word: (value) => {
    const fits = holds(value)
    return ({ data, subject, type }) => fits(type) || fits(subject) || fits(data)
  },
}

/**
 * A page of entries. The left says what is wrong with the search.
 *
 * Cost   at most `limits.listScanEntriesMax` entries, in parts between which everything else has its turn
 */
export const logList = (
  log: LogReader,
  head: number,
  { before, now, search, size }: ListAsked,
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
    for (let looked = 0; looked < limits.listScanEntriesMax; ) {
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
