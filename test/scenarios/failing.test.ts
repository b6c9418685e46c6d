import { readdirSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { expect } from "vitest"
import { stages } from "../../src/app/stages.ts"
import { playFile } from "../../src/scenarios/playFile.ts"
import { pretty } from "../../src/scenarios/reporters/pretty.ts"
import type { Style } from "../../src/scenarios/reporters/Report.ts"

/* One scenario for each way to fail, and what is told of it (`npx vitest run test/scenarios -u` writes that anew). */

const folder = join(import.meta.dirname, "failing")
const names = readdirSync(folder).flatMap((name) => (name.endsWith(".yaml") ? [name.slice(0, -".yaml".length)] : []))
const style: Style = { paint: (_, text) => text, safe: (text) => text }

describe("what is told of a scenario that fails", () => {
  it.each(names)("%s", async (name) => {
    const options = { recordings: join(folder, "recordings"), update: false, words: [] }
    const report = await Effect.runPromise(playFile(join(folder, `${name}.yaml`), stages, options))
    strictEqual(report.status === "passed", false)
    const told = pretty(style)
      .each({ ...report, hostMs: 1 }, 1)
      .replaceAll(`${folder}/`, "")
      .replace(/(?<=found )[0-9a-f]{64}/g, "<digest>")
    await expect(`${told}\n`).toMatchFileSnapshot(join(folder, `${name}.txt`))
  })
})
