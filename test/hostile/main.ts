import { parseArgs } from "node:util"
import { endAll } from "../support/program.ts"
import { fuzz, tellFinding } from "./fuzz/runner.ts"
import { surfaces } from "./fuzz/surfaces.ts"

/* `npm run fuzz -- --seed N --cases M [--surface http|settings|templates|twiml|recordings|travel|scenarios|traffic|imports|client|gateway|providers|proxy|conversations|tables|erase|upgrade|doctor] [--from CASE]` */

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(process.pid) },
    cases: { type: "string", default: "20000" },
    from: { type: "string", default: "0" },
    surface: { type: "string" },
  },
})
const [seed, cases, from] = [Number(values.seed), Number(values.cases), Number(values.from)]
const chosen = surfaces.filter(({ name }) => values.surface === undefined || name === values.surface)
if (![seed, cases, from].every(Number.isSafeInteger) || chosen.length === 0) {
  process.stderr.write(
    `usage: npm run fuzz -- [--seed N] [--cases M] [--from CASE] [--surface ${surfaces.map(({ name }) => name).join("|")}]\n`,
  )
  process.exit(2)
}
process.stdout.write(`SEED=${seed}\n`)
let failed = false
for (const surface of chosen) {
  const began = performance.now()
  const findings = await fuzz(surface, { seed, cases, from })
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  for (const finding of findings) process.stdout.write(`${tellFinding(surface, seed, finding)}\n`)
  const memory = Math.round(process.memoryUsage().rss / 2 ** 20)
  process.stdout.write(`${surface.name}: ${cases} cases in ${seconds} s, ${findings.length} findings, ${memory} MiB\n`)
  failed ||= findings.length > 0
}
endAll()
process.exit(failed ? 1 : 0)
