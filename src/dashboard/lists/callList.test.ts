import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { addCall, clearCalls, deleteCall, noCalls } from "../../carriers/twilio/calls/calls.ts"
import { type CallCreated, callCreated, callDeleted } from "../../carriers/twilio/calls/entries.ts"
import { type SeenCall, seenCall, seenCalls } from "../../carriers/twilio/calls/seenCalls.ts"
import type { Draft, Entry } from "../../core/Entry.ts"
import { limits } from "../../core/limits.ts"
import { readSearch } from "../../timetravel/search.ts"
import { callsOnPhones } from "../callsOnPhones.ts"
import type { CallsSource } from "../Shown.ts"
import { callLanguage, callList } from "./callList.ts"

const hour = 3_600_000
const now = Date.parse("2026-01-01T12:00:00Z")
const phone = "+15551234567"
const number = "+15550000001"

const call: SeenCall = {
  sid: `CA${"1".repeat(32)}`,
  accountSid: `AC${"2".repeat(32)}`,
  parentSid: undefined,
  direction: "outbound-api",
  from: number,
  to: phone,
  status: "completed",
  answeredBy: "human",
  created: now - hour,
  answered: now,
  ended: now,
  seconds: 0,
  priceMicros: 0,
  running: false,
  listening: false,
}

describe("a search of calls", () => {
  const fits = (search: string, changed: Partial<SeenCall> = {}) =>
    Either.getOrThrow(readSearch(callLanguage, search, now)).fits({ ...call, ...changed })
  for (const search of [
    "",
    "to:+15551234567",
    "to:(555)123-4567",
    "from:0001",
    "status:completed",
    "status:busy,completed",
    "direction:outbound",
    "direction:outbound-api",
    "answered_by:human",
    "sid:CA1111",
    "account:AC22",
    "after:2h",
    "before:30m",
    "-status:busy",
    "4567",
  ])
    it(`${search === "" ? "of nothing" : search} finds it`, () => strictEqual(fits(search), true))
  for (const search of [
    "to:+15551234568",
    "from:+15551234567",
    "status:ringing",
    "direction:inbound",
    "answered_by:fax",
    "parent:CA",
    "after:30m",
    "nothing",
  ])
    it(`${search} does not find it`, () => strictEqual(fits(search), false))
  it("finds addresses that are no numbers, and children of a call", () =>
    strictEqual(
      fits("to:client:alice parent:CA9 direction:outbound-dial", {
        to: "client:alice",
        parentSid: `CA${"9".repeat(32)}`,
        direction: "outbound-dial",
      }),
      true,
    ))
  it("says what is wrong with it", () =>
    deepStrictEqual(Either.getOrThrow(Either.flip(readSearch(callLanguage, "status:sent direction:up", now))), [
      'status: expected one of queued, initiated, ringing, in-progress, completed, busy, failed, no-answer, canceled, found "sent"',
      'direction: expected outbound, or one of inbound, outbound-api, outbound-dial, found "up"',
    ]))
})

/** Calls that were made one after the other, in a world of their own. */
const source = (made: ReadonlyArray<Partial<CallCreated>>) => {
  const calls = noCalls()
  const entry = <D>({ data, subject, type }: Draft<D>, i: number): Entry<D> => ({
    seq: i + 1,
    at: i,
    cause: 0,
    kind: "outcome",
    type,
    subject,
    data,
  })
  const sid = (i: number) => `CA${String(i).padStart(32, "0")}`
  for (const [i, changed] of made.entries())
    addCall(
      calls,
      entry(
        callCreated.draft(sid(i), {
          account_sid: call.accountSid,
          direction: "outbound-api",
          from: number,
          instructions: {},
          price_micros: 0,
          status: "ringing",
          time_limit_ms: 0,
          timeout_ms: 0,
          to: phone,
          ...changed,
        }),
        i,
      ),
    )
  const shown: CallsSource = {
    count: () => calls.size,
    newest: (before) => seenCalls(calls, before),
    bySid: (each) => seenCall(calls, each),
  }
  return { calls, shown, sid, remove: (i: number) => deleteCall(calls, entry(callDeleted.draft(sid(i), {}), i)) }
}

describe("a list of calls", () => {
  const page = (shown: CallsSource, search: string, before?: string) =>
    Either.getOrThrow(callList(shown, { search, before, size: 2, now }))
  it("has pages that follow each other, newest first, also behind a call that was deleted", () => {
    const { remove, shown, sid } = source([{}, {}, {}, {}, {}])
    const first = page(shown, "")
    deepStrictEqual([first.rows.map((row) => row.sid), first.older, first.cut], [[sid(4), sid(3)], sid(3), false])
    remove(3)
    deepStrictEqual(
      page(shown, "", first.older).rows.map((row) => row.sid),
      [sid(2), sid(1)],
    )
    strictEqual(shown.count(), 4)
    deepStrictEqual(page(shown, "", sid(1)), { rows: [shown.bySid(sid(0)) as SeenCall], older: undefined, cut: false })
  })
  it("is empty behind what was cleared", () => {
    const { calls, shown, sid } = source([{}, {}])
    clearCalls(calls)
    deepStrictEqual(page(shown, "", sid(1)), { rows: [], older: undefined, cut: false })
  })
  it("gives looking up after so many, and goes on there", () => {
    const { shown, sid } = source([
      { to: "client:a" },
      ...Array.from({ length: limits.listScanMessagesMax }, () => ({})),
    ])
    const first = page(shown, "to:client:a")
    deepStrictEqual([first.rows.length, first.older, first.cut], [0, sid(1), true])
    deepStrictEqual(
      page(shown, "to:client:a", first.older).rows.map((row) => row.sid),
      [sid(0)],
    )
  })
})

describe("calls on phones", () => {
  const sids = (calls: ReadonlyArray<SeenCall>) => calls.map((each) => each.sid)
  it("are those that go on between two, whoever called, and those that go on at all", () => {
    const { shown, sid } = source([
      { direction: "inbound", from: phone, to: number },
      { status: "busy" },
      { to: "+15559999999" },
      {},
    ])
    const found = callsOnPhones(shown, { phone, number })
    deepStrictEqual(
      [sids(found.ofPair), sids(found.running)],
      [
        [sid(3), sid(0)],
        [sid(3), sid(2), sid(0)],
      ],
    )
  })
  it("are the last one that did where none goes on", () => {
    const { shown, sid } = source([{ status: "busy" }, { status: "failed" }, { status: "busy", to: "client:a" }])
    const found = callsOnPhones(shown, { phone, number })
    deepStrictEqual([sids(found.ofPair), sids(found.running)], [[sid(1)], []])
  })
  it("are no more than a page has room for", () => {
    const { shown } = source(Array.from({ length: 50 }, () => ({})))
    const found = callsOnPhones(shown, { phone, number })
    assertTrue(found.ofPair.length === 3 && found.running.length === 12)
  })
})
