import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { compareTraffic } from "../../src/app/compareTraffic.ts"
import { isAnswered, type RecordedExchange } from "../../src/core/traffic/RecordedExchange.ts"
import { Redactor } from "../../src/core/traffic/redact/Redactor.ts"
import { likeness } from "../../src/traffic/compare/Comparison.ts"
import { comparisonHtml } from "../../src/traffic/compare/comparisonHtml.ts"
import { compareTexts } from "../../src/traffic/compare/fields.ts"
import { Sids } from "../../src/traffic/compare/Sids.ts"
import { busyRun } from "./recordedRun.ts"

const compared = (exchanges: ReadonlyArray<RecordedExchange>, seed = 3) =>
  compareTraffic({ exchanges, standIns: false, seed, progress: () => undefined })

/** A recording with one text in it replaced. */
const tampered = (
  exchanges: ReadonlyArray<RecordedExchange>,
  which: (exchange: RecordedExchange) => boolean,
  from: string,
  to: string,
): ReadonlyArray<RecordedExchange> => {
  const at = exchanges.findIndex(which)
  const text = JSON.stringify(exchanges[at])
  assertTrue(text.includes(from), `${from} is not in ${text}`)
  return exchanges.with(at, JSON.parse(text.replace(from, to)) as RecordedExchange)
}

const differencesOf = async (exchanges: ReadonlyArray<RecordedExchange>) =>
  (await Effect.runPromise(compared(exchanges))).differences.map(
    ({ field, made, recorded, title, what }) =>
      `${what} ${title.replace(/AC[0-9a-f]{32}/, "AC")}: ${field}: ${recorded} -> ${made}`,
  )

describe("a recording made from Ringback itself", () => {
  it.effect("differs in nothing, whatever the seed", () =>
    Effect.gen(function* () {
      const exchanges = yield* busyRun
      const comparison = yield* compared(exchanges)
      deepStrictEqual(comparison.differences, [])
      deepStrictEqual(comparison.leftOut, [])
      const webhooks = exchanges.filter(({ direction }) => direction === "webhook").length
      strictEqual(comparison.answers.compared + comparison.callbacks.compared, exchanges.length)
      strictEqual(webhooks, 7)
      assertTrue(comparison.fields > 200, `${comparison.fields} fields`)
      strictEqual(likeness(comparison), 10_000)
      deepStrictEqual((yield* compared(exchanges, 99)).differences, [])
    }),
  )

  it.effect("differs in nothing when its numbers and texts are stand-ins", () =>
    Effect.gen(function* () {
      const redactor = new Redactor({ salt: "a salt for the test", keepBodies: false, keepNumbers: false })
      const exchanges = (yield* busyRun).map((exchange) => redactor.exchange(exchange))
      assertTrue(!JSON.stringify(exchanges).includes("14155550123"))
      const { differences } = yield* compareTraffic({ exchanges, standIns: true, seed: 3, progress: () => undefined })
      deepStrictEqual(differences, [])
    }),
  )

  it("that was tampered with differs in exactly that field", async () => {
    const exchanges = await Effect.runPromise(busyRun)
    const isFailure = ({ answer }: RecordedExchange) => isAnswered(answer) && answer.status === 400
    deepStrictEqual(await differencesOf(tampered(exchanges, isFailure, "21211", "21614")), [
      "answer POST /2010-04-01/Accounts/AC/Messages.json: body.code: 21614 -> 21211",
    ])
    const isCallback = ({ direction, request }: RecordedExchange) =>
      direction === "webhook" && "text" in request.body && request.body.text.includes("MessageStatus=sent")
    deepStrictEqual(
      await differencesOf(tampered(exchanges, isCallback, "ApiVersion=2010-04-01", "ApiVersion=2008-08-01")),
      ["callback callback sent to /status: params.ApiVersion: 2008-08-01 -> 2010-04-01"],
    )
    const isGone = ({ request }: RecordedExchange) => request.method === "DELETE"
    const [gone, ...others] = await differencesOf(tampered(exchanges, isGone, '"status":204', '"status":202'))
    deepStrictEqual([gone?.replace(/^.*: (?=status)/, ""), others], ["status: 202 -> 204", []])
  })

  it("without a callback, or with one more, differs in that callback", async () => {
    const exchanges = await Effect.runPromise(busyRun)
    const at = exchanges.findIndex(
      ({ direction, request }) =>
        direction === "webhook" && "text" in request.body && request.body.text.includes("MessageStatus=delivered"),
    )
    const fewer = await differencesOf(exchanges.toSpliced(at, 1))
    assertTrue(
      fewer.some((each) =>
        each.startsWith("callback callback delivered to /status: callback: nothing -> delivered /status of SM"),
      ),
      fewer.join("\n"),
    )
    const other = exchanges[at]!
    const more = await differencesOf([...exchanges, { ...other, n: 1_000, at: other.at + 1 }])
    deepStrictEqual(more, ["callback callback delivered to /status: callback: delivered /status -> nothing"])
  })

  it("shows as a page in which nothing of the recording is markup", async () => {
    const exchanges = await Effect.runPromise(busyRun)
    const isFailure = ({ answer }: RecordedExchange) => isAnswered(answer) && answer.status === 400
    const comparison = await Effect.runPromise(
      compared(tampered(exchanges, isFailure, "phone number", "<script>alert(1)</script>")),
    )
    const html = comparisonHtml("<b>x</b>.jsonl", comparison)
    assertTrue(html.includes("&lt;script&gt;") && !html.includes("<script>") && !html.includes("<b>x"), html)
  })
})

describe("fields that no two runs share", () => {
  const sm = (digit: string) => `SM${digit.repeat(32)}`
  const fields = (recorded: unknown, made: unknown, sids = new Sids(), standIns = false) =>
    compareTexts(JSON.stringify(recorded), JSON.stringify(made), { sids, standIns }).differences.map(
      ({ field }) => field,
    )

  it("SIDs stand for each other consistently", () => {
    const sids = new Sids()
    deepStrictEqual(
      fields({ sid: sm("1"), uri: `/a/${sm("1")}.json` }, { sid: sm("a"), uri: `/a/${sm("a")}.json` }, sids),
      [],
    )
    deepStrictEqual(fields({ sid: sm("1") }, { sid: sm("b") }, sids), ["body.sid"])
    deepStrictEqual(fields({ sid: sm("2") }, { sid: sm("a") }, sids), ["body.sid"])
    deepStrictEqual(fields({ sid: sm("2") }, { sid: `MM${"b".repeat(32)}` }, sids), ["body.sid"])
  })
  it("dates are dates, and a date is not nothing", () => {
    const date = "Thu, 01 Jan 2026 10:00:00 +0000"
    deepStrictEqual(fields({ d: date }, { d: "Fri, 02 Jan 2026 10:00:01 +0000" }), [])
    deepStrictEqual(fields({ d: date }, { d: "2026-01-01T10:00:00Z" }), ["body.d"])
    deepStrictEqual(fields({ d: date }, { d: null }), ["body.d"])
    deepStrictEqual(fields({ d: date }, {}), ["body.d"])
  })
  it("secrets that were taken out are anything", () => {
    deepStrictEqual(fields({ auth_token: "redacted" }, { auth_token: "0123" }), [])
  })
  it("words that the carrier finds by itself are anything in a recording of stand-ins, but for bodies", () => {
    const [recorded, made] = [
      { FromCity: "KCI BX", Body: "a" },
      { FromCity: "SAN JOSE", Body: "b" },
    ]
    deepStrictEqual(fields(recorded, made, new Sids(), true), ["body.Body"])
    deepStrictEqual(fields(recorded, made), ["body.Body", "body.FromCity"])
    deepStrictEqual(fields({ FromCity: "" }, made, new Sids(), true), ["body.Body", "body.FromCity"])
  })
  it("lists are compared item by item", () => {
    deepStrictEqual(fields({ list: [1, 2] }, { list: [1, 3, 4] }), ["body.list.1", "body.list.2"])
  })
})
