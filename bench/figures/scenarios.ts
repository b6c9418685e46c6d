import { spawn } from "node:child_process"
import { join } from "node:path"
import { performance } from "node:perf_hooks"
import { root, runProgram } from "../support/programs.ts"
import { type Figure, median, type Wanted } from "../support/rounds.ts"

interface Day {
  readonly entries: number
  readonly ms: number
}

const dayMsMax = 2_000
const shippedMsMax = 3_000

/** A scenario of a virtual day with 10,080 messages and 30,240 callbacks, from its first step to its last expectation. */
export const scenarioDay = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const days: Array<Day> = []
  for (let round = 0; round < (quick ? 1 : 5); round++) days.push(await runProgram<Day>("programs/day.ts"))
  const ours = median(days.map(({ ms }) => ms))
  return [
    {
      name: "a virtual day: 10,080 messages, 30,240 callbacks",
      unit: "ms",
      ours,
      note: `${days[0]?.entries} entries`,
      reach: `<= ${dayMsMax} ms`,
      reached: ours <= dayMsMax,
    },
  ]
}

/** The shipped bundle's `run` of all shipped scenarios, from the start of the process to its end. */
export const shippedScenarios = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const rounds: Array<number> = []
  for (let round = 0; round < (quick ? 2 : 7); round++) rounds.push(await runShipped())
  const ours = median(rounds)
  return [
    {
      name: "ringback run, all shipped scenarios, start included",
      unit: "ms",
      ours,
      note: "each compared with its recording",
      reach: `<= ${shippedMsMax} ms`,
      reached: ours <= shippedMsMax,
    },
  ]
}

const runShipped = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(process.execPath, [join(root, "dist/main.js"), "run", "scenarios", "--reporter", "tap"], {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
    })
    child.once("exit", (code) => {
      if (code === 0) resolve(performance.now() - began)
      else reject(new Error(`ringback run ended with ${code}`))
    })
  })
