import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { rules } from "../../src/app/rules.ts"
import { loadScenario, runScenario } from "../../src/app/scenarios.ts"
import { stages } from "../../src/app/stages.ts"
import { verifyRows } from "../../src/engine/verify.ts"
import { playFile } from "../../src/scenarios/playFile.ts"

const root = join(import.meta.dirname, "../..")
const names = readdirSync(join(root, "scenarios")).filter((name) => name.endsWith(".yaml"))
const options = { recordings: join(root, "recordings"), update: false, words: [] }

describe("a shipped scenario", () => {
  it("is one of at least twelve", () => strictEqual(names.length >= 12, true))

  it.each(names)("%s holds, and is its golden recording byte for byte", async (name) => {
    const report = await Effect.runPromise(playFile(join(root, "scenarios", name), stages, options))
    deepStrictEqual(
      {
        broken: report.broken,
        unmet: report.checks.filter(({ met }) => !met),
        golden: report.golden,
        notes: report.notes,
      },
      { broken: [], unmet: [], golden: { _tag: "Matches" }, notes: [] },
    )
    strictEqual(report.checks.length > 0, true)
  })

  it.each(names)("%s under other seeds leaves a log that verify finds sound", async (name) => {
    const scenario = await Effect.runPromise(loadScenario(join(root, "scenarios", name)))
    for (const seed of [2, 77]) {
      const { digest, rows } = await Effect.runPromise(runScenario(scenario, { seed }))
      const verdict = await Effect.runPromise(verifyRows(Stream.fromIterable(rows), rules))
      strictEqual(verdict._tag === "Sound" ? verdict.digest : verdict.problem, digest)
    }
  })
})
