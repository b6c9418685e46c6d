import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { Draft, Entry } from "../core/Entry.ts"
import {
  callbackHeld,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  timerSet,
} from "../core/entries.ts"
import { callbackState, callbackStories } from "./callbackStories.ts"

const sid = `SM${"1".repeat(32)}`

const request = (changed: Partial<OutboundRequested> = {}): OutboundRequested => ({
  attempt: 1,
  method: "POST",
  params: [["MessageStatus", "sent"]],
  purpose: "callback",
  retry: { attempts: 3, gap_ms: 5_000 },
  timeout_ms: 15_000,
  token: "t",
  url: "https://app.test/x",
  via: "wire",
  ...changed,
})

/** Entries a second apart, from seq 1. */
const entries = (...drafts: ReadonlyArray<Draft>): ReadonlyArray<Entry<unknown>> =>
  drafts.map(({ cause = 0, data, subject, type }, i) => ({
    seq: i + 1,
    at: i * 1_000,
    cause,
    kind: "outcome",
    type,
    subject,
    data,
  }))

const asked = (changed: Partial<OutboundRequested> = {}) => outboundRequested.draft(sid, request(changed))
const answered = (status: number, cause: number) => outboundAnswered.draft(sid, { body: "", status }, cause)
const tells = (...drafts: ReadonlyArray<Draft>) => callbackStories(entries(...drafts))
const states = (now: number, ...drafts: ReadonlyArray<Draft>) =>
  tells(...drafts).map((story) => callbackState(story, now))

describe("the story of a callback", () => {
  it("is of all its attempts, with when the next is due", () => {
    const stories = tells(
      asked(),
      answered(500, 1),
      timerSet.draft(sid, { due: 6_000, key: "retry t" }, 2),
      asked({ attempt: 2 }),
      answered(204, 4),
    )
    deepStrictEqual(
      stories.map(({ attempts, event, id }) => [
        id,
        event,
        attempts.map(({ end, nextDue, seq }) => [seq, end?._tag, nextDue]),
      ]),
      [
        [
          1,
          "sent",
          [
            [1, "Answered", 6_000],
            [4, "Answered", undefined],
          ],
        ],
      ],
    )
  })
  it("tells copies and events apart, and nothing of what is no callback", () => {
    const stories = tells(
      asked(),
      asked({ copy: 2 }),
      asked({ token: "u", params: [["MessageStatus", "delivered"]] }),
      asked({ purpose: "twiml", token: "v" }),
    )
    deepStrictEqual(
      stories.map(({ copy, event }) => [copy, event]),
      [
        [0, "sent"],
        [2, "sent"],
        [0, "delivered"],
      ],
    )
  })
  it("says until when a fault kept it back", () => {
    const [story] = tells(callbackHeld.draft(sid, { due: 30_000, request: request() }), asked())
    strictEqual(story?.heldUntil, 30_000)
  })
  it("ends in how it stands", () => {
    const failed = outboundFailed.draft(sid, { reason: "connect" }, 1)
    const waits = timerSet.draft(sid, { due: 6_000, key: "retry t" }, 2)
    deepStrictEqual(states(0, asked()), ["sending"])
    deepStrictEqual(states(0, asked(), answered(200, 1)), ["answered"])
    deepStrictEqual(states(0, asked(), answered(299, 1)), ["answered"])
    deepStrictEqual(states(0, asked(), answered(300, 1)), ["failed"])
    deepStrictEqual(states(6_000, asked(), failed, waits), ["waiting"])
    // Nothing came of it when it was due: it was cancelled.
    deepStrictEqual(states(6_001, asked(), failed, waits), ["failed"])
    deepStrictEqual(states(0, asked(), failed), ["failed"])
    deepStrictEqual(states(0, asked(), outboundFailed.draft(sid, { reason: "lost" }, 1)), ["lost"])
  })
})
