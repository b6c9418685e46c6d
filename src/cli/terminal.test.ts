import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { jsonLine, printable, withPlainConsole } from "./terminal.ts"

describe("text from outside", () => {
  it.each([
    ["plain é 你 🙂 \\", "plain é 你 🙂 \\"],
    ["a\u001b[31mb", "a\\u001b[31mb"],
    ["a\r\n\tb", "a\\r\\n\\tb"],
    ["\u009b31m\u007f", "\\u009b31m\\u007f"],
    ["\u202eabc\u2069\u200f\u061c\u2028", "\\u202eabc\\u2069\\u200f\\u061c\\u2028"],
  ])("%j is printed as %j", (text, shown) => strictEqual(printable(text), shown))
})

describe("a line of JSON", () => {
  const line = JSON.stringify({ body: "\u009b31m\u202e" })
  it("is as it is where a program reads it", () => strictEqual(jsonLine(line, false), line))
  it("means the same on a terminal, and does not steer it", () => {
    const shown = jsonLine(line, true)
    deepStrictEqual(JSON.parse(shown), JSON.parse(line))
    strictEqual(/[\u009b\u202e]/.test(shown), false)
  })
})

describe("a console whose streams take no colours", () => {
  it.effect("loses colours and nothing else", () =>
    Effect.gen(function* () {
      const said: Array<unknown> = []
      const usual = yield* Effect.console
      const listening = { ...usual, log: (text: unknown) => Effect.sync(() => void said.push(text)) }
      const tells = withPlainConsole(Console.log("\u001b[1;31mred\u001b[0m \u009b31m \u001b]0;x\u0007"))
      const colours = process.stdout.isTTY
      process.stdout.isTTY = false
      yield* Effect.ensuring(
        Effect.withConsole(tells, listening),
        Effect.sync(() => {
          process.stdout.isTTY = colours
        }),
      )
      deepStrictEqual(said, ["red \u009b31m \u001b]0;x\u0007"])
    }),
  )
})
