import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { compareTraffic } from "../../../src/app/compareTraffic.ts"
import { loadScenario } from "../../../src/app/scenarios.ts"
import { sha256 } from "../../../src/core/canonical.ts"
import type { RecordedExchange } from "../../../src/core/traffic/RecordedExchange.ts"
import { readTraffic } from "../../../src/core/traffic/reader.ts"
import { Redactor, redactionOf } from "../../../src/core/traffic/redact/Redactor.ts"
import { comparisonHtml } from "../../../src/traffic/compare/comparisonHtml.ts"
import { importTraffic } from "../../../src/traffic/import/importTraffic.ts"
import { unchanged } from "../../../src/traffic/playback/rewrite.ts"
import { scenarioYaml } from "../../../src/traffic/scenario/scenarioYaml.ts"
import { toScenario } from "../../../src/traffic/scenario/toScenario.ts"
import { webhookRequest } from "../../../src/traffic/webhookRequest.ts"
import { mutated, mutatedLines, nasty, type Random } from "./random.ts"
import type { Outcome, Surface } from "./runner.ts"

const samples = fileURLToPath(new URL("../../traffic/samples", import.meta.url))

/** A text of JSON with some of its values replaced. */
const withOtherValues = (random: Random, text: string): string =>
  text.replace(/"(?:[^"\\]|\\.)*"(?!\s*:)|-?\d+/g, (value) =>
    random.chance(3)
      ? random.pick([
          "null",
          "[]",
          "{}",
          "-1",
          "1e400",
          "0.5",
          "true",
          JSON.stringify(random.pick(nasty)),
          '"<%= 1 %>"',
        ])
      : value,
  )

const spoiled = (random: Random, text: string, other: string): string => {
  const made = random.pick([
    () => mutated(random, text, 6),
    () => mutatedLines(random, text),
    () => withOtherValues(random, text),
    () => text.slice(0, random.below(text.length)),
    () => text.slice(random.below(text.length)),
    () => `${text}\n${other}`,
    () => text.slice(0, random.below(text.length)) + other.slice(random.below(other.length)),
  ])()
  return random.chance(30) ? mutated(random, made, 2) : made
}

const inOneLine = (text: string): boolean => !text.includes("\n") && text.length < 1_000

const sending = { to: new URL("http://localhost:3000"), token: Redacted.make("token"), throughRecorder: false }

/** What is wrong with what becomes of exchanges that could be imported. */
const usesOf = async (random: Random, exchanges: ReadonlyArray<RecordedExchange>): Promise<string | undefined> => {
  const { scenario } = toScenario(exchanges, "fuzz")
  const loaded = await Effect.runPromise(
    Effect.either(loadScenario({ file: "fuzz.yaml", text: scenarioYaml(scenario) })),
  )
  if (Either.isLeft(loaded)) return `makes a scenario that is refused: ${loaded.left.message}`
  for (const exchange of exchanges) if (exchange.direction === "webhook") webhookRequest(exchange, sending, unchanged)
  if (random.chance(85)) return undefined
  const compared = await Effect.runPromise(
    Effect.either(compareTraffic({ exchanges, standIns: random.chance(50), seed: 1, progress: () => undefined })),
  )
  if (Either.isLeft(compared)) return `cannot be compared: ${compared.left.message}`
  const html = comparisonHtml("fuzz", compared.right)
  return /<script/i.test(html) ? "makes a page with a script" : undefined
}

/** Files of strangers: what can be used is a recording that can be read, and everything else is told in a line each. */
export const importsSurface: Surface = {
  name: "imports",
  atOnce: 1,
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), "ringback-fuzz-"))
    const texts = readdirSync(samples)
      .filter((name) => /\.(?:json|yaml|csv)$/.test(name))
      .sort()
      .map((name) => readFileSync(join(samples, name), "utf8"))
    return {
      run: async (random): Promise<Outcome> => {
        const [file, out] = [join(folder, "in"), join(folder, "out.jsonl")]
        const input = spoiled(random, random.pick(texts), random.pick(texts))
        rmSync(out, { force: true })
        writeFileSync(file, input)
        const shown = `${sha256(input).slice(0, 12)} ${input.slice(0, 1_000)}`
        const rules = { salt: "a salt for the fuzzer", keepBodies: random.chance(50), keepNumbers: random.chance(50) }
        const redactor = new Redactor(rules)
        const done = await Effect.runPromise(
          Effect.either(
            importTraffic({
              file,
              out,
              format: undefined,
              redact: (exchange) => redactor.exchange(exchange),
              redaction: redactionOf(rules),
              by: "fuzz",
              progress: () => undefined,
            }),
          ),
        )
        if (Either.isLeft(done)) {
          const { message } = done.left
          return { input: shown, problem: inOneLine(message) ? undefined : `is told as ${message}` }
        }
        const { exchanges: count, lost, notes } = done.right
        const badly = [...lost.told, ...notes.told].find(({ place, reason }) => !inOneLine(place + reason))
        if (badly !== undefined) return { input: shown, problem: `is told as ${badly.reason}` }
        const read = readTraffic(readFileSync(out, "utf8"))
        if (Either.isLeft(read)) return { input: shown, problem: `cannot be read: ${read.left.found}` }
        const { exchanges, faults } = read.right
        const unusable = faults.find(({ used }) => !used)
        if (unusable !== undefined || exchanges.length !== count)
          return { input: shown, problem: `is written as something else: ${unusable?.found ?? exchanges.length}` }
        return { input: shown, problem: await usesOf(random, exchanges) }
      },
      end: async () => {
        rmSync(folder, { recursive: true, force: true })
        return undefined
      },
    }
  },
}
