import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { loadScenario, runScenario } from "../../src/app/scenarios.ts"
import type { RecordedExchange } from "../../src/core/traffic/RecordedExchange.ts"
import { scenarioYaml } from "../../src/traffic/scenario/scenarioYaml.ts"
import { toScenario } from "../../src/traffic/scenario/toScenario.ts"
import { imported, sample } from "./importing.ts"
import { busyRun } from "./recordedRun.ts"

/** Plays the scenario of a recording; gives what is not met. */
const played = (exchanges: ReadonlyArray<RecordedExchange>) =>
  Effect.gen(function* () {
    const { leftOut, scenario } = toScenario(exchanges, "recorded")
    const text = scenarioYaml(scenario)
    const outcome = yield* runScenario(yield* loadScenario({ file: "recorded.yaml", text }))
    return {
      text,
      leftOut,
      checks: outcome.checks.length,
      unmet: outcome.checks.filter(({ met }) => !met).map(({ expected, why }) => `${expected}: ${why}`),
      notes: outcome.notes,
    }
  })

describe("a scenario made of recorded traffic", () => {
  it.effect("holds when it is played, with all that was seen expected", () =>
    Effect.gen(function* () {
      const { checks, leftOut, notes, text, unmet } = yield* played(yield* busyRun)
      deepStrictEqual(unmet, [], text)
      deepStrictEqual([leftOut, notes], [[], []])
      strictEqual(checks, 6)
      for (const piece of [
        'send:\n      to: "+14155550199"',
        "answer:\n      status: queued\n      http:\n        status: 201",
        "advance: 40ms",
        "outcome: undelivered",
        "error_code: 30003",
        "twiml: <Response><Message>Thank you</Message></Response>",
        "path: /2010-04-01/Accounts/${account_sid}/Messages/${m1.sid}.json",
      ])
        assertTrue(text.includes(piece), `${piece} is not in\n${text}`)
    }),
  )

  it("fails when the recording was of something else", async () => {
    const exchanges = await Effect.runPromise(busyRun)
    const wrong = exchanges.map(
      (exchange) =>
        JSON.parse(
          JSON.stringify(exchange).replaceAll("MessageStatus=delivered", "MessageStatus=read"),
        ) as RecordedExchange,
    )
    const { unmet } = await Effect.runPromise(played(wrong))
    assertTrue(unmet.length === 1 && unmet[0]!.includes("read"), unmet.join("\n"))
  })

  for (const name of [
    "har.json",
    "nock.json",
    "vcr.yaml",
    "vcrpy.yaml",
    "interactions.json",
    "polly.json",
    "message-log.csv",
  ])
    it(`can be made of ${name}`, async () => {
      const { exchanges } = await imported(sample(name))
      const { leftOut, unmet } = await Effect.runPromise(played(exchanges))
      deepStrictEqual([leftOut, unmet], [[], []])
    })

  it("says what is not in it", () => {
    const request = { method: "GET", url: "https://elsewhere.example/x", headers: [], body: { text: "" } }
    const exchange = {
      n: 1,
      direction: "api" as const,
      at: 0,
      took: 0,
      about: "",
      request,
      answer: { failed: "connection refused" },
    }
    const api = { ...exchange, n: 2, request: { ...request, url: "https://api.twilio.com/2010-04-01/x" } }
    deepStrictEqual(toScenario([exchange, api], "x").leftOut, [
      { n: 1, reason: "/x is no path of the API" },
      { n: 2, reason: "no answer was recorded: connection refused" },
    ])
  })

  it("answers differ by as few parameters as tell them apart, and attempts come one after the other", () => {
    const webhook = (n: number, form: string, status: number): RecordedExchange => ({
      n,
      direction: "webhook",
      at: n,
      took: 1,
      about: "",
      request: {
        method: "POST",
        url: "https://app.example/status",
        headers: [["content-type", "application/x-www-form-urlencoded"]],
        body: { text: form },
      },
      answer: { status, headers: [], body: { text: "" } },
    })
    const sid = (digit: string) => `MessageSid=SM${digit.repeat(32)}&MessageStatus`
    const answers = (...all: ReadonlyArray<RecordedExchange>) => toScenario(all, "x").scenario.endpoints
    const url = "https://app.example/status"
    deepStrictEqual(answers(webhook(1, `${sid("1")}=sent`, 200), webhook(2, `${sid("2")}=sent`, 200)), [
      { url, answers: [{ status: 200 }] },
    ])
    deepStrictEqual(answers(webhook(1, `${sid("1")}=sent`, 500), webhook(2, `${sid("1")}=sent`, 200)), [
      { url, answers: [{ status: 500 }, { status: 200 }] },
    ])
    deepStrictEqual(answers(webhook(1, `${sid("1")}=sent`, 200), webhook(2, `${sid("1")}=delivered`, 500)), [
      {
        url,
        answers: [
          { when: { MessageStatus: "sent" }, status: 200 },
          { when: { MessageStatus: "delivered" }, status: 500 },
        ],
      },
    ])
  })
})
