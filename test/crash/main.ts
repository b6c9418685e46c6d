import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { endAll } from "../support/program.ts"
import { killServers, lineOf, type Report } from "./kills.ts"
import { points } from "./points.ts"

/* npm run crash -- [--kills N] [--seed S]: what is killed where and what must hold after it: docs/crash.md. */

const usage = "usage: npm run crash -- [--kills N] [--seed S]"

const say = (text: string) => process.stdout.write(`${text}\n`)

const wholeNumber = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  process.stderr.write(`${usage}; found ${JSON.stringify(text)} where a whole number belongs\n`)
  process.exit(2)
}

const options = () => {
  const kills = { type: "string", default: "200" } as const
  const seed = { type: "string", default: String(process.pid) } as const
  try {
    return parseArgs({ options: { kills, seed } }).values
  } catch (error) {
    process.stderr.write(`${usage}; ${(error as Error).message}\n`)
    process.exit(2)
  }
}

const table = ({ callbacks, outcomes, repeated, texts, unsure }: Report): string => {
  const lines = [...points].map(([point, what]) => {
    const here = outcomes.filter(({ kill }) => kill.point === point)
    const sum = (of: "acknowledged" | "unanswered") => here.reduce((total, outcome) => total + outcome[of], 0)
    const slowest = Math.max(0, ...here.map(({ recoveredMs }) => recoveredMs))
    const counts = [here.length, sum("acknowledged"), sum("unanswered"), slowest]
    return `${String(point).padStart(2)}  ${what.padEnd(58)}${counts.map((count) => String(count).padStart(13)).join("")}`
  })
  const heads = ["kills", "acknowledged", "unanswered", "slowest ms"]
  const head = `    ${"killed".padEnd(58)}${heads.map((name) => name.padStart(13)).join("")}`
  return [
    head,
    ...lines,
    "",
    `${callbacks} reports arrived, ${repeated} of them more than once (one attempt in ten was answered 500)`,
    `${texts} texts were taken by the gateway, ${unsure} of all are unsure; none was sent twice`,
  ].join("\n")
}

const given = options()
const [kills, seed] = [wholeNumber(given.kills), wholeNumber(given.seed)]
say(`SEED=${seed}`)
const folder = mkdtempSync(join(tmpdir(), "ringback-crash-"))
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    endAll()
    rmSync(folder, { recursive: true, force: true })
    process.exit(130)
  })

const began = performance.now()
let problem: string | undefined
try {
  const report = await killServers({
    kills,
    seed,
    folder,
    told: (outcome, n) => say(`${String(n + 1).padStart(4)}/${kills}  ${lineOf(outcome)}`),
  })
  say(table(report))
  const last = report.outcomes.at(-1)
  if (report.problems.length > 0)
    problem = [...(last === undefined ? [] : [`last: ${lineOf(last)}`]), ...report.problems].join("\n  ")
} catch (error) {
  problem = (error as Error).stack ?? String(error)
}
const seconds = Math.round((performance.now() - began) / 1000)
endAll()
if (problem === undefined) {
  rmSync(folder, { recursive: true, force: true })
  say(`all ${kills} kills were survived, in ${seconds} s (seed ${seed})`)
} else {
  say(`FAILED after ${seconds} s (--kills ${kills} --seed ${seed}); the logs are in ${folder}\n  ${problem}`)
  process.exitCode = 1
}
