import * as fs from "node:fs"
import { join } from "node:path"
import { snapshotFileOf } from "../../src/engine/snapshot.ts"
import type { SavedWorld } from "../../src/engine/World.ts"
import { type Process, ringback, type ServeOptions, type Server, serve } from "../support/program.ts"
import { until } from "../support/until.ts"
import { type Application, startApplication } from "./application.ts"
import { checkLog } from "./check.ts"
import { preloaded } from "./faulty.ts"
import { askAboutPhones, failureNumber, type Load, sender, startLoad } from "./load.ts"
import { type Kill, needsSnapshot, planned, points } from "./points.ts"
import { providersAt } from "./providers.ts"
import { lies, writeLongLog } from "./snapshots.ts"
import { checkTexts } from "./texts.ts"

const authToken = "crash-run-token-0123456789abcdef"

/** Host ms within which a point must have been reached. */
const reachedMsMax = 60_000

/** Host ms after which a kill and the restart behind it will come to nothing. */
const hopelessMs = 240_000

const within = <A>(ms: number, work: Promise<A>): Promise<A> => {
  const hopeless = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`nothing came of it in ${ms} ms`)), ms).unref()
  })
  return Promise.race([work, hopeless])
}

/** Kills one log lives through; its entries make verifying it slower and slower. */
const killsPerLogMax = 10
/** The same of a log that has snapshots: until a server has read it and written one it takes many messages. */
const killsPerLongLogMax = 3

/** A log under test, and what was acknowledged in it. */
interface Subject {
  readonly db: string
  readonly config: string
  readonly acknowledged: Set<string>
  /** The same of texts to the gateway. */
  readonly texts: Set<string>
  /** How many of all its texts are unsure. */
  unsure: number
  kills: number
  /** What a snapshot says that lies. */
  world: SavedWorld | undefined
  /** Which lie is told next. */
  readonly nextLie: () => (typeof lies)[number] | undefined
  /** The file of the last lie; none: there is no snapshot. */
  lieFile: number | undefined
}

/** What became of one kill. */
export interface Outcome {
  readonly kill: Kill
  /** What the process said as it died; nothing when it was killed from outside. */
  readonly where: string
  readonly acknowledged: number
  readonly unanswered: number
  readonly entries: number
  /** The snapshot that lay beside the log at the restart. */
  readonly lie: string | undefined
  /** From starting again until all that was promised had been done. */
  readonly recoveredMs: number
  readonly problems: ReadonlyArray<string>
}

export interface Report {
  readonly outcomes: ReadonlyArray<Outcome>
  /** What is not as it should be; none: every kill was survived. */
  readonly problems: ReadonlyArray<string>
  /** Callbacks that arrived, and how many of them more than once. */
  readonly callbacks: number
  readonly repeated: number
  /** Texts that the gateway took and acknowledged, and of how many nobody knows whether their provider has them. */
  readonly texts: number
  readonly unsure: number
}

export interface KillsOptions {
  readonly kills: number
  readonly seed: number
  readonly folder: string
  /** Points are reached early, and each log is verified once, at the end. */
  readonly brief?: boolean
  readonly told: (outcome: Outcome, n: number) => void
}

/** Kills servers as the seed says, starting each again and holding it to what it had promised. Stops at the first that fails. */
export const killServers = async ({ brief = false, folder, kills, seed, told }: KillsOptions): Promise<Report> => {
  const application = await startApplication(authToken, seed)
  const settings = {
    twilio: {
      allowed_from_numbers: [sender],
      auth_token: authToken,
      callbacks: { delay_seconds: 0.05, retry_attempts: 10, retry_delay_seconds: 0.05 },
      failure_numbers: [failureNumber],
    },
    gateway: providersAt(application.url),
    // None is lost: what is reported has to arrive.
    callbacks: { faults: { duplicated_percent: 15, late_percent: 15, late: "150ms", out_of_order_percent: 15 } },
  }
  const config = join(folder, "config.yaml")
  fs.writeFileSync(config, JSON.stringify(settings))
  let liesTold = 0
  const newSubject = (name: string): Subject => ({
    db: join(folder, name),
    config,
    acknowledged: new Set(),
    texts: new Set(),
    unsure: 0,
    kills: 0,
    world: undefined,
    nextLie: () => lies[liesTold++ % lies.length],
    lieFile: undefined,
  })
  const subjects = new Set<Subject>()
  let short: Subject | undefined
  let long: Subject | undefined
  const outcomes: Array<Outcome> = []
  const problems: Array<string> = []
  try {
    for (const [n, kill] of planned(kills, seed, brief).entries()) {
      if (needsSnapshot(kill) && (long === undefined || long.kills >= killsPerLongLogMax)) {
        long = newSubject(`long-${n}.db`)
        long.world = await writeLongLog(long.db, authToken, seed + n)
      }
      if (short === undefined || short.kills >= killsPerLogMax) short = newSubject(`short-${n}.db`)
      const subject = needsSnapshot(kill) && long !== undefined ? long : short
      subjects.add(subject)
      try {
        const outcome = await within(hopelessMs, killed(kill, subject, application))
        outcomes.push(outcome)
        problems.push(...outcome.problems, ...(brief ? [] : await verified(subject)))
        told(outcome, n)
      } catch (error) {
        problems.push(`kill ${n + 1}, ${points.get(kill.point)}: ${(error as Error).stack}`)
      }
      if (problems.length > 0) break
    }
    if (brief) problems.push(...(await Promise.all([...subjects].map(verified))).flat())
    const repeated = [...application.reports.values()].filter((times) => times > 1).length
    const sum = (of: (subject: Subject) => number) => [...subjects].reduce((total, each) => total + of(each), 0)
    return {
      outcomes,
      problems,
      callbacks: application.reports.size,
      repeated,
      texts: sum(({ texts }) => texts.size),
      unsure: sum(({ unsure }) => unsure),
    }
  } finally {
    application.close()
  }
}

/** One kill under load, the restart after it, and what is not as it should be. */
const killed = async (kill: Kill, subject: Subject, application: Application): Promise<Outcome> => {
  const problems: Array<string> = []
  const note = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem)
  }
  if (needsSnapshot(kill)) tellLie(subject)
  const death = await die(kill, subject, application, note)
  const lie = needsSnapshot(kill) ? tellLie(subject) : undefined
  const { entries, recoveredMs } = await recover(subject, application, note, needsSnapshot(kill))
  subject.kills++
  return { kill, ...death, entries, lie, recoveredMs, problems }
}

type Note = (holds: boolean, problem: string) => void

const optionsOf = ({ config, db }: Subject): ServeOptions => ({ cwd: join(db, ".."), config, db })

/** Starts a server that is to die, gives it load, and waits until it has. */
const die = async (kill: Kill, subject: Subject, application: Application, note: Note) => {
  const told = `${subject.db}.died`
  fs.rmSync(told, { force: true })
  const env = kill.point === 0 ? {} : preloaded({ do: "kill", point: kill.point, nth: kill.nth, us: kill.us, told })
  const said = () => (fs.existsSync(told) ? fs.readFileSync(told, "utf8").trim().replaceAll("\n", ", ") : "")
  let server: Server
  try {
    server = await serve({ ...optionsOf(subject), env })
  } catch (error) {
    // It may reach the point before it listens.
    note(said() !== "", `it did not start: ${String(error)}`)
    return { acknowledged: 0, unanswered: 0, where: `${said()}, while it started` }
  }
  // It may die on the way: then nobody is acknowledged whose webhook could be missed.
  await askAboutPhones(server, application.url).catch(() => undefined)
  const load = startLoad(server, application.url, { all: true })
  if (kill.point === 0) {
    await new Promise((resolve) => setTimeout(resolve, kill.ms))
    await server.kill("SIGKILL")
  } else await diedByItself(server, note)
  const { signal } = await server.ended
  await load.stop()
  for (const sid of load.acknowledged) subject.acknowledged.add(sid)
  for (const id of load.texts) subject.texts.add(id)
  note(signal === "SIGKILL", `it ended with ${signal}: ${server.stderr()}`)
  note(kill.point === 0 || said() !== "", "it died without reaching the point")
  noteRefusals(load, note)
  return { acknowledged: load.acknowledged.size, unanswered: load.unanswered(), where: said() }
}

const diedByItself = async (server: Process, note: Note) => {
  const hopeless = setTimeout(() => {
    note(false, `the point was not reached in ${reachedMsMax} ms`)
    void server.kill("SIGKILL")
  }, reachedMsMax)
  await server.ended
  clearTimeout(hopeless)
}

const noteRefusals = ({ refused }: Load, note: Note) => {
  for (const { status, text } of refused) note(false, `a message was refused with ${status}: ${text}`)
}

/** Starts again as any user would, waits until all that was promised is done, stops, and looks at what there is. */
const recover = async (subject: Subject, application: Application, note: Note, snapshot: boolean) => {
  const began = performance.now()
  const server = await serve(optionsOf(subject))
  await until("all is settled", async () => {
    const { json, status } = await server.ask("/admin/clock")
    return status === 200 && json.timers === 0 && json.in_flight === 0
  })
  const recoveredMs = Math.round(performance.now() - began)
  const { messages } = (await server.ask("/health")).json.statistics
  for (const sid of [...subject.acknowledged].slice(-5)) {
    const list = sid.startsWith("CA") ? server.messages.replace("Messages", "Calls") : server.messages
    const { json, status } = await server.ask(list.replace(".json", `/${sid}.json`))
    note(status === 200, `${sid} is answered with ${status}`)
    note(
      ["delivered", "undelivered", "failed", "received", "completed"].includes(json?.status),
      `${sid} is shown as ${json?.status}`,
    )
  }
  for (const id of [...subject.texts].slice(-5)) {
    const { json, status } = await server.ask(`/api/sms/requests/${id}`)
    note(
      status === 200 && ["sent", "unsure"].includes(json.status),
      `text ${id} is shown as ${json?.status}, ${status}`,
    )
  }
  if (snapshot) await until("the snapshot is written", () => hasOwnSnapshot(subject))
  const ended = await server.kill("SIGTERM")
  note(ended.code === 0, `it ended with ${ended.code ?? ended.signal} at SIGTERM`)
  note(!/ (?:ERROR|FATAL) |^\s+at /m.test(ended.stderr), `it said: ${ended.stderr}`)

  const told = checkLog(subject.db, subject.acknowledged, application)
  const ofTexts = checkTexts(subject.db, subject.texts, application.providers)
  subject.unsure = ofTexts.unsure
  for (const problem of [...told.problems.slice(0, 10), ...ofTexts.problems.slice(0, 10)]) note(false, problem)
  note(told.messages === messages, `${told.messages} messages are in the log and ${messages} in the world`)
  for (const forged of application.forged) note(false, `a callback's signature does not fit: ${forged}`)
  return { entries: told.entries, recoveredMs }
}

/** What `ringback verify` says against a log. */
const verified = async ({ db }: Subject): Promise<ReadonlyArray<string>> => {
  const { code, stderr, stdout } = await ringback(["verify", db], { cwd: join(db, "..") })
  return code === 0 && stdout.startsWith("sound: ") ? [] : [`verify ${db}: ${stdout}${stderr}`]
}

/** Whether a server has put a snapshot of its own in the place of the lie it found, if there was one. */
const hasOwnSnapshot = ({ db, lieFile }: Subject): boolean =>
  fs.statSync(snapshotFileOf(db), { throwIfNoEntry: false })?.ino !== lieFile

/** Puts a snapshot beside the log that must not be believed, once a server has written a true one. */
const tellLie = (subject: Subject): string | undefined => {
  const file = snapshotFileOf(subject.db)
  const lie = fs.existsSync(file) ? subject.nextLie() : undefined
  if (lie === undefined || subject.world === undefined) return undefined
  const [what, write] = lie
  const truth = `${file}.true`
  if (hasOwnSnapshot(subject)) fs.copyFileSync(file, truth)
  else fs.copyFileSync(truth, file)
  write(subject.db, subject.world)
  subject.lieFile = fs.statSync(file).ino
  return what
}

/** What one kill was, as a line. */
export const lineOf = ({
  kill,
  where,
  acknowledged,
  unanswered,
  entries,
  lie,
  recoveredMs,
  problems,
}: Outcome): string =>
  [
    `${points.get(kill.point)}${where === "" ? "" : ` (${where})`}:`,
    `${acknowledged} acknowledged, ${unanswered} unanswered;`,
    `done again in ${recoveredMs} ms${lie === undefined ? "" : ` beside a snapshot ${lie}`},`,
    `${entries} entries${problems.length === 0 ? "" : " NOT as they should be"}`,
  ].join(" ")
