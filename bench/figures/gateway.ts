import { join } from "node:path"
import { programFile, runProgram, startProgram, startServer, temporaryFolder } from "../support/programs.ts"
import { alternate, each, type Figure, figure, type Wanted } from "../support/rounds.ts"
import { serveCommand, serveEnvironment } from "../support/serve.ts"
import { headSeq, rowsAfter, sameWork } from "../support/stored.ts"
import { scheduledRequest, writeGateway } from "../support/text.ts"
import { msToAnswer } from "./start.ts"

interface Flow {
  readonly entries: number
  readonly ms: number
  readonly lost: number
  readonly attempts: Readonly<Record<string, number>>
  readonly windowMost: Readonly<Record<string, number>>
  /** Attempts in the second that had the fewest. */
  readonly secondLeast: number
  /** The longest time from a failed attempt to an answer that took the text. */
  readonly elsewhereMs: number
}

const flow = (gateway: object, rate: number, seconds: number) =>
  runProgram<Flow>(
    "programs/gateway.ts",
    "flow",
    writeGateway(temporaryFolder(), gateway),
    ":memory:",
    String(rate),
    String(seconds),
  )

const providers = (count: number, ...more: ReadonlyArray<object>) =>
  Array.from({ length: count }, (_, i) => ({ id: `provider${i + 1}`, ...more[i] }))

const entriesOfText = 3

/** Texts that the shipped bundle takes into its queue over HTTP, beside a server that stores rows of the same bytes. */
const accepted = async ({ quick }: Wanted): Promise<Figure> => {
  const folder = temporaryFolder()
  const [log, floorLog] = [join(folder, "ringback.db"), join(folder, "floor.db")]
  const load = await startProgram("programs/load.ts")
  const settings = writeGateway(folder, { limits: { intake: 0 } })
  const exchange = await startServer(serveCommand(settings, log), serveEnvironment)
  const asked = ({ during, port }: typeof exchange, count: number) =>
    during(() =>
      load.ask<{ readonly ms: number; readonly body: string }>({
        port,
        request: scheduledRequest(),
        connections: 32,
        count,
      }),
    )
  await asked(exchange, 1)
  const { body: answer } = await asked(exchange, 1)
  const sample = JSON.stringify({ answer, rows: rowsAfter(log, headSeq(log) - entriesOfText, entriesOfText) })
  const floor = await startServer([await programFile("floors/messages.ts"), floorLog, sample, "own"])
  const [rounds, count] = quick ? [2, 4_000] : [3, 12_000]
  const perSecond = async (server: typeof exchange) => {
    const spent = server.stopwatch()
    const { ms } = await asked(server, count)
    return { value: (count / ms) * 1000, cpuUs: each(spent(), count) }
  }
  await asked(floor, count)
  await asked(exchange, count)
  const found = await alternate(
    rounds,
    () => perSecond(floor),
    () => perSecond(exchange),
  )
  await Promise.all([exchange.end(), floor.end()])
  load.end()
  sameWork(log, floorLog)
  return figure(
    { name: "texts taken by the gateway over HTTP, 32 connections", unit: "/s", reach: ">= 0.5" },
    found,
    (ratio) => ratio >= 0.5,
  )
}

/** So many a second through providers of 50 a second each, over a virtual minute. */
const steady = async (rate: number, count: number): Promise<Figure> => {
  const found = await flow({ limits: { intake: 0 }, providers: providers(count) }, rate, 60)
  const most = Math.max(...Object.entries(found.windowMost).map(([name, n]) => (name === "all" ? n / 4 : n)))
  return {
    name: `${rate} texts/s through ${count} providers of 50/s, a virtual minute`,
    unit: "s",
    ours: found.ms / 1000,
    note: `at least ${found.secondLeast} in each second; at most ${JSON.stringify(found.windowMost)}; lost ${found.lost}`,
    reach: `>= ${rate} in each second, no window above its limit`,
    reached: found.lost === 0 && found.secondLeast >= rate && most <= 50,
  }
}

/** How far a provider's share of 10,000 texts is from its weight. */
const shares = async (): Promise<Figure> => {
  const weights = [5, 3, 2]
  const settings = {
    limits: { intake: 0, total: 10_000, provider: 10_000 },
    providers: providers(3, ...weights.map((weight) => ({ weight, in_flight: 10_000 }))),
  }
  const { attempts } = await flow(settings, 1_000, 10)
  const off = weights.map((weight, i) => Math.abs((attempts[`provider${i + 1}`] ?? 0) / 10_000 - weight / 10))
  return {
    name: "share of a provider beside its weight, 10,000 texts, weights 5, 3, 2",
    unit: "% off",
    ours: Math.max(...off) * 100,
    note: JSON.stringify(attempts),
    reach: "<= 1 % off",
    reached: Math.max(...off) <= 0.01,
  }
}

/** The second of three providers does not connect from the tenth second on. */
const dark = async (): Promise<Figure> => {
  const outages = [{ from: 10, for: "1h", how: "connect" }]
  const settings = { limits: { intake: 0 }, providers: providers(3, {}, { profile: { outages } }) }
  const { elsewhereMs, lost } = await flow(settings, 90, 30)
  return {
    name: "a provider goes dark at 90 texts/s: until the last of its texts is taken elsewhere, virtual",
    unit: "ms",
    ours: elsewhereMs,
    note: `${lost} of 2,700 lost`,
    reach: "0 lost",
    reached: lost === 0,
  }
}

export const gateway = async (wanted: Wanted): Promise<ReadonlyArray<Figure>> => [
  await accepted(wanted),
  await steady(150, 3),
  await steady(200, 4),
  await shares(),
  await dark(),
]

const memoryMax = 1.5e9

/** A million texts in the queue: what they take in memory, and a start with them. */
export const millionQueued = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const count = quick ? 50_000 : 1_000_000
  const folder = temporaryFolder()
  const log = join(folder, "ringback.db")
  const settings = writeGateway(folder, { limits: { intake: 0 } })
  const filled = await runProgram<{
    readonly entries: number
    readonly ms: number
    readonly bytes: number
    readonly emptyBytes: number
  }>("programs/gateway.ts", "queue", settings, log, String(count))
  const first = await msToAnswer(serveCommand(settings, log), serveEnvironment)
  const shown = count.toLocaleString("en-US")
  return [
    {
      name: `memory with ${shown} texts queued, SQLite log`,
      unit: "MB",
      ours: filled.bytes / 1e6,
      note: `${Math.round((filled.bytes - filled.emptyBytes) / count)} B a text; ${Math.round((count / filled.ms) * 1000)} taken/s`,
      reach: `<= ${memoryMax / 1e6} MB`,
      reached: filled.bytes <= memoryMax,
    },
    {
      name: `start to first answer with ${shown} texts queued`,
      unit: "ms",
      ours: first.value,
      note: `${filled.entries.toLocaleString("en-US")} entries`,
      reach: "<= 60,000 ms",
      reached: first.value <= 60_000,
    },
  ]
}
