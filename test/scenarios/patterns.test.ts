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
