import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { endAll } from "../support/program.ts"
import { parts } from "./parts.ts"
import { failuresOf, type Outcome, runPart, table } from "./report.ts"

/* npm run load -- [--only PART,…] [--seconds N] [--json]: what is done to a server and what must hold: docs/load.md. */

const usage = [
  "usage: npm run load -- [--only PART,…] [--seconds N] [--json] [--help]",
  ...parts.map(({ name, seconds, what }) => `  ${name.padEnd(12)}${what} (${seconds} s)`),
].join("\n")

const wrong = (why: string): never => {
  process.stderr.write(`${why}\n${usage}\n`)
  process.exit(2)
}

const options = () => {
  try {
    return parseArgs({
      options: {
        only: { type: "string" },
        seconds: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values
  } catch (error) {
    return wrong((error as Error).message)
  }
}

const { help, json, only, seconds } = options()
if (help) {
  process.stdout.write(`${usage}\n`)
  process.exit(0)
}
const names = only?.split(",") ?? parts.map(({ name }) => name)
const unknown = names.find((name) => !parts.some((part) => part.name === name))
if (unknown !== undefined) wrong(`there is no part ${JSON.stringify(unknown)}`)
if (seconds !== undefined && !/^[1-9]\d{0,4}$/.test(seconds)) wrong(`--seconds: expected 1 to 99999, found ${seconds}`)

const folder = mkdtempSync(join(tmpdir(), "ringback-load-"))
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    endAll()
    rmSync(folder, { recursive: true, force: true })
    process.exit(130)
  })

const outcomes: Array<Outcome> = []
for (const part of parts.filter(({ name }) => names.includes(name))) {
  if (process.stderr.isTTY) process.stderr.write(`${part.name} …\n`)
  const wanted = { folder, brief: false, seconds: seconds === undefined ? part.seconds : Number(seconds) }
  outcomes.push(await runPart(part, wanted))
  endAll()
}
const failures = failuresOf(outcomes)
process.stdout.write(json ? `${JSON.stringify({ outcomes, failures })}\n` : `${table(outcomes)}\n`)
if (failures.length === 0) rmSync(folder, { recursive: true, force: true })
else process.stdout.write(json ? "" : `\nFAILED, the logs are in ${folder}\n  ${failures.join("\n  ")}\n`)
process.exit(failures.length === 0 ? 0 : 1)
