import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { rules } from "../src/app/rules.ts"
import type { SettingsFile } from "../src/app/settingsFile.ts"
import { decode } from "../src/core/Entry.ts"
import { outboundRequested } from "../src/core/entries.ts"
import { verifyRows } from "../src/engine/verify.ts"
import { eventOf } from "../src/network/callbackEvent.ts"
import { simulate } from "./support/simulate.ts"

const url = "https://app.test/status"
const begin = 1_767_225_600_000

type Callbacks = NonNullable<SettingsFile["callbacks"]>

/** A request of a callback: its event, its attempt, which copy it is, and ms since the beginning. */
type Sent = readonly [event: string | undefined, attempt: number, copy: number, ms: number]

/** What the application of one message gets, and what became of the message. */
const played = (callbacks: Callbacks, twilio: NonNullable<SettingsFile["twilio"]> = {}) =>
  Effect.gen(function* () {
    const { rows, send, settled } = yield* simulate({
      settings: { callbacks, endpoints: [{ url }], twilio },
      start: begin,
    })
    const sid = yield* send({ To: "+15551234567", StatusCallback: url })
    yield* settled
    const all = yield* rows
    const verdict = yield* verifyRows(Stream.fromIterable(all), rules)
    strictEqual(verdict._tag === "Sound" ? "sound" : verdict.problem, "sound")
    const sent = all.flatMap((row): ReadonlyArray<Sent> => {
      const entry = decode(row)
      if (!outboundRequested.is(entry) || entry.data.fault === "lost") return []
      const { attempt, copy = 0, params } = entry.data
      return [[eventOf(params), attempt, copy, entry.at - begin]]
    })
    return {
      sent,
      sid,
      statuses: all.flatMap(({ type, data }) => (type === "message.status-changed" ? [JSON.parse(data)] : [])),
    }
  })

describe("A fault that is aimed at a callback", () => {
  const sentOf = (aimed: Callbacks["aimed"]) => Effect.map(played({ aimed: aimed ?? [] }), ({ sent }) => sent)

  it.scoped("loses it, delays it, or puts it behind the next", () =>
    Effect.gen(function* () {
      deepStrictEqual(yield* sentOf([]), [
        ["sent", 1, 0, 2_000],
        ["delivered", 1, 0, 4_000],
      ])
      deepStrictEqual(yield* sentOf([{ event: "sent", lost: true }]), [["delivered", 1, 0, 4_000]])
      deepStrictEqual(yield* sentOf([{ event: "sent", late: "5s" }]), [
        ["delivered", 1, 0, 4_000],
        ["sent", 1, 0, 7_000],
      ])
      deepStrictEqual(yield* sentOf([{ event: "sent", out_of_order: "1h" }]), [
        ["delivered", 1, 0, 4_000],
        ["sent", 1, 0, 4_000],
      ])
      deepStrictEqual(yield* sentOf([{ event: "delivered", out_of_order: "1m" }]), [
        ["sent", 1, 0, 2_000],
        ["delivered", 1, 0, 64_000],
      ])
    }),
  )

  it.scoped("duplicates it, at once or later", () =>
    Effect.gen(function* () {
      const delivered: Sent = ["delivered", 1, 0, 4_000]
      deepStrictEqual(yield* sentOf([{ event: "sent", duplicated: 0 }]), [
        ["sent", 1, 0, 2_000],
        ["sent", 1, 1, 2_000],
        delivered,
      ])
      deepStrictEqual(yield* sentOf([{ event: "sent", duplicated: "3s" }]), [
        ["sent", 1, 0, 2_000],
        delivered,
        ["sent", 1, 1, 5_000],
      ])
      deepStrictEqual(
        yield* sentOf([
          { event: "sent", duplicated: "3s" },
          { event: "sent", late: "4s" },
        ]),
        [delivered, ["sent", 1, 1, 5_000], ["sent", 1, 0, 6_000]],
      )
    }),
  )

  it.scoped("keeps its answer back, so that it is tried again, once", () =>
    Effect.gen(function* () {
      // 15 s until that is known, 5 s until the next attempt.
      deepStrictEqual(yield* sentOf([{ event: "sent", unanswered: true }]), [
        ["sent", 1, 0, 2_000],
        ["delivered", 1, 0, 4_000],
        ["sent", 2, 0, 22_000],
      ])
    }),
  )

  it.scoped("is meant for callbacks about its subject, and for nobody else's", () =>
    Effect.gen(function* () {
      const { sid } = yield* played({})
      deepStrictEqual(yield* sentOf([{ subject: sid, lost: true }]), [])
      strictEqual((yield* sentOf([{ subject: `SM${"0".repeat(32)}`, lost: true }])).length, 2)
      deepStrictEqual(yield* sentOf([{ subject: sid, event: "sent", lost: true }]), [["delivered", 1, 0, 4_000]])
    }),
  )
})

describe("Latency of the network", () => {
  it.scoped("is drawn for each callback, up to what is said", () =>
    Effect.gen(function* () {
      const { sent } = yield* played({ faults: { latency: "2s" } })
      deepStrictEqual(
        sent.map(([event, , , ms]) => [
          event,
          ms > (event === "sent" ? 2_000 : 4_000),
          ms < (event === "sent" ? 4_000 : 6_000),
        ]),
        [
          ["sent", true, true],
          ["delivered", true, true],
        ],
      )
    }),
  )
  it.scoped("makes duplicates late, too; and all may be unanswered", () =>
    Effect.gen(function* () {
      const duplicated = yield* played({ faults: { duplicated_percent: 100, latency: "2s" } })
      strictEqual(new Set(duplicated.sent.map(([, , , ms]) => ms)).size, 4)
      const { sent } = yield* played({ faults: { unanswered_percent: 100 } })
      deepStrictEqual(
        sent.filter(([, attempt]) => attempt === 2),
        [
          ["sent", 2, 0, 22_000],
          ["delivered", 2, 0, 24_000],
        ],
      )
    }),
  )
})

describe("A message with a fate of its own", () => {
  it.scoped("has it whatever is said of its number", () =>
    Effect.gen(function* () {
      const { sid } = yield* played({})
      const { statuses } = yield* played(
        {},
        { messages: { [sid]: { error_code: 30_003 } }, numbers: { "+15551234567": { outcome: "delivered" } } },
      )
      deepStrictEqual(statuses.map(({ error_code, status }) => [status, error_code]).at(-1), ["undelivered", 30_003])
    }),
  )
})
