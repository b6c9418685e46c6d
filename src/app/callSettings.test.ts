import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import { calleeStep } from "../carriers/twilio/calls/scriptText.ts"
import { parseSettings, settingsOf } from "./settings.ts"

const twilio = (yaml: string) =>
  Either.map(parseSettings("ringback.yaml", `twilio:\n${yaml}`), (file) => settingsOf(file).run.twilio)
const calls = (yaml: string) => Either.getOrThrow(twilio(yaml)).calls
const problems = (yaml: string) =>
  Either.match(twilio(yaml), { onLeft: ({ lines }) => lines.join("\n"), onRight: () => "" })

describe("a callee's step", () => {
  it.each([
    ["press 1#", { do: "press", text: "1#" }],
    ["say yes, please", { do: "speak", text: "yes, please" }],
    ["wait 2s", { do: "wait", ms: 2_000 }],
    ["wait 1.5", { do: "wait", ms: 1_500 }],
    ["  hang   up ", { do: "hang up" }],
  ] as const)("%j", (text, step) => deepStrictEqual(calleeStep(text), step as never))
  it.each([
    "",
    "press",
    "press x",
    "press 1 2",
    "say",
    "say  ",
    "wait",
    "wait long",
    "wait 25h",
    "hang",
    "hang on",
    "jump",
  ])("%j is none", (text) => strictEqual(calleeStep(text), undefined))
})

describe("settings of calls", () => {
  it("are as the page about calls shows them", () => {
    const yaml = `  numbers:
    "+15558880001": { call: { answers_after: 3s, then: [press 1, wait 2s, hang up] } }
    "+15558880002": { call: { outcome: busy } }
    "+15558880003": { call: { answered_by: machine } }
  calls: { per_second: 1, price_per_minute: 0.014 }
`
    deepStrictEqual(calls(yaml) as unknown, {
      callees: [
        {
          number: "+15558880001",
          outcome: "answered",
          rings_ms: 3_000,
          script: [{ do: "press", text: "1" }, { do: "wait", ms: 2_000 }, { do: "hang up" }],
        },
        { number: "+15558880002", outcome: "busy" },
        { answered_by: "machine", number: "+15558880003", outcome: "answered" },
      ],
      per_second: 1,
      price_micros: 14_000,
    })
    strictEqual(Either.getOrThrow(twilio(yaml)).behaviors, undefined)
  })
  it("leave what is said of messages to a number as it is", () => {
    const yaml = `  numbers:\n    "+15558880001": { error_code: 30003, call: { outcome: busy } }\n`
    deepStrictEqual(
      Either.getOrThrow(twilio(yaml)).behaviors?.map(({ error_code }) => error_code),
      [30003],
    )
  })
  it("that are not there are absent", () => strictEqual(calls("  media: generate\n"), undefined))
  it.each([
    ['  numbers: { "+15558880001": { call: { outcome: gone } } }', "answered, busy, no-answer, rejected or failed"],
    ['  numbers: { "+15558880001": { call: { then: [jump] } } }', "press and keys"],
    ['  numbers: { "+15558880001": { call: { answered_by: dog } } }', "human, machine, fax or unknown"],
    ["  calls: { per_second: 0 }", "a whole number of calls a second"],
    ["  calls: { price: 1 }", "a known key"],
  ])("%s is refused with what was expected", (yaml, expected) => {
    strictEqual(problems(yaml).includes(expected), true)
  })
  it(`are bounded`, () => {
    const steps = Array(101).fill("hang up").join(", ")
    strictEqual(
      problems(`  numbers: { "+15558880001": { call: { then: [${steps}] } } }`).includes("at most 100 steps"),
      true,
    )
  })
})
