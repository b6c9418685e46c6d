import * as Effect from "effect/Effect"
import { decode, type Entry, type Row } from "../../core/Entry.ts"
import type { LogUnavailable } from "../../log/EventLog.ts"
import { type CallbackStory, callbackStories } from "../../network/callbackStories.ts"
import type { Asked } from "../answering.ts"
import type { Copy } from "../copies.ts"
import { callbackRow } from "../lists/callbackList.ts"
import { readable, rowsAbout } from "../lists/reading.ts"
import type { LookedAt } from "../lookedAt.ts"
import type { Shown } from "../Shown.ts"
import { pretty } from "../texts.ts"
import type { Making } from "./Page.ts"

type Entries = ReadonlyArray<Entry<unknown>>

/** What a drawer tells of one kind of thing. */
export interface Told<Story> {
  /** The template; it gets `story`, `callbacks`, `copies`, `entries`, `more` entries that are not shown, whether it is `past`, and what `also` says. */
  readonly view: string
  readonly story: (entries: Entries) => Story | undefined
  /** `asking` is the entry it came from. */
  readonly copies: (story: Story, asking: Entry<unknown> | undefined, origin: string) => ReadonlyArray<Copy>
  /** A word beside an entry's type. */
  readonly note: (entry: Entry<unknown>) => string
  readonly also?: (entries: Entries, story: Story, shown: Shown) => object
}

/** Entries that a drawer shows, and characters of each: the log has the rest. */
const entriesShown = 60
const dataShown = 2_000

/** The drawer about one subject: all of it is told by the entries about it. */
export const subjectDrawer =
  <Story extends { readonly cause: number }>({ also, copies, note, story: tell, view }: Told<Story>) =>
  (
    { fill, shown }: Making,
    sid: string,
    { origin }: Asked,
    { now, upTo }: LookedAt,
  ): Effect.Effect<string | undefined, LogUnavailable> =>
    Effect.gen(function* () {
      const { log } = shown.run
      const rows = yield* rowsAbout(log, sid, upTo)
      const entries = rows.map(readable)
      const story = tell(entries)
      if (story === undefined) return undefined
      const [asking] = story.cause > 0 ? yield* log.read(story.cause - 1, 1) : []
      return fill(view, {
        ...also?.(entries, story, shown),
        story,
        past: upTo !== undefined,
        callbacks: callbackStories(entries).map((callback) => shownCallback(callback, now, shown)),
        copies: copies(story, asking && decode(asking), origin),
        count: rows.length,
        more: Math.max(0, rows.length - entriesShown),
        entries: rows.slice(0, entriesShown).map((row, i) => shownEntry(row, entries[i] ?? row, note)),
      })
    })

const shownEntry = (row: Row, entry: Entry<unknown>, note: (entry: Entry<unknown>) => string) => {
  const data = pretty(entry.data)
  return { row, data: data.slice(0, dataShown), cut: data.length > dataShown, note: note(entry) }
}

/** A callback as its drawer shows it: every attempt whole. */
export const shownCallback = (story: CallbackStory, now: number, shown: Shown) => ({
  ...callbackRow(story, now),
  attempts: story.attempts.map((attempt) => {
    const { end, request } = attempt
    return {
      ...attempt,
      signature: shown.signatureOf(request),
      /** Virtual ms it took. */
      took: end === undefined ? undefined : end.at - attempt.at,
      answer: end?._tag === "Answered" ? { ...end.answer, text: bodyText(end.answer.body) } : undefined,
      failure: end?._tag === "Failed" ? end.failure : undefined,
      good: end?._tag === "Answered" && end.answer.status >= 200 && end.answer.status < 300,
      ...stillDue(attempt, now),
    }
  }),
})

/** The next attempt, if it is still to be made. */
const stillDue = ({ nextDue, nextSet }: CallbackStory["attempts"][number], now: number) =>
  nextDue !== undefined && nextDue >= now ? { next: nextDue, nextSet } : { next: undefined, nextSet: undefined }

const bodyText = (body: string | { readonly base64: string } | { readonly length: number }): string =>
  typeof body === "string"
    ? body
    : "base64" in body
      ? `base64 ${body.base64}`
      : `${body.length} bytes, which are not kept`

/** Where a subject has a page of its own; undefined for one that has none. */
export const placeOfSubject = (subject: string): string | undefined =>
  /^(?:SM|MM)[0-9a-f]{32}$/.test(subject)
    ? `/ui/messages/${subject}`
    : /^CA[0-9a-f]{32}$/.test(subject)
      ? `/ui/calls/${subject}`
      : undefined
