import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { Pace } from "../clock/pace.ts"
import type { JsonObject } from "../core/canonical.ts"
import type { Row } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { mergePatch } from "../core/mergePatch.ts"
import type { Run } from "../engine/Run.ts"
import type { ProxySeen } from "../proxy/seen.ts"
import { variablesOf } from "../proxy/variables.ts"
import { type Alongside, alongside } from "../scenarios/alongside.ts"
import { liveSettings } from "../scenarios/endpoints.ts"
import type { Report } from "../scenarios/reporters/Report.ts"
import type { Scenario } from "../scenarios/Scenario.ts"
import { Exchange } from "../server/Exchange.ts"
import { serveHttp } from "../server/HttpServer.ts"
import { startApplication } from "./application.ts"
import { runChild } from "./child.ts"
import { type Started, startExchange } from "./exchange.ts"
import { ExecTally, type Tallied } from "./execTally.ts"
import { proxyOf } from "./proxy.ts"
import { environment, reachOf } from "./reach.ts"
import { loadScenario } from "./scenarios.ts"
import { readSettings, type Settings } from "./settings.ts"
import { checkSettings, problemLine } from "./settingsCheck.ts"
import { stageOf } from "./stageOf.ts"
import { stages } from "./stages.ts"
import { traces } from "./traces.ts"

export interface ExecOptions {
  readonly command: ReadonlyArray<string>
  readonly config: string | undefined
  /** A scenario file: settings, endpoints, seed, and steps that are performed while the command runs. */
  readonly scenario: string | undefined
  /** A scenario file whose expectations are judged at the end. */
  readonly expect: string | undefined
  /** A new log; undefined: one in a folder of its own below the system's temporary one. */
  readonly db: string | undefined
  readonly seed: number | undefined
  readonly pace: Pace
}

/** What came of a command that ran beside an exchange. */
export interface Executed extends Tallied {
  /** The command's own exit code, as a shell has it. */
  readonly exitCode: number
  /** Why it was not run, if it was not. */
  readonly notRun: string | undefined
  readonly proxy: ProxySeen
  /** Of the scenario, and of what is expected: where there is something to tell. */
  readonly reports: ReadonlyArray<Report>
  readonly entries: number
  readonly digest: string
  readonly seed: number
  /** Undefined where nothing happened and no file was asked for. */
  readonly log: string | undefined
  readonly trace: string | undefined
}

/** A command cannot be run as it is told, or nothing can be told of one that was. */
export class ExecRefused extends Data.TaggedError("ExecRefused")<{ readonly message: string }> {}

const host = "127.0.0.1"

/** Runs a command beside a fresh exchange on a free port, with variables that make official SDKs reach that. */
export const exec = (options: ExecOptions): Effect.Effect<Executed, ExecRefused> =>
  Effect.gen(function* () {
    const scenario = yield* scenarioOf(options.scenario)
    const expected = yield* expectedOf(options.expect)
    const db = yield* freshLog(options.db)
    const executed = yield* Effect.flatMap(settingsOf(options, db, scenario), (settings) =>
      Effect.scoped(executing({ ...options, expected, scenario, settings })),
    ).pipe(Effect.tapError(() => (options.db === undefined ? forgetEmpty(path.dirname(db)) : Effect.void)))
    return options.db === undefined && nothingHappened(executed)
      ? yield* Effect.sync(() => {
          fs.rmSync(path.dirname(db), { recursive: true, force: true })
          return { ...executed, log: undefined, trace: undefined }
        })
      : executed
  }).pipe(
    Effect.mapError((error) => (error instanceof ExecRefused ? error : new ExecRefused({ message: error.message }))),
  )

const nothingHappened = ({ calls, messages, requests }: Executed): boolean =>
  requests.all === 0 && messages.in === 0 && Object.keys(calls).length === 0

const scenarioOf = (file: string | undefined) =>
  file === undefined
    ? Effect.succeed(undefined)
    : Effect.filterOrFail(
        loadScenario(file),
        ({ application }) => application?.run === undefined && application?.reset === undefined,
        () =>
          new ExecRefused({ message: `${file}: application.run: expected nothing (the command is the application)` }),
      )

const expectedOf = (file: string | undefined) =>
  file === undefined
    ? Effect.succeed(undefined)
    : Effect.filterOrFail(
        loadScenario(file),
        ({ expectations, steps }) => steps.length === 0 && expectations.length > 0,
        () =>
          new ExecRefused({
            message: `${file}: expected only what is expected: steps: [] and a list under expect (steps go into --scenario)`,
          }),
      )

/** The log: a file that is not there yet. */
const freshLog = (db: string | undefined): Effect.Effect<string, ExecRefused> =>
  Effect.try({
    try: () => {
      if (db === undefined) return path.join(fs.mkdtempSync(path.join(os.tmpdir(), "ringback-exec-")), "ringback.db")
      if (db === ":memory:") throw new Error("--db: expected a file")
      if (fs.existsSync(db))
        throw new Error(`--db: ${db} exists, and every exec has a run of its own; name another file`)
      return db
    },
    catch: (cause) => new ExecRefused({ message: (cause as Error).message }),
  })

/** Removes a folder in which no log was begun. */
const forgetEmpty = (folder: string): Effect.Effect<void> =>
  Effect.sync(() => {
    if (fs.readdirSync(folder).length === 0) fs.rmdirSync(folder)
  })

/**
 * The settings of the run. The auth token is never that of the environment, which may be a real one: what goes round the exchange reaches
 * Twilio with a token that opens nothing there.
 */
const settingsOf = ({ config }: ExecOptions, db: string, scenario: Scenario | undefined) =>
  Effect.gen(function* () {
    const read = yield* readSettings({ config, db, host, port: 0 })
    const merged =
      scenario === undefined ? read.written : mergePatch(read.written as unknown as JsonObject, liveSettings(scenario))
    const checked = yield* Effect.mapError(
      checkSettings(merged),
      (problems) => new ExecRefused({ message: problems.map((problem) => problemLine(problem)).join("\n") }),
    )
    const token = checked.twilio?.auth_token
    const settings: Settings = {
      ...read.resettle(checked),
      authToken: token === undefined ? undefined : Redacted.make(token),
    }
    return settings
  })

interface Executing extends Omit<ExecOptions, "scenario"> {
  readonly settings: Settings
  readonly scenario: Scenario | undefined
  readonly expected: Scenario | undefined
}

const executing = (options: Executing) =>
  Effect.gen(function* () {
    const { command, db, expected, pace, scenario, settings } = options
    const start = yield* Clock.currentTimeMillis
    const seed = options.seed ?? scenario?.seed
    const started = yield* startExchange({ settings, seed, pace, start })
    const { run } = started.exchange
    const tally = new ExecTally()
    run.engine.onCommitted((made) => {
      for (const { entry } of made) tally.take(entry)
    })
    const proxy = yield* proxyOf(settings, () => {})
    const listening = serveHttp({ ...settings.server, allowedHosts: [], proxy, pages: started.pages })
    const { port } = yield* Effect.provide(listening, Layer.succeed(Exchange, started.exchange))
    const address = `http://${host}:${port}`
    started.listensAt(address)
    const before = environment()
    const variables = yield* variablesOf(yield* reachOf(settings, address, started.authToken), before)
    const beside = yield* besides(started, address, settings, [scenario, expected])
    const steps = yield* Effect.fork(Effect.interruptible(performing(started, address, scenario, beside[0])))
    const { code, notRun } = yield* runChild(command, { ...before, ...Object.fromEntries(variables) })
    const unfinished = yield* ended(steps)
    const reports = yield* judging(run, beside, unfinished)
    const trace = yield* written(run, settings.db, command)
    const { hash: digest, seq: entries } = run.engine.head
    return {
      ...tally.tallied,
      exitCode: code,
      notRun,
      proxy: proxy.seen(),
      reports,
      entries,
      digest,
      seed: run.seed,
      log: db ?? settings.db,
      trace,
    }
  })

interface Beside extends Alongside {
  readonly scenario: Scenario
}

const besides = (
  started: Started,
  address: string,
  { run, written }: Settings,
  scenarios: readonly [Scenario | undefined, Scenario | undefined],
) =>
  Effect.forEach(scenarios, (scenario) =>
    scenario === undefined
      ? Effect.succeed(undefined)
      : stageOf(started, { accountSid: run.twilio.account_sid, address }).pipe(
          Effect.flatMap((stage) => alongside(scenario, stage, stages, written as unknown as JsonObject)),
          Effect.map((made): Beside => ({ ...made, scenario })),
        ),
  )

/** Waits until the command takes requests where the scenario forwards to, then performs the steps; gives what went wrong. */
const performing = (
  { authToken }: Started,
  address: string,
  scenario: Scenario | undefined,
  beside: Beside | undefined,
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.scoped(
    Effect.gen(function* () {
      if (scenario === undefined || beside === undefined || scenario.steps.length === 0) return []
      const forwards = scenario.endpoints.flatMap(({ forward }) =>
        forward === undefined ? [] : [{ to: forward, handler: undefined }],
      )
      const place = scenario.steps[0]?.place ?? { file: scenario.file, line: 1, path: "steps" }
      const { places = { up: place, reset: place }, ready } = scenario.application ?? {}
      yield* startApplication({ places, ready, reset: undefined, run: undefined, port: 0 }, forwards, {
        url: address,
        accountSid: "",
        authToken: Redacted.value(authToken),
      })
      yield* beside.perform
      return []
    }),
  ).pipe(
    Effect.catchAll((error) =>
      Effect.succeed(
        error._tag === "ScenarioBroken" ? error.lines : [`${error.check.expected}: ${error.check.why ?? ""}`],
      ),
    ),
  )

/** What went wrong with the steps; those that are not done when the command ends are one more thing. */
const ended = (steps: Fiber.Fiber<ReadonlyArray<string>>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.flatMap(Fiber.poll(steps), (done) =>
    done._tag === "Some"
      ? Fiber.join(steps)
      : Effect.as(Fiber.interrupt(steps), ["the command ended before all steps were performed"]),
  )

/** Judges what is expected, with the clock standing still. */
const judging = (
  { engine }: Run,
  beside: ReadonlyArray<Beside | undefined>,
  unfinished: ReadonlyArray<string>,
): Effect.Effect<ReadonlyArray<Report>, ExecRefused> =>
  Effect.gen(function* () {
    const reports: Array<Report> = []
    if (beside.every((one) => one === undefined)) return reports
    yield* engine.setPace({ _tag: "paused" })
    for (const [i, one] of beside.entries()) {
      if (one === undefined) continue
      const report = yield* one.judged
      const broken = i === 0 ? [...unfinished, ...report.broken] : report.broken
      reports.push({ ...report, broken, status: broken.length > 0 ? "broken" : report.status })
    }
    return reports
  }).pipe(Effect.mapError((error) => new ExecRefused({ message: error.message })))

/** Writes the trace beside the log; gives where it is. */
const written = (
  { engine, log }: Run,
  db: string,
  command: ReadonlyArray<string>,
): Effect.Effect<string, ExecRefused> =>
  Effect.gen(function* () {
    const rows = yield* tail(log, engine.head.seq)
    const file = `${db.replace(/\.db$/, "")}.trace.html`
    yield* Effect.try({
      try: () => traces.write(file, rows, { title: command.join(" "), notes: [] }),
      catch: (cause) => cause as Error,
    })
    return file
  }).pipe(Effect.mapError((error) => new ExecRefused({ message: error.message })))

/** The newest rows of a log: as many as a trace holds. */
const tail = (log: Run["log"], last: number) =>
  Effect.gen(function* () {
    const rows: Array<Row> = []
    let after = Math.max(0, last - limits.timelineEntriesMax)
    while (after < last) {
      const page = yield* log.read(after, limits.readEntriesMax)
      rows.push(...page)
      after = page.at(-1)?.seq ?? last
    }
    return rows
  })
