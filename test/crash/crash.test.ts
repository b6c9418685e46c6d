import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { afterAll } from "vitest"
import { endAll } from "../support/program.ts"
import { killServers, lineOf } from "./kills.ts"
import { points } from "./points.ts"

/** The short form of `npm run crash` (docs/crash.md). */
const seed = 20_260_101

afterAll(endAll)

describe("A server under load, killed twenty times", () => {
  it("at every point around a commit, keeps what it acknowledged and finishes it", { timeout: 300_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "ringback-crash-"))
    const { outcomes, problems, texts } = await killServers({ kills: 20, seed, folder, brief: true, told: () => {} })
    if (problems.length > 0) {
      const lines = [...outcomes.map(lineOf), ...problems].join("\n")
      throw new Error(`seed ${seed}, the logs are in ${folder}\n${lines}`)
    }
    deepStrictEqual(new Set(outcomes.map(({ kill }) => kill.point)), new Set(points.keys()))
    assertTrue(texts > 0, "texts went through the gateway")
    rmSync(folder, { recursive: true, force: true })
  })
})
