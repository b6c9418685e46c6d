import * as path from "node:path"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Row } from "../core/Entry.ts"
import { compareRecording, type Golden, recordingOf, writeRecording } from "./golden.ts"
import { loadScenario } from "./loader.ts"
import { faultsOf } from "./reporters/faults.ts"
import type { Report } from "./reporters/Report.ts"
import { runScenario } from "./runScenario.ts"
import { type Outcome, type RunScenarioOptions, type Scenario, ScenarioBroken } from "./Scenario.ts"
import type { Stages } from "./Stage.ts"

/** How scenarios of files are played. Plain data, which goes from thread to thread. */
export interface PlayOptions {
  /** Instead of each scenario's own. */
  readonly seed?: number | undefined
  /** The folder of golden recordings. */
  readonly recordings: string
  /** Whether recordings are written instead of compared. */
  readonly update: boolean
  /** A folder for the logs, and for traces of scenarios that do not pass. */
  readonly keep?: string | undefined
  /** Words of the command line that a scenario is played again with. */
  readonly words: ReadonlyArray<string>
}

/** Plays the scenario of a file and holds it against its recording. What goes wrong is in the report. */
export const playFile = (file: string, stages: Stages, options: PlayOptions): Effect.Effect<Report> =>
  Effect.timed(
    Effect.gen(function* () {
      let left: Left = { scenario: undefined, rows: [] }
      const played = yield* Effect.either(
        Effect.flatMap(loadScenario(file, stages), (scenario) => {
          const onBroken = (rows: ReadonlyArray<Row>) => {
            left = { scenario, rows }
          }
          left = { scenario, rows: [] }
          return play(scenario, stages, { ...options, onBroken })
        }),
      )
      const report = Either.isRight(played)
        ? playedReport(file, played.right, options)
        : brokenReport(file, played.left, left, options)
      const log = Either.isRight(played) ? played.right.outcome : left
      return yield* kept(report, log, stages, options.keep)
    }),
  ).pipe(Effect.map(([took, report]) => ({ ...report, hostMs: Duration.toMillis(took) })))

type Told = Omit<Report, "hostMs">

/** What a playing that broke off has left: no scenario where its file is wrong. */
interface Left {
  readonly scenario: Scenario | undefined
  readonly rows: ReadonlyArray<Row>
}

interface Played {
  readonly outcome: Outcome
  readonly golden: Golden
}

const play = (
  scenario: Scenario,
  stages: Stages,
  { onBroken, ...options }: PlayOptions & Required<Pick<RunScenarioOptions, "onBroken">>,
): Effect.Effect<Played, ScenarioBroken> =>
  Effect.gen(function* () {
    const { seed } = options
    const outcome = yield* runScenario(scenario, stages, { onBroken, ...(seed === undefined ? {} : { seed }) })
    return yield* Effect.try({
      try: () => ({ outcome, golden: goldenOf(outcome, stages, options) }),
      catch: (error) => new ScenarioBroken({ lines: [(error as Error).message] }),
    })
  })

/** Writes the log, and its trace where the scenario has not passed; an older trace of one that has is taken away. */
const kept = (
  report: Told,
  played: Pick<Outcome, "rows">,
  { traces }: Stages,
  keep: string | undefined,
): Effect.Effect<Told> => {
  if (keep === undefined || played.rows.length === 0) return Effect.succeed(report)
  const { rows } = played
  const log = recordingOf(keep, report.file)
  const trace = log.replace(/\.jsonl$/, ".html")
  const failed = report.status !== "passed"
  return Effect.try({
    try: () => {
      writeRecording(log, rows)
      if (failed) traces.write(trace, rows, { title: report.name, notes: notesOf(report) })
      else traces.remove(trace)
      return { ...report, kept: log, trace: failed ? trace : undefined }
    },
    catch: (error) => error as Error,
  }).pipe(
    Effect.catchAll(({ message }) =>
      Effect.succeed<Told>({ ...report, status: "broken", broken: [...report.broken, message] }),
    ),
  )
}

/** What is wrong, as a trace says it. */
const notesOf = (report: Told): ReadonlyArray<string> => {
  const faults = faultsOf(report).map(({ place, title }) => `${place.file}:${place.line}: ${title}`)
  return [...faults.slice(0, notesMax), ...(faults.length > notesMax ? [`and ${faults.length - notesMax} more`] : [])]
}
const notesMax = 10

/** Compares a run with its recording, or writes it: only of a scenario that holds, so that nothing wrong becomes golden. */
const goldenOf = (outcome: Outcome, stages: Stages, options: PlayOptions): Golden => {
  const { passed, scenario, seed } = outcome
  const file = recordingOf(options.recordings, scenario.file)
  if (seed !== scenario.seed)
    return options.update
      ? { _tag: "NotCompared", why: "recordings are made with the scenario's own seed; leave --seed out" }
      : { _tag: "Absent" }
  const compared = compareRecording(file, outcome, stages.gist)
  if (!options.update) return compared
  if (!passed) return { _tag: "NotCompared", why: "nothing was recorded, because not all expectations are met" }
  if (compared._tag === "Matches") return { _tag: "Written", file, changed: false }
  writeRecording(file, outcome.rows)
  return { _tag: "Written", file, changed: true }
}

/** The command that plays a scenario again. */
const replayOf = (file: string, seed: number | undefined, { words }: PlayOptions): string =>
  ["ringback", "run", file, ...(seed === undefined ? [] : ["--seed", String(seed)]), ...words].map(word).join(" ")

const brokenReport = (file: string, { lines }: ScenarioBroken, left: Left, options: PlayOptions): Told => {
  const { rows, scenario } = left
  const last = rows.at(-1)
  return {
    file,
    name: scenario?.name ?? path.basename(file),
    status: "broken",
    seed: options.seed ?? scenario?.seed,
    checks: [],
    broken: lines,
    golden: { _tag: "Absent" },
    notes: [],
    entries: rows.length,
    digest: last?.hash ?? "",
    virtualMs: scenario === undefined || last === undefined ? 0 : last.at - scenario.start,
    replay: replayOf(file, options.seed, options),
    kept: undefined,
    trace: undefined,
  }
}

const playedReport = (file: string, { golden, outcome }: Played, options: PlayOptions): Told => {
  const { at, checks, digest, entries, notes, passed, scenario } = outcome
  return {
    file,
    name: scenario.name,
    status: passed && golden._tag !== "Differs" ? "passed" : "failed",
    seed: outcome.seed,
    checks,
    broken: [],
    golden,
    notes: golden._tag === "Differs" && isReal(scenario) ? [...notes, realNote] : notes,
    entries,
    digest,
    virtualMs: at - scenario.start,
    replay: replayOf(file, outcome.seed === scenario.seed ? undefined : outcome.seed, options),
    kept: undefined,
    trace: undefined,
  }
}

/** Whether a process of its own answers. */
const isReal = ({ endpoints }: Scenario): boolean => endpoints.some(({ forward }) => forward !== undefined)

const realNote =
  "a real application answers here: its recording can always be verified, but a run makes the same bytes only if the application does the same, one request at a time"

/** A word for a POSIX shell. */
const word = (text: string): string => (/^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
