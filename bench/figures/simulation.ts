import { rmSync } from "node:fs"
import { join } from "node:path"
import { writeSettings } from "../support/message.ts"
import { runProgram, temporaryFolder } from "../support/programs.ts"
import { alternate, type Figure, figure, type Measured, type Wanted } from "../support/rounds.ts"
import { sameWork } from "../support/stored.ts"

interface Outcome {
  readonly entries: number
  readonly ms: number
  readonly cpuMs: number
  readonly digest: string
}

const endpoint = "http://app.example"
const callback = `${endpoint}/status`
const perSecond = ({ cpuMs, entries, ms }: Outcome): Measured => ({
  value: (entries / ms) * 1000,
  cpuUs: (cpuMs * 1000) / entries,
})

const simulate = (how: "engine" | "bare", settings: string, log: string, messages: number) =>
  runProgram<Outcome>("programs/simulate.ts", how, settings, log, String(messages), callback)

const remove = (file: string) => {
  for (const end of ["", "-wal", "-shm", ".keys", ".lock"]) rmSync(file + end, { force: true })
}

/** The engine over a memory log beside the same rules in a loop; both must come to the same digest. */
export const memorySimulation = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const settings = writeSettings(temporaryFolder(), 2, endpoint)
  const messages = quick ? 5_000 : 20_000
  const digests = new Set<string>()
  const run = async (how: "engine" | "bare") => {
    const outcome = await simulate(how, settings, ":memory:", messages)
    digests.add(outcome.digest)
    return perSecond(outcome)
  }
  const found = await alternate(
    quick ? 2 : 5,
    () => run("bare"),
    () => run("engine"),
  )
  if (digests.size !== 1) throw new Error("the engine and the bare loop made different entries")
  return [
    figure({ name: "simulated entries, memory log", unit: "/s", reach: ">= 0.7" }, found, (ratio) => ratio >= 0.7),
  ]
}

/** The engine over a SQLite log with all messages in flight at once beside the bare insert of its rows. */
export const sqliteSimulation = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const folder = temporaryFolder()
  const settings = writeSettings(folder, 2, endpoint)
  const [log, floorLog] = [join(folder, "ringback.db"), join(folder, "floor.db")]
  const messages = quick ? 10_000 : 50_000
  const ours = async () => {
    remove(log)
    return perSecond(await simulate("engine", settings, log, messages))
  }
  const bare = async () => {
    remove(floorLog)
    const inserted = await runProgram<Outcome>("floors/insert.ts", log, floorLog)
    sameWork(log, floorLog)
    return perSecond(inserted)
  }
  await ours()
  const found = await alternate(quick ? 1 : 3, bare, ours)
  const name = `simulated entries, SQLite log, ${messages.toLocaleString("en-US")} messages in flight`
  return [figure({ name, unit: "/s", reach: ">= 0.45" }, found, (ratio) => ratio >= 0.45)]
}

/** Verifying a log beside reading, parsing and counting its rows. */
export const verification = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const folder = temporaryFolder()
  const log = join(folder, "ringback.db")
  await simulate("engine", writeSettings(folder, 2, endpoint), log, quick ? 5_000 : 20_000)
  const found = await alternate(
    quick ? 2 : 5,
    async () => perSecond(await runProgram<Outcome>("floors/fold.ts", log)),
    async () => perSecond(await runProgram<Outcome>("programs/verify.ts", log)),
  )
  return [figure({ name: "verified entries", unit: "/s", reach: ">= 0.5" }, found, (ratio) => ratio >= 0.5)]
}

/** Making tables of a log beside putting the rows they are made of into one table. */
export const projection = async ({ quick }: Wanted): Promise<ReadonlyArray<Figure>> => {
  const folder = temporaryFolder()
  const log = join(folder, "ringback.db")
  await simulate("engine", writeSettings(folder, 2, endpoint), log, quick ? 5_000 : 20_000)
  const out = join(folder, "tables.db")
  const run = async (program: string) => {
    remove(out)
    return perSecond(await runProgram<Outcome>(program, log, out))
  }
  const found = await alternate(
    quick ? 2 : 5,
    () => run("floors/project.ts"),
    () => run("programs/project.ts"),
  )
  return [figure({ name: "projected entries", unit: "/s", reach: ">= 0.4" }, found, (ratio) => ratio >= 0.4)]
}
