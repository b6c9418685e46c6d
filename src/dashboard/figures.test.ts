import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type { MessageStatus } from "../carriers/delivery/entries.ts"
import type { SeenMessage } from "../carriers/delivery/seen.ts"
import { figuresOf } from "./figures.ts"
import { failureBars, fateBars, latencyLines, pictureHeight } from "./pictures.ts"
import { grouped, link, percent, span } from "./texts.ts"

const message = (created: number, status: MessageStatus, took = 0, errorCode?: number): SeenMessage => ({
  sid: `SM${created}`,
  accountSid: "AC",
  serviceSid: undefined,
  direction: status === "received" ? "inbound" : "outbound-api",
  from: "",
  to: "",
  body: "",
  status,
  errorCode,
  numMedia: 0,
  numSegments: 1,
  created,
  updated: created + took,
  sent: undefined,
})

const some = [
  message(4_000, "sent"),
  message(3_000, "received"),
  message(2_000, "undelivered", 0, 30005),
  message(1_500, "failed", 0, 30005),
  message(1_000, "delivered", 400),
  message(500, "delivered", 200),
  message(0, "failed", 0, 30008),
]

describe("figures of messages", () => {
  it("count what arrived, what failed and what is under way, phones' messages apart", () => {
    const { delivered, failed, failures, inbound, looked, more, open } = figuresOf(some, 100)
    deepStrictEqual([delivered, failed, open, inbound, looked, more], [2, 3, 1, 1, 7, false])
    deepStrictEqual(failures, [
      [30005, 2],
      [30008, 1],
    ])
  })
  it("tell when older messages were not looked at", () => {
    const { looked, more } = figuresOf(some, 3)
    deepStrictEqual([looked, more], [3, true])
  })
  it("put every message into one column of its time", () => {
    const { columns } = figuresOf(some, 100)
    const sum = (of: "delivered" | "failed" | "open") => columns.reduce((total, column) => total + column[of], 0)
    deepStrictEqual([sum("delivered"), sum("failed"), sum("open")], [2, 3, 1])
    for (const [i, column] of columns.entries()) strictEqual(column.from, i === 0 ? 0 : columns[i - 1]?.to)
  })
  it("take latency from creation to delivery", () => {
    const { p50, p95 } = figuresOf(some, 100)
    deepStrictEqual([p50, p95], [200, 400])
  })
  it("of nothing are nothing", () => {
    const figures = figuresOf([], 100)
    deepStrictEqual([figures.columns, figures.p50, fateBars(figures), failureBars(figures)], [[], undefined, [], []])
    strictEqual(latencyLines(figures).p50, "")
  })
  it("stay within their pictures", () => {
    const bars = fateBars(figuresOf(some, 100))
    for (const { parts } of bars)
      for (const { height, y } of parts) strictEqual(y >= 0 && y + height <= pictureHeight + 0.2, true)
  })
})

describe("texts of pages", () => {
  it("put thousands apart", () =>
    deepStrictEqual([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]))
  it("say lengths of time", () =>
    deepStrictEqual([0, 850, 2_400, 60_000, 320_000, 10_800_000, 187_200_000].map(span), [
      "0 ms",
      "850 ms",
      "2.4 s",
      "1 min",
      "5 min 20 s",
      "3 h",
      "2 d 4 h",
    ]))
  it("never round a share up to all of it", () =>
    deepStrictEqual(
      [percent(999, 1_000), percent(9_999, 10_000), percent(1, 1), percent(0, 0)],
      ["99.9 %", "99.9 %", "100 %", "–"],
    ))
  it("leave out of an address what is empty", () =>
    strictEqual(link("/ui/messages", { q: "to:+1 a&b", before: undefined }), "/ui/messages?q=to%3A%2B1+a%26b"))
})
