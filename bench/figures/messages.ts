import { join } from "node:path"
import { sendRequest, writeSettings } from "../support/message.ts"
import {
  type Program,
  programFile,
  type Server,
  startProgram,
  startServer,
  temporaryFolder,
} from "../support/programs.ts"
import { alternate, each, type Figure, figure, median, type Wanted } from "../support/rounds.ts"
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

/** Puts a server under load; gives what it showed, with the server's process time for a message. */
const loadOf =
  (load: Program, { during, port, stopwatch }: Server) =>
  (count: number, rate?: number): Promise<Report & { readonly cpuUs: number | undefined }> =>
    during(async () => {
      const spent = stopwatch()
      const report = await load.ask<Report>({
        port,
        request,
        connections,
        count,
        ...(rate === undefined ? {} : { rate }),
      })
      return { ...report, cpuUs: each(spent(), count) }
    })

/**
 * Durable messages over HTTP at full load, and their latency at half of what ringback can do. At half load the floor leaves its
 * write-ahead log as it is: a checkpoint on its only thread would be its whole tail, and ringback's has a thread of its own.
 */
export const messages = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const folder = temporaryFolder()
  const [log, floorLog, halfLog] = ["ringback.db", "floor.db", "half.db"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const load = await startProgram("programs/load.ts")
  const exchange = await startServer(serveCommand(writeSettings(folder, delaySeconds), log), serveEnvironment)
  const ours = loadOf(load, exchange)
  const { body: answer } = await ours(1)
  const sample = JSON.stringify({ answer, rows: rowsAfter(log, 1, entriesOfSend) })
  const floorOf = async (file: string, checkpoint: "own" | "none") =>
    startServer([await programFile("floors/messages.ts"), file, sample, checkpoint])
  const floor = await floorOf(floorLog, "own")
  const bare = loadOf(load, floor)
  await bare(1)

  const [rounds, count] = quick ? [3, 4_000] : [5, 12_000]
  await bare(count)
  await ours(count)
  const perSecond = async (run: typeof ours) => {
    const { cpuUs, ms } = await run(count)
    return { value: (count / ms) * 1000, cpuUs }
  }
  const full = await alternate(
    rounds,
    () => perSecond(bare),
    () => perSecond(ours),
  )
  await floor.end()
  const rate = median(full.ours.map(({ value }) => value)) / 2
  const atHalf = Math.round(rate * (quick ? 1.5 : 3))
  const halfFloor = await floorOf(halfLog, "none")
  const bareHalf = loadOf(load, halfFloor)
  const p99 = async (run: typeof ours) => {
    const { cpuUs, p99 } = await run(atHalf, rate)
    return { value: p99, cpuUs }
  }
  await p99(bareHalf)
  await p99(ours)
  const half = await alternate(
    rounds,
    () => p99(bareHalf),
    () => p99(ours),
  )
  await Promise.all([exchange.end(), halfFloor.end()])
  load.end()
  sameWork(log, floorLog, halfLog)
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
