import { callbacks } from "./figures/callbacks.ts"
import { messages } from "./figures/messages.ts"
import { growth, millionEntries, millionMessages } from "./figures/million.ts"
import { scenarioDay, shippedScenarios } from "./figures/scenarios.ts"
import { memorySimulation, sqliteSimulation, verification } from "./figures/simulation.ts"
import { startUp } from "./figures/start.ts"
import { cleanUp } from "./support/programs.ts"
import type { Figure, Wanted } from "./support/rounds.ts"
import { remember, table } from "./support/table.ts"

/*
 * npm run bench [-- --quick] [--json] [--only NAME,…]: each figure beside its floor, a bare program doing the least
 * work for the same result, measured by turns in one run. What each one is: docs/performance.md.
 */

const benches: ReadonlyMap<string, (wanted: Wanted) => Promise<ReadonlyArray<Figure>>> = new Map([
  ["messages", messages],
  ["callbacks", callbacks],
  ["memory", memorySimulation],
  ["sqlite", sqliteSimulation],
  ["verify", verification],
  ["start", startUp],
  ["day", scenarioDay],
  ["scenarios", shippedScenarios],
  ["million", millionEntries],
  ["memory-million", millionMessages],
  ["growth", growth],
])

const usage = `usage: npm run bench -- [--quick] [--json] [--only ${[...benches.keys()].join(",")}]`

const args = process.argv.slice(2)
const only = args.includes("--only") ? (args[args.indexOf("--only") + 1] ?? "").split(",") : [...benches.keys()]
const known = ["--quick", "--json", "--only"]
if (args.some((arg) => arg.startsWith("-") && !known.includes(arg)) || only.some((name) => !benches.has(name))) {
  console.error(usage)
  process.exit(2)
}
const wanted: Wanted = { quick: args.includes("--quick") }

const figures: Array<Figure> = []
try {
  for (const name of only) {
    if (process.stderr.isTTY) process.stderr.write(`${name} …\n`)
    figures.push(...((await benches.get(name)?.(wanted)) ?? []))
  }
  console.log(table(figures))
  if (args.includes("--json")) remember(figures, wanted)
} finally {
  await cleanUp()
}
