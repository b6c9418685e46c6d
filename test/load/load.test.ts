import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual } from "@effect/vitest/utils"
import { afterAll } from "vitest"
import { endAll } from "../support/program.ts"
import { parts } from "./parts.ts"
import { Checks, failuresOf, runPart, table } from "./report.ts"
import { curve, rise, type Sample, soak } from "./soak.ts"

/* The short forms of `npm run load` and `npm run soak` (docs/load.md): no bound on host time is held here. */

afterAll(endAll)

const inFolder = async (use: (folder: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "ringback-load-"))
  try {
    await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("A server under load keeps what it promised", () => {
  for (const part of parts)
    it(`${part.name}: ${part.what}`, () =>
      inFolder(async (folder) => {
        const outcome = await runPart(part, { brief: true, folder, seconds: 1 })
        deepStrictEqual(failuresOf([outcome]), [])
        assertTrue(outcome.checks.some(({ bound }) => bound !== "") || outcome.skipped !== undefined)
      }))

  it("soak: mixed traffic at a steady rate", () =>
    inFolder(async (folder) => {
      const told: Array<Sample> = []
      const options = { brief: true, every: 1, folder, rate: 40, seconds: 2, told: (one: Sample) => told.push(one) }
      const { checks, requests, samples } = await soak(options)
      deepStrictEqual(failuresOf([{ part: "soak", checks: checks.all, seconds: 0 }]), [])
      deepStrictEqual(told, [...samples])
      assertTrue(requests > 0 && samples.length > 0)
      for (const { files, handles, heap, rss } of samples)
        assertTrue(heap > 0 && rss > heap && handles > 0 && files >= 0)
    }))
})

describe("What a load run tells", () => {
  const sample = (at: number, heap: number): Sample => ({ at, heap, rss: 0, handles: 0, files: 0, p50: 0, p99: 0 })

  it("a figure that rises shows as its rise over the whole time, one that swings does not", () => {
    const growing = [0, 10, 20, 30].map((at) => [at, 100 + at] as const)
    const swinging = [0, 10, 20, 30].map((at, i) => [at, 100 + (i === 0 || i === 3 ? 5 : 0)] as const)
    deepStrictEqual([rise(growing), rise(swinging), rise([[0, 1]])], [30, 0, 0])
  })
  it("a curve has at most twenty rows, the last sample among them", () => {
    const lines = curve(Array.from({ length: 90 }, (_, i) => sample(i, i + 1))).split("\n")
    assertTrue(lines.length <= 21 && /^ +89 /.test(lines.at(-1) ?? ""))
  })
  it("a bound that is not kept is a failure, a bound on time only in the long form", () => {
    const told = (brief: boolean) => {
      const checks = new Checks(brief)
      checks.atMost("memory", 11, 10, "MiB")
      checks.atLeast("answers", 1, 1)
      checks.is("status", 200, 201)
      checks.within("refused", 20, 10)
      return [{ part: "a", checks: checks.all, seconds: 0 }]
    }
    deepStrictEqual(failuresOf(told(true)), ["a: memory: 11 MiB, not <= 10 MiB", "a: status: 200, not = 201"])
    deepStrictEqual(failuresOf(told(false)).length, 3)
    deepStrictEqual(table(told(false)).match(/DOES NOT HOLD/g)?.length, 3)
  })
  it("a part that throws does not hold", async () => {
    const broken = { name: "broken", what: "", seconds: 1, run: () => Promise.reject(new Error("why")) }
    const [failure] = failuresOf([await runPart(broken, { brief: true, folder: "", seconds: 1 })])
    assertTrue(failure?.includes("why") === true)
  })
})
