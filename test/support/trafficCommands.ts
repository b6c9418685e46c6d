import { readFileSync } from "node:fs"
import * as Either from "effect/Either"
import type { RecordedExchange } from "../../src/core/traffic/RecordedExchange.ts"
import { readTraffic } from "../../src/core/traffic/reader.ts"
import { type Server, start } from "./ringback.ts"
import { until } from "./until.ts"

/** Starts a command that listens, and gives its address. */
export const listening = async (args: ReadonlyArray<string>, env: Record<string, string> = {}) => {
  const process = start([...args, "--port", "0", "--json"], { env })
  const events = () =>
    process
      .stdout()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line))
  let over = false
  void process.ended.then(() => {
    over = true
  })
  const address = await until("it listens", () => {
    if (over) throw new Error(process.stderr())
    return events()[0]?.address as string | undefined
  })
  return { address, events, process }
}

/** Starts a recorder of a server. */
export const record = (server: Server, args: ReadonlyArray<string>) =>
  listening(["record", "--upstream", server.address, ...args])

/** What a recording holds; throws where it is none. */
export const exchangesOf = (file: string): ReadonlyArray<RecordedExchange> =>
  Either.getOrThrow(readTraffic(readFileSync(file, "utf8"))).exchanges
