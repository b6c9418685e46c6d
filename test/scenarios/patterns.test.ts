import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { loadScenario, runScenario } from "../../src/app/scenarios.ts"

/** What is told of a scenario: that it cannot be played, or what is not met; empty when it holds. */
const told = (text: string): Promise<ReadonlyArray<string>> =>
  Effect.runPromise(
    Effect.match(
      Effect.flatMap(loadScenario({ file: "a.yaml", text }), (scenario) => runScenario(scenario)),
      {
        onFailure: ({ lines }) => lines,
        onSuccess: ({ checks }) => checks.flatMap(({ expected, met }) => (met ? [] : [`not met: ${expected}`])),
      },
    ),
  )

describe("a regular expression", () => {
  const scenario = (answer: string, body: string) => `
steps:
  - send: { to: "+15551234567", from: "+15550000001", body: "${"a".repeat(60)}!" }
    answer: ${answer}
expect:
  - message: { body: ${body} }
`
  const slow = (where: string) =>
    `${where}: the expression /(a+)+$/ takes more than 1 s on a text of 61 characters: repetitions within repetitions try every way to share the text out`

  it("that would try for ever is ended, and its place told", async () => {
    deepStrictEqual(await told(scenario("any", "/(a+)+$/")), [slow("a.yaml:6: expect.0")])
    deepStrictEqual(await told(scenario("{ body: /(a+)+$/ }", '"*"')), [slow("a.yaml:3: steps.0")])
  })

  it("may have choices, which are tried as ever", async () => {
    deepStrictEqual(await told(scenario("{ body: '/^(?:a+|b*)!$/' }", "'/^[A-Z]+[!?]$/i'")), [])
    deepStrictEqual(await told(scenario("any", "{ not: '/^a+[?]$/' }")), [])
    deepStrictEqual(await told(scenario("any", "'/^(?:a|b)+[?]$/'")), [
      "not met: at least 1 message with body /^(?:a|b)+[?]$/",
    ])
  })
})

describe("a pattern that can fit nothing", () => {
  const known =
    "one of queued, sending, sent, failed, delivered, undelivered, receiving, received, accepted, scheduled, read, partially_delivered, canceled"

  it("is told when its file is read, wherever it stands", async () => {
    deepStrictEqual(
      await told(`steps: []
expect:
  - message: { body: '/code [/', status: { not: deliverd } }
    never: true
  - message: { body: '/code/g', num_segments: ">= two" }
  - callback: { url: '/[/', params: { Body: '/[/' } }
    each: { attempts: "<" }
    in_order: [{ event: sent }, { event: "*ed" }]
  - call: { status: delivered, from: '/\\+1/i' }
  - log: { type: message.created, data: { body: '/x/g' } }
`),
      [
        'a.yaml:3: expect.0.message.body: expected a regular expression of at most 1000 characters such as /\\d{6}/, with no flags but i, m, s and u, found "/code [/"',
        `a.yaml:3: expect.0.message.status.not: expected ${known}, found "deliverd"`,
        'a.yaml:5: expect.1.message.body: expected a regular expression of at most 1000 characters such as /\\d{6}/, with no flags but i, m, s and u, found "/code/g"',
        'a.yaml:5: expect.1.message.num_segments: expected a number to compare with, such as ">= 2", found ">= two"',
        'a.yaml:7: expect.2.each.attempts: expected a number to compare with, such as ">= 2", found "<"',
        'a.yaml:9: expect.3.call.status: expected one of queued, initiated, ringing, in-progress, completed, busy, failed, no-answer, canceled, found "delivered"',
      ],
    )
  })
})
