import { trafficFormat } from "./RecordedExchange.ts"

/** Makes an exchange of the next format out of one of the format it stands under: from the parsed line to what it would be now. */
export type Upgrade = (exchange: unknown) => unknown

/** An upgrader over a table: by format, what leads to the next one. */
export const makeUpgrader =
  (upgrades: ReadonlyMap<number, Upgrade>, newest: number) =>
  (line: string, format: number): string => {
    if (format >= newest) return line
    let exchange: unknown
    try {
      exchange = JSON.parse(line)
    } catch {
      return line // What is no JSON is left for the reader to name.
    }
    for (let older = format; older < newest; older++) exchange = upgrades.get(older)?.(exchange) ?? exchange
    return JSON.stringify(exchange)
  }

/** What has changed since format 1: nothing yet. Each line added here comes with a kept old sample under test/traffic/samples. */
const shipped: ReadonlyMap<number, Upgrade> = new Map()

/** A line of an older format as one of today's. */
export const upgrade = makeUpgrader(shipped, trafficFormat)
