import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import { rules } from "../../../src/app/rules.ts"
import { loadScenario, runScenario } from "../../../src/app/scenarios.ts"
import { verifyRows } from "../../../src/engine/verify.ts"
import { brokenLives } from "../../support/lives.ts"
import { mutated, mutatedLines, nasty, type Random } from "./random.ts"
import type { Outcome, Surface } from "./runner.ts"

const folder = fileURLToPath(new URL("../../../scenarios/", import.meta.url))
const shipped = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => readFileSync(join(folder, name), "utf8"))

const values = [
  ...nasty.map((text) => JSON.stringify(text)),
  "{}",
  "[]",
  "[[]]",
  "null",
  "-1",
  "1e9",
  "1e400",
  "0.5",
  "true",
  "{ not: { not: x } }",
  "{ any_of: [] }",
  "/(a+)+$/",
  "/[/",
  "'>= x'",
  "9..1",
  "${otp.sid}",
  "${now + 100000d}",
  "${__proto__}",
  "${otp.__proto__.x}",
  "$${x}",
  "{ file: scenarios.yaml }",
  "*a",
  "<<",
  "100000d",
  "{ off: true }",
]

const textOf = (random: Random): string => {
  const base = random.pick(shipped)
  switch (random.below(4)) {
    case 0:
      return mutated(random, base, 6)
    case 1:
      return mutatedLines(random, base)
    default: {
      const lines = base.split("\n")
      for (let n = random.below(4) + 1; n > 0; n--) {
        const at = random.below(lines.length)
        lines[at] = (lines[at] ?? "").replace(/(: )([^,{}[\]]+)/, (whole, colon) =>
          random.chance(80) ? `${colon}${random.pick(values)}` : whole,
        )
      }
      return lines.join("\n")
    }
  }
}

/** Steps that are performed at most, and entries that may follow from one: a case is no load. */
const stepsMax = 400
const entriesMax = 20_000

const file = "fuzz.yaml"

const check = async (text: string): Promise<string | undefined> => {
  const loaded = await Effect.runPromise(Effect.either(loadScenario({ file, text })))
  if (Object.keys(Object.prototype).length > 0 || "polluted" in {}) return "has changed Object.prototype"
  if (Either.isLeft(loaded)) return refused(loaded.left.lines)
  if (loaded.right.performed > stepsMax || loaded.right.application !== undefined) return undefined
  const played = await Effect.runPromise(
    Effect.either(runScenario(loaded.right, { stepEntriesMax: entriesMax, stepMsMax: 20_000 })),
  )
  if (Either.isLeft(played)) return refused(played.left.lines)
  const verdict = await Effect.runPromise(verifyRows(Stream.fromIterable(played.right.rows), rules))
  if (verdict._tag !== "Sound") return `leaves a log that is not sound: ${verdict.problem}`
  const [broken] = brokenLives(played.right.rows)
  return broken && `leaves a log in which ${broken}`
}

const refused = (lines: ReadonlyArray<string>): string | undefined => {
  if (lines.length === 0) return "is refused without a word"
  for (const line of lines) {
    if (!line.startsWith(`${file}:`) && !/^and \d+ more problems$/.test(line))
      return `is refused without its place: ${line}`
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what would spoil a terminal
    if (/[\u0000-\u001f\u007f-\u009f]/.test(line)) return `is refused with control characters: ${JSON.stringify(line)}`
    if (line.length > 2_000) return `is refused at length: ${line.length} characters`
  }
  return undefined
}

/** Scenario files: whatever they hold, they are refused in lines that name the place, or played, and what they leave is sound. */
export const scenariosSurface: Surface = {
  name: "scenarios",
  atOnce: 1,
  open: async () => ({
    run: async (random): Promise<Outcome> => {
      const input = textOf(random)
      try {
        return { input, problem: await check(input) }
      } catch (error) {
        return { input, problem: `throws ${error instanceof Error ? error.stack : error}` }
      }
    },
    end: async () => undefined,
  }),
}
