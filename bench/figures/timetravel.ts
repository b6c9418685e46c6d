import { join } from "node:path"
import { writeSettings } from "../support/message.ts"
import { runProgram, temporaryFolder } from "../support/programs.ts"
import { type Figure, median, type Wanted } from "../support/rounds.ts"

/* What a page of time travel costs at any entry of a long log. */

interface Travelled {
  readonly entries: number
  readonly indexMs: number
  readonly pages: ReadonlyArray<{
    readonly page: number
    readonly cpu: number
    readonly counters: number
    readonly list: number
    readonly timeline: number
  }>
}

const endpoint = "http://app.example"
const entriesPerMessage = 14
const pageMsMax = 100

/** Counters, the newest 50 messages and one message's timeline at entries drawn over a log of a million. */
export const timeTravel = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const folder = temporaryFolder()
  const log = join(folder, "ringback.db")
  const messages = String(Math.floor((quick ? 100_000 : 1_000_000) / entriesPerMessage))
  await runProgram(
    "programs/simulate.ts",
    "engine",
    writeSettings(folder, 2, endpoint),
    log,
    messages,
    `${endpoint}/status`,
  )
  const { entries, indexMs, pages } = await runProgram<Travelled>("programs/timetravel.ts", log, quick ? "20" : "100")
  const slowest = Math.max(...pages.map(({ page }) => page))
  const part = (of: "counters" | "list" | "timeline" | "cpu") => median(pages.map((each) => each[of])).toFixed(1)
  return [
    {
      name: `a page of time travel, ${entries.toLocaleString("en-US")} entries, the slowest of ${pages.length}`,
      unit: "ms",
      ours: slowest,
      note: `medians: counters ${part("counters")}, list ${part("list")}, timeline ${part("timeline")}, CPU of all ${part("cpu")}; index once ${Math.round(indexMs)}`,
      reach: `<= ${pageMsMax} ms`,
      reached: slowest <= pageMsMax,
    },
  ]
}
