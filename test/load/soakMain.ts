import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { endAll } from "../support/program.ts"
import { failuresOf, table } from "./report.ts"
import { curve, soak } from "./soak.ts"

/* npm run soak -- [--minutes M] [--rate N] [--json]: steady mixed traffic; is it flat? docs/load.md. */

const usage =
  "usage: npm run soak -- [--minutes M] [--rate N] [--json] [--help]\n  M minutes (10) of N requests a second (200)"

const wrong = (why: string): never => {
  process.stderr.write(`${why}\n${usage}\n`)
  process.exit(2)
}

const options = () => {
  const [minutes, rate] = [{ type: "string", default: "10" } as const, { type: "string", default: "200" } as const]
  const flag = { type: "boolean", default: false } as const
  try {
    return parseArgs({ options: { minutes, rate, json: flag, help: flag } }).values
  } catch (error) {
    return wrong((error as Error).message)
  }
}

const given = options()
if (given.help) {
  process.stdout.write(`${usage}\n`)
  process.exit(0)
}
const wholeNumber = (name: string, text: string): number =>
  /^[1-9]\d{0,4}$/.test(text) ? Number(text) : wrong(`--${name}: expected 1 to 99999, found ${text}`)
const [minutes, rate] = [wholeNumber("minutes", given.minutes), wholeNumber("rate", given.rate)]

const folder = mkdtempSync(join(tmpdir(), "ringback-soak-"))
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    endAll()
    rmSync(folder, { recursive: true, force: true })
    process.exit(130)
  })

let failed = true
try {
  const { checks, samples } = await soak({
    folder,
    seconds: minutes * 60,
    rate,
    every: Math.max(4, Math.min(30, minutes * 2)),
    brief: false,
    told: ({ at, heap }) => {
      if (process.stderr.isTTY) process.stderr.write(`${at} s, heap ${Math.round(heap)} MiB\n`)
    },
  })
  const outcomes = [{ part: "soak", checks: checks.all, seconds: minutes * 60 }]
  const failures = failuresOf(outcomes)
  const flat = failures.length === 0 ? "flat" : `NOT as it should be:\n  ${failures.join("\n  ")}`
  if (given.json) process.stdout.write(`${JSON.stringify({ minutes, rate, samples, outcomes, failures })}\n`)
  else process.stdout.write(`${curve(samples)}\n\n${table(outcomes)}\n\n${flat}\n`)
  failed = failures.length > 0
} catch (error) {
  process.stderr.write(`${(error as Error).stack}\n`)
} finally {
  endAll()
  if (failed) process.stderr.write(`the log is in ${folder}\n`)
  else rmSync(folder, { recursive: true, force: true })
}
process.exit(failed ? 1 : 0)
