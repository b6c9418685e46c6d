import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { JsonObject } from "../core/canonical.ts"
import type { Entry, Kind } from "../core/Entry.ts"
import { laneOf, stateOf } from "./marks.ts"
import { fatesOf } from "./statuses.ts"
import { timelineOf } from "./timeline.ts"
import { timelineHtml } from "./timelineHtml.ts"
import { timelineLines } from "./timelineText.ts"

const entry = (seq: number, type: string, data: JsonObject = {}, more: Partial<Entry> = {}): Entry => ({
  seq,
  at: seq * 1_000,
  cause: 0,
  kind: "outcome" as Kind,
  type,
  subject: "SM1",
  data,
  ...more,
})

/** A message that is sent: asked for, made, answered, waited for, on its way, reported. */
const life: ReadonlyArray<Entry> = [
  entry(2, "api.requested", { method: "POST", path: "/x", params: [] }, { kind: "input", subject: "" }),
  entry(3, "message.created", { from: "+1", to: "+2", body: "<b>hi</b>", status: "queued" }, { cause: 2 }),
  entry(4, "api.responded", { status: 201, body: "" }, { cause: 2 }),
  entry(5, "timer.set", { due: 6_000, key: "message SM1" }, { cause: 3 }),
  entry(6, "timer.fired", { key: "message SM1" }, { cause: 5, kind: "input" }),
  entry(7, "message.status-changed", { status: "undelivered", error_code: 30005 }, { cause: 6 }),
  entry(
    8,
    "outbound.requested",
    { purpose: "callback", attempt: 1, via: "wire", method: "POST", url: "u" },
    { cause: 7 },
  ),
  entry(9, "outbound.answered", { status: 204, body: "" }, { cause: 8, kind: "input" }),
]

describe("a timeline", () => {
  const timeline = timelineOf(life, "SM1")

  it("has each entry in the lane of who does it, with how it went", () =>
    deepStrictEqual(
      timeline.marks.map(({ lane, seq, state }) => [seq, lane, state]),
      [
        [2, "application", "told"],
        [3, "carrier", "waiting"],
        [4, "api", "done"],
        [5, "clock", "waiting"],
        [6, "clock", "told"],
        [7, "carrier", "failed"],
        [8, "endpoint", "waiting"],
        [9, "endpoint", "done"],
      ],
    ))
  it("has an arrow from what an entry follows from; one that a timer was waited for says so", () =>
    deepStrictEqual(
      timeline.arrows.map(({ from, to, waited }) => [from, to, waited]),
      [
        [2, 3, false],
        [2, 4, false],
        [3, 5, false],
        [5, 6, true],
        [6, 7, false],
        [7, 8, false],
        [8, 9, false],
      ],
    ))
  it("has no arrow from what is not in it, nor from an entry to itself", () =>
    deepStrictEqual(
      timelineOf([entry(3, "message.created", {}, { cause: 2 }), entry(4, "x", {}, { cause: 4 })]).arrows,
      [],
    ))
  it("puts orders into the API's lane and whatever the rules make into the carrier's", () => {
    strictEqual(laneOf(entry(1, "settings.changed", {}, { kind: "input" })), "api")
    strictEqual(laneOf(entry(1, "something.new")), "carrier")
  })
  it("tells failures of every kind", () => {
    for (const [type, data] of [
      ["api.responded", { status: 429 }],
      ["api.responded", { status: 200, undelivered: "reset" }],
      ["outbound.answered", { status: 500 }],
      ["outbound.failed", { reason: "connect" }],
      ["turn.failed", { error: "x" }],
      ["alert.raised", { error_code: 11200 }],
      ["call.status-changed", { status: "busy" }],
    ] as const)
      strictEqual(stateOf(entry(1, type, data)), "failed", type)
  })
})

describe("a timeline on a terminal", () => {
  const lines = timelineLines(timelineOf(life, "SM1"), { paint: (_, text) => text, safe: (text) => text })

  it("leads from the lane of the cause to the entry's own, with a sign of how it went", () => {
    const graph = (seq: number) => lines.find((line) => new RegExp(`^ *\\+\\S+ +${seq} `).test(line)) ?? ""
    assertTrue(graph(3).includes("├───┼───○   │   │   message.created"))
    assertTrue(graph(7).includes("│   │   ✕───┤   │   message.status-changed  undelivered 30005"))
    assertTrue(graph(9).includes("│   │   │   │   ●   outbound.answered  204"))
    assertTrue(graph(9).includes("+7s"))
  })
  it("names the lanes", () => {
    for (const lane of ["Application", "API", "Carrier", "Clock", "Endpoint"])
      assertTrue(lines.some((line) => line.endsWith(`┌ ${lane}`)))
  })
})

describe("a timeline as HTML", () => {
  const html = timelineHtml(timelineOf(life, "SM1"), { href: (seq) => `/ui/log/${seq}?"` })

  it("keeps texts of the log text", () => {
    assertFalse(html.includes("<b>hi"))
    assertTrue(html.includes("&lt;b&gt;hi&lt;/b&gt;"))
    assertFalse(html.includes('?""'))
  })
  it("has a row and a mark that lead to each entry, and an arrow for each that follows from another", () => {
    strictEqual(html.split('<li class="tl-row').length - 1, life.length)
    strictEqual(html.split('<g class="tl-mark').length - 1, life.length)
    strictEqual(html.split('<path class="tl-arrow').length - 1, 7)
    assertTrue(html.includes('href="/ui/log/7?&quot;"'))
    assertTrue(/class="tl-arrow tl-told tl-waited" data-from="5" data-to="6"/.test(html))
  })
  it("has no style and no script of its own, so that a strict policy can be kept", () =>
    assertFalse(/style=|<style|<script|\son\w+=/.test(html)))
  it("is drawn closer or wider", () => {
    const height = (zoom: "small" | "usual" | "large") =>
      Number(/tl-lanes"[^>]* height="(\d+)"/.exec(timelineHtml(timelineOf(life), { href: String, zoom }))?.[1])
    assertTrue(height("small") < height("usual") && height("usual") < height("large"))
  })
})

describe("fates", () => {
  it("are the statuses of what has one, with the entries that brought them", () =>
    deepStrictEqual(fatesOf(life), [
      {
        subject: "SM1",
        noun: "message",
        from: "+1",
        to: "+2",
        changes: [
          { seq: 3, status: "queued", state: "waiting" },
          { seq: 7, status: "undelivered", state: "failed" },
        ],
      },
    ]))
  it("end with deleting and clearing", () => {
    const cleared = entry(10, "data.cleared", { what: "messages" }, { subject: "" })
    const call = entry(9, "call.created", { status: "queued" }, { subject: "CA1" })
    const last = (entries: ReadonlyArray<Entry>) => fatesOf(entries).map(({ changes }) => changes.at(-1)?.status)
    deepStrictEqual(last([...life, call, cleared]), ["cleared", "queued"])
    deepStrictEqual(last([...life, entry(10, "message.deleted")]), ["deleted"])
  })
})
