import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { callPressed } from "../carriers/twilio/calls/entries.ts"
import { transcriptOf } from "../carriers/twilio/calls/transcript.ts"
import { type Draft, decode, encode, genesis, type Row } from "../core/Entry.ts"
import { outboundAnswered, outboundRequested, timerSet } from "../core/entries.ts"
import { type TranscriptPage, transcriptPage } from "./transcriptPage.ts"

const sid = "CA1"
const asks = outboundRequested.draft(sid, {
  attempt: 1,
  method: "POST",
  params: [],
  purpose: "twiml",
  timeout_ms: 1_000,
  token: "t",
  url: "https://app.test/",
  via: "wire",
})
const presses = callPressed.draft(sid, { digits: "1" })
const waits = timerSet.draft(sid, { due: 1, key: "k" })
const answered = (cause: number) => outboundAnswered.draft(sid, { body: "x", status: 200 }, cause)

/** A log of these entries, and how many rows were read from it. */
const logOf = (...drafts: ReadonlyArray<Draft>) => {
  const rows: ReadonlyArray<Row> = drafts.map(({ cause = 0, ...draft }, i) =>
    encode({ seq: i + 1, at: 0, cause, kind: "outcome", ...draft }, genesis),
  )
  let read = 0
  const page = (after: number, limit: number) =>
    Effect.sync(() => {
      const found = rows.slice(after, after + limit)
      read += found.length
      return found
    })
  return {
    all: transcriptOf(rows.map(decode)),
    log: { read: page, readSubject: (_: string, after: number, limit: number) => page(after, limit) },
    rowsRead: () => read,
  }
}

describe("A transcript, page by page", () => {
  it.effect("is the whole one, whichever of its lines begins a page", () =>
    Effect.gen(function* () {
      const { all, log } = logOf(presses, asks, waits, presses, answered(2), asks, answered(6), presses)
      deepStrictEqual(
        all.map(({ what }) => what),
        ["pressed", "asked", "pressed", "fetched", "asked", "fetched", "pressed"],
      )
      for (const limit of [1, 2, 3, 7, 8]) {
        const pages: Array<TranscriptPage> = []
        for (let after = 0, more = true; more; ) {
          const page = yield* transcriptPage(log, transcriptOf, { after, limit, sid })
          assertTrue(page.lines.length <= limit)
          pages.push(page)
          after = page.last
          more = page.more
        }
        deepStrictEqual(
          pages.flatMap(({ lines }) => lines),
          all,
        )
      }
    }),
  )
  it.effect("goes on behind entries that say nothing", () =>
    Effect.gen(function* () {
      const { all, log } = logOf(...Array.from({ length: 2_500 }, () => waits), presses)
      const page = yield* transcriptPage(log, transcriptOf, { after: 0, limit: 1, sid })
      deepStrictEqual(page, { last: 2_501, lines: all, more: false })
    }),
  )
  it.effect("reads no more of a long call than the page needs", () =>
    Effect.gen(function* () {
      const { log, rowsRead } = logOf(...Array.from({ length: 5_000 }, () => presses))
      const { last, lines, more } = yield* transcriptPage(log, transcriptOf, { after: 1_000, limit: 10, sid })
      deepStrictEqual([last, lines.length, more], [1_010, 10, true])
      assertTrue(rowsRead() <= 1_000)
    }),
  )
})
