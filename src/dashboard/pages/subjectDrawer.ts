import * as Effect from "effect/Effect"
import { messageCreated, messageStatusChanged } from "../../carriers/delivery/entries.ts"
import { decode, type Entry } from "../../core/Entry.ts"
import type { LogUnavailable } from "../../log/EventLog.ts"
import { type CallbackStory, callbackStories } from "../../network/callbackStories.ts"
import type { Asked } from "../answering.ts"
import { copiesOf } from "../copies.ts"
import { callbackRow } from "../lists/callbackList.ts"
import { readable, rowsAbout } from "../lists/reading.ts"
import { messageStory } from "../messageStory.ts"
import type { Shown } from "../Shown.ts"
import { pretty } from "../texts.ts"
import type { Making } from "./Page.ts"

/** The drawer about one message: all of it is told by the entries about it. */
export const subjectDrawer = (
  { fill, shown }: Making,
  sid: string,
  { origin }: Asked,
  now: number,
): Effect.Effect<string | undefined, LogUnavailable> =>
  Effect.gen(function* () {
    const { log } = shown.run
    const rows = yield* rowsAbout(log, sid)
    const entries = rows.map(readable)
    const story = messageStory(entries)
    if (story === undefined) return undefined
    const [asking] = story.cause > 0 ? yield* log.read(story.cause - 1, 1) : []
    return fill("messageDrawer", {
      story,
      callbacks: callbackStories(entries).map((callback) => shownCallback(callback, now, shown)),
      copies: copiesOf(story, asking && decode(asking), origin),
      entries: rows.map((row, i) => ({ row, data: pretty(entries[i]?.data), note: noteOf(entries[i]) })),
    })
  })

const noteOf = (entry: Entry<unknown> | undefined): string =>
  entry !== undefined && (messageStatusChanged.is(entry) || messageCreated.is(entry)) ? entry.data.status : ""

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
      next: attempt.nextDue !== undefined && attempt.nextDue >= now ? attempt.nextDue : undefined,
    }
  }),
})

const bodyText = (body: string | { readonly base64: string } | { readonly length: number }): string =>
  typeof body === "string"
    ? body
    : "base64" in body
      ? `base64 ${body.base64}`
      : `${body.length} bytes, which are not kept`

/** Where a subject has a page of its own; undefined for one that has none. */
export const placeOfSubject = (subject: string): string | undefined =>
  /^(?:SM|MM)[0-9a-f]{32}$/.test(subject) ? `/ui/messages/${subject}` : undefined
