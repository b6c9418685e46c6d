import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { tailEntriesMax } from "../../src/app/snapshots.ts"
import { limits } from "../../src/core/limits.ts"
import { snapshotFileOf } from "../../src/engine/snapshot.ts"
import { numberedRequest, writeSettings } from "../support/message.ts"
import { runProgram, type Server, startProgram, startServer, temporaryFolder } from "../support/programs.ts"
import { alternate, type Figure, figure, median, type Wanted } from "../support/rounds.ts"
import { serveCommand, serveEnvironment } from "../support/serve.ts"
import { headSeq } from "../support/stored.ts"
import { msToAnswer } from "./start.ts"

/* What becomes of ringback when a log has a million entries, and a world a million messages. */

const endpoint = "http://app.example"
const progress = (text: string) => process.stderr.write(`${text} …\n`)
const grouped = (count: number) => count.toLocaleString("en-US")

/** The entry up to which the snapshot beside a log goes; 0 while there is none. */
const snapshotSeq = (log: string): number => {
  try {
    const [header = ""] = readFileSync(snapshotFileOf(log), "latin1").split("\n", 1)
    return (JSON.parse(header) as { readonly seq: number }).seq
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0
    throw error
  }
}

/** Looks once a second; gives up when nothing has been written to the log or its snapshot for five minutes. */
const until = async (log: string, what: string, done: () => boolean): Promise<void> => {
  for (let still = 0, before = ""; !done(); still++) {
    const now = `${headSeq(log)} ${snapshotSeq(log)}`
    if (now !== before) still = 0
    before = now
    if (still > 300) throw new Error(`waited for ${what}; entry and snapshot are ${now}`)
    await setTimeout(1_000)
  }
}

const snapshotBehind = (log: string, entriesMax: number): Promise<void> =>
  until(log, "a snapshot", () => headSeq(log) - snapshotSeq(log) <= entriesMax)

const entriesPerMessage = 14

/**
 * Start to first answer on a log of a million entries beside reading and parsing them. As much of the log as can be has come
 * after its snapshot: the start that takes longest.
 */
export const millionEntries = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const folder = temporaryFolder()
  const log = join(folder, "ringback.db")
  const settings = writeSettings(folder, 2, endpoint)
  const entries = quick ? 200_000 : 1_000_000
  const roundsEntries = 2_000 // The starts add some of their own; the snapshot must not fall due while they are measured.
  const tail = Math.floor(entries / limits.snapshotShare) - roundsEntries
  const fill = (count: number) =>
    runProgram(
      "programs/simulate.ts",
      "engine",
      settings,
      log,
      String(Math.floor(count / entriesPerMessage)),
      `${endpoint}/status`,
    )
  const start = () => msToAnswer(serveCommand(settings, log), serveEnvironment)

  progress(`a log of ${grouped(entries)} entries`)
  await fill(entries - tail)
  const server = await startServer(serveCommand(settings, log), serveEnvironment)
  await snapshotBehind(log, 1_000)
  await server.end()
  await fill(tail)
  const snapshot = snapshotSeq(log)
  const bare = async () => {
    const { cpuMs, entries, ms } = await runProgram<{
      readonly entries: number
      readonly ms: number
      readonly cpuMs: number
    }>("floors/parse.ts", log)
    if (entries !== headSeq(log)) throw new Error(`the floor read ${entries} of ${headSeq(log)} entries`)
    return { value: ms, cpuUs: cpuMs * 1000 }
  }
  await bare()
  await start()
  const found = await alternate(quick ? 2 : 5, bare, start)
  const after = headSeq(log) - snapshot
  if (snapshotSeq(log) !== snapshot || after < tail * 0.95)
    throw new Error(
      `the starts did not read the tail: snapshot at ${snapshotSeq(log)}, ${after} entries after ${snapshot}`,
    )
  const name = `start to first answer, ${grouped(entries)} entries, ${grouped(after)} of them after the snapshot`
  return [figure({ name, unit: "ms", reach: "<= 0.5" }, found, (ratio) => ratio <= 0.5)]
}

/** Memory of a server and of what it has started, in bytes. What they share counts for each. */
const residentBytes = ({ pid }: Server): number =>
  execFileSync("ps", ["-e", "-o", "pid=,ppid=,rss="], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .reduce((bytes, [own, parent, kib = 0]) => (own === pid || parent === pid ? bytes + kib * 1024 : bytes), 0)

/** A message and its whole life, without callbacks. */
const entriesOfLife = 10
const heapFlag = "--max-old-space-size=768"
const memoryBytesMax = 1.5e9

/**
 * The most memory the shipped bundle takes while a million messages, each to its own number with its own text, come in over
 * HTTP and are delivered; a process of its own writes snapshots meanwhile, which is when both take the most. What a message takes is what
 * it adds to an empty exchange.
 */
export const millionMessages = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const folder = temporaryFolder()
  const log = join(folder, "ringback.db")
  const count = quick ? 50_000 : 1_000_000
  const load = await startProgram("programs/load.ts")
  const server = await startServer([heapFlag, ...serveCommand(writeSettings(folder, 0), log)], serveEnvironment)
  const sending = (messages: number) =>
    load.ask({ port: server.port, request: numberedRequest(), connections: 32, count: messages })
  const empty = residentBytes(server)
  let most = empty
  const look = () => {
    most = Math.max(most, residentBytes(server))
  }
  const looking = setInterval(look, 250)
  progress(`${grouped(count)} messages over HTTP`)
  await sending(count)
  await until(log, "the last delivery", () => headSeq(log) > entriesOfLife * count)
  await snapshotBehind(log, tailEntriesMax(headSeq(log)))
  clearInterval(looking)
  look()
  await server.end()
  load.end()
  return [
    {
      name: `memory for ${grouped(count)} messages, SQLite log, ${heapFlag}`,
      unit: "MB",
      ours: most / 1e6,
      note: `${grouped(Math.round((most - empty) / count))} B a message`,
      reach: `<= ${grouped(memoryBytesMax / 1e6)} MB`,
      reached: most <= memoryBytesMax,
    },
  ]
}

interface Operation {
  readonly name: string
  /** µs of each round, by size of the world. */
  readonly us: ReadonlyArray<ReadonlyArray<number>>
}

const growthMax = 1.3
/** So far away that every message still has its timer when all are there. */
const delaySeconds = 366 * 24 * 3600

/** What a request costs the rules in worlds of ten times as many messages each: the worst factor from one to the next. */
export const growth = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const sizes = quick ? [1_000, 10_000, 100_000] : [10_000, 100_000, 1_000_000]
  const settings = writeSettings(temporaryFolder(), delaySeconds)
  progress(`worlds of ${sizes.map(grouped).join(", ")} messages`)
  const found = await runProgram<ReadonlyArray<Operation>>(
    "programs/growth.ts",
    settings,
    quick ? "30" : "150",
    ...sizes.map(String),
  )
  const steps = found.flatMap(({ name, us }) =>
    us.slice(1).map((more, i) => ({ name, to: sizes[i + 1] ?? 0, factor: factorOf(us[i] ?? [], more) })),
  )
  for (const { name, us } of found)
    process.stderr.write(`  ${name}: ${us.map((rounds) => median(rounds).toFixed(1)).join(", ")} µs\n`)
  const worst = steps.reduce((a, b) => (b.factor > a.factor ? b : a))
  return [
    {
      name: `growth of a request's cost, tenfold to ${sizes.slice(1).map(grouped).join(", to ")} messages`,
      unit: "x",
      ours: worst.factor,
      note: `${worst.name}, to ${grouped(worst.to)}`,
      reach: `<= ${growthMax}`,
      reached: worst.factor <= growthMax,
    },
  ]
}

/** The median of what the larger world takes in each round over what the smaller one takes in the same. */
const factorOf = (less: ReadonlyArray<number>, more: ReadonlyArray<number>): number =>
  median(more.map((us, i) => us / (less[i] as number)))
