import { callbacks } from "./figures/callbacks.ts"
import { clientSends, clientVirtual } from "./figures/client.ts"
import { conversations } from "./figures/conversations.ts"
import { gateway, millionQueued } from "./figures/gateway.ts"
import { importedTraffic } from "./figures/imports.ts"
import { messages } from "./figures/messages.ts"
import { growth, millionEntries, millionMessages } from "./figures/million.ts"
import { pages } from "./figures/pages.ts"
import { scenarioDay, shippedScenarios } from "./figures/scenarios.ts"
import { memorySimulation, projection, sqliteSimulation, verification } from "./figures/simulation.ts"
import { startUp } from "./figures/start.ts"
import { timeTravel } from "./figures/timetravel.ts"
import { recordedTraffic } from "./figures/traffic.ts"
import { webhooks } from "./figures/webhooks.ts"
import { type Benches, measured, ordered } from "./support/benches.ts"
import { cleanUp } from "./support/programs.ts"
import { remember, table } from "./support/table.ts"

/*
 * npm run bench [-- --quick] [--cpu] [--json] [--all | --only NAME,…]: each figure beside its floor, a bare program doing the
 * least work for the same result, measured by turns in one run. What each one is: docs/performance.md.
 */

const short: Benches = new Map([
  ["messages", messages],
  ["callbacks", callbacks],
  ["memory", memorySimulation],
  ["sqlite", sqliteSimulation],
  ["verify", verification],
  ["project", projection],
  ["start", startUp],
  ["day", scenarioDay],
  ["scenarios", shippedScenarios],
  ["traffic", recordedTraffic],
  ["imports", importedTraffic],
  ["client", clientSends],
  ["client-virtual", clientVirtual],
  ["webhooks", webhooks],
  ["gateway", gateway],
])

/** A quarter of an hour and more; asked for by name, or with all. */
const long: Benches = new Map([
  ["million", millionEntries],
  ["memory-million", millionMessages],
  ["gateway-million", millionQueued],
  ["growth", growth],
  ["timetravel", timeTravel],
  ["pages", pages],
  ["conversations", conversations],
])

const order = ordered(process.argv.slice(2), [...short.keys()], [...long.keys()])
if (typeof order === "string") {
  console.error(order)
  process.exit(2)
}
const tell = (name: string) => {
  if (process.stderr.isTTY) process.stderr.write(`${name} …\n`)
}
// Servers are in groups of their own, which a terminal's Ctrl-C does not reach.
process.once("SIGINT", () => void cleanUp().finally(() => process.exit(130)))
try {
  const figures = await measured(new Map([...short, ...long]), order, tell, (found) => console.log(table(found, order)))
  if (order.json) remember(figures, { quick: order.quick })
} finally {
  await cleanUp()
}
