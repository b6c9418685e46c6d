import { join } from "node:path"
import { sendRequest, writeSettings } from "../support/message.ts"
import { type Program, programFile, startProgram, startServer, temporaryFolder } from "../support/programs.ts"
import { alternate, type Figure, figure, median, type Wanted } from "../support/rounds.ts"
import { serveCommand, serveEnvironment } from "../support/serve.ts"
import { rowsAfter, sameWork } from "../support/stored.ts"

interface Report {
  readonly ms: number
  readonly p50: number
  readonly p99: number
  readonly body: string
}

const connections = 32
/** So far away that only the four entries of the send itself are written while it is measured. */
const delaySeconds = 366 * 24 * 3600
const entriesOfSend = 4
const request = sendRequest()

const loadOf =
  (load: Program, port: number) =>
  (count: number, rate?: number): Promise<Report> =>
    load.ask<Report>({ port, request, connections, count, ...(rate === undefined ? {} : { rate }) })

/** Durable messages over HTTP at full load, and their latency at half of what ringback can do. */
export const messages = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const folder = temporaryFolder()
  const [log, floorLog] = [join(folder, "ringback.db"), join(folder, "floor.db")]
  const load = await startProgram("programs/load.ts")
  const exchange = await startServer(serveCommand(writeSettings(folder, delaySeconds), log), serveEnvironment)
  const ours = loadOf(load, exchange.port)
  const { body: answer } = await ours(1)
  const sample = JSON.stringify({ answer, rows: rowsAfter(log, 1, entriesOfSend) })
  const floor = await startServer([await programFile("floors/messages.ts"), floorLog, sample])
  const bare = loadOf(load, floor.port)
  await bare(1)

  const [rounds, count] = quick ? [3, 4_000] : [5, 12_000]
  await bare(count)
  await ours(count)
  const perSecond = async (run: typeof ours) => (count / (await run(count)).ms) * 1000
  const full = await alternate(
    rounds,
    () => perSecond(bare),
    () => perSecond(ours),
  )
  const rate = median(full.ours) / 2
  const atHalf = Math.round(rate * (quick ? 1.5 : 3))
  const half = await alternate(
    rounds,
    async () => (await bare(atHalf, rate)).p99,
    async () => (await ours(atHalf, rate)).p99,
  )
  await Promise.all([exchange.end(), floor.end()])
  load.end()
  sameWork(log, floorLog)
  return [
    figure(
      { name: "durable messages over HTTP, 32 connections", unit: "/s", reach: ">= 0.5" },
      full,
      (ratio) => ratio >= 0.5,
    ),
    figure(
      { name: "p99 of the same at half load, both at one rate", unit: "ms", reach: "<= 3" },
      half,
      (ratio) => ratio <= 3,
    ),
  ]
}
