import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Row } from "../../core/Entry.ts"
import { outboundRequested } from "../../core/entries.ts"
import { othersTurn } from "../../engine/othersTurn.ts"
import type { LogReader, LogUnavailable } from "../../log/EventLog.ts"
import {
  beginsCallback,
  type CallbackState,
  type CallbackStory,
  callbackState,
  callbackStories,
  whyFailed,
} from "../../network/callbackStories.ts"
import { choiceOperator, holds, numberOperator, textOperator, timeOperators } from "../../timetravel/operators.ts"
import { type Language, readSearch } from "../../timetravel/search.ts"
import { readable, rowsBefore, rowsBySubject } from "./reading.ts"
import type { ListAsked, ListPage } from "./walked.ts"

/* The list of callbacks, newest first. A callback's place is the seq of its first attempt. */

export interface CallbackRow {
  readonly story: CallbackStory
  readonly state: CallbackState
  /** When its first attempt was made, virtual ms. */
  readonly at: number
  /** The last answer's status, or why there was none. */
  readonly outcome: string
}

const states = ["answered", "sending", "waiting", "lost", "failed"] as const satisfies ReadonlyArray<CallbackState>

/** How callbacks are searched. */
export const callbackLanguage: Language<CallbackRow> = {
  operators: [
    choiceOperator("state", "how it stands", states, ({ state }) => state),
    textOperator("status", "the last answer's status, or why there was none", "status:500", ({ outcome }) => outcome),
    textOperator("event", "the status it reports", "event:delivered", ({ story }) => story.event ?? ""),
    textOperator("url", "a text in where it goes", "url:*/status", ({ story }) => story.url),
    textOperator("subject", "the SID it is about", "subject:SM12", ({ story }) => story.subject),
    numberOperator("attempts", "how often it was tried", "attempts:3", ({ story }) => story.attempts.length),
    numberOperator("copy", "1 for a duplicate, more for one sent again", "copy:2", ({ story }) => story.copy),
    ...timeOperators<CallbackRow>(({ at }) => at),
  ],
  word: (value) => {
    const fits = holds(value)
    return ({ outcome, story }) =>
      fits(story.url) || fits(story.subject) || fits(story.event ?? "") || fits(story.token) || fits(outcome)
  },
}

/** A callback as lists show it. */
export const callbackRow = (story: CallbackStory, now: number): CallbackRow => ({
  story,
  state: callbackState(story, now),
  at: story.attempts[0]?.at ?? 0,
  outcome: outcomeOf(story),
})

const outcomeOf = ({ attempts }: CallbackStory): string => {
  const end = attempts.at(-1)?.end
  if (end === undefined) return ""
  if (end._tag === "Answered") return String(end.answer.status)
  return whyFailed(end.failure)
}

/** Entries that are read at once: most lists fill a page from few. */
const readAtOnce = 250
/** Entries one page looks through: each callback among them costs a look at all about its subject. */
const entriesMax = 2_000

interface Asked extends ListAsked {
  /** Entries to look through at most. */
  readonly entries?: number
}

/**
 * A page of callbacks, looked for backwards through the log. The left says what is wrong with the search.
 *
 * Cost   the entries looked through, and those about the subjects of the callbacks among them, in parts between which everything
 *        else has its turn
 */
export const callbackList = (
  log: LogReader,
  head: number,
  { before, entries = entriesMax, isOver = () => false, now, search, size }: Asked,
): Effect.Effect<Either.Either<ListPage<CallbackRow>, ReadonlyArray<string>>, LogUnavailable> =>
  Effect.gen(function* () {
    const read = readSearch(callbackLanguage, search, now)
    if (Either.isLeft(read)) return Either.left(read.left)
    const rows: Array<CallbackRow> = []
    let from = place(before, head)
    for (let looked = 0; looked < entries && (looked === 0 || !isOver()); looked += readAtOnce) {
      const page = yield* rowsBefore(log, from, readAtOnce)
      if (page.length === 0) return Either.right({ rows, older: undefined, cut: false })
      const begins = page.filter(isFirstAttempt)
      // Without a search a page is full with so many.
      const wanted = read.right.terms.length === 0 ? begins.slice(0, size + 1 - rows.length) : begins
      for (const row of yield* callbackRows(
        log,
        wanted.map(({ seq }) => seq),
        now,
      )) {
        if (!read.right.fits(row)) continue
        if (rows.length === size) return Either.right({ rows, older: String(rows[size - 1]?.story.id), cut: false })
        rows.push(row)
      }
      from = page.at(-1)?.seq ?? 0
      yield* othersTurn
    }
    return Either.right({ rows, older: String(from), cut: true })
  })

const isFirstAttempt = (row: Row): boolean => row.type === outboundRequested.type && beginsCallback(readable(row))

/** The callbacks that began with these entries, in their order, as they are known up to an entry. */
export const callbackRows = (
  log: LogReader,
  began: ReadonlyArray<number>,
  now: number,
  upTo?: number,
): Effect.Effect<ReadonlyArray<CallbackRow>, LogUnavailable> =>
  Effect.map(rowsBySubject(log, began, upTo), (bySubject) => {
    const stories = new Map(
      [...bySubject.values()].flatMap((about) =>
        callbackStories(about.map(readable)).map((story) => [story.id, story] as const),
      ),
    )
    return began.flatMap((seq) => {
      const story = stories.get(seq)
      return story === undefined ? [] : [callbackRow(story, now)]
    })
  })

/** The seq that a page ends before. */
export const place = (before: string | undefined, head: number): number => {
  const seq = Number(before ?? Number.NaN)
  return Number.isSafeInteger(seq) && seq > 0 ? Math.min(seq, head + 1) : head + 1
}
