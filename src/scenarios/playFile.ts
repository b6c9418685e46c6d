import * as path from "node:path"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { compareRecording, type Golden, recordingOf, writeRecording } from "./golden.ts"
import { loadScenario } from "./loader.ts"
import type { Report } from "./reporters/Report.ts"
import { runScenario } from "./runScenario.ts"
import { type Outcome, type Scenario, ScenarioBroken } from "./Scenario.ts"
import type { Stages } from "./Stage.ts"

/** How scenarios of files are played. Plain data, which goes from thread to thread. */
export interface PlayOptions {
  /** Instead of each scenario's own. */
  readonly seed?: number | undefined
  /** The folder of golden recordings. */
  readonly recordings: string
  /** Whether recordings are written instead of compared. */
  readonly update: boolean
  /** A folder for the logs. */
  readonly keep?: string | undefined
  /** Words of the command line that a scenario is played again with. */
  readonly words: ReadonlyArray<string>
}

/** Plays the scenario of a file and holds it against its recording. What goes wrong is in the report. */
export const playFile = (file: string, stages: Stages, options: PlayOptions): Effect.Effect<Report> =>
  Effect.timed(
    Effect.either(Effect.flatMap(loadScenario(file, stages), (scenario) => play(scenario, stages, options))),
  ).pipe(Effect.map(([took, played]) => ({ ...reportOf(file, played, options), hostMs: Duration.toMillis(took) })))

interface Played {
  readonly outcome: Outcome
  readonly golden: Golden
  readonly kept: string | undefined
}

const play = (scenario: Scenario, stages: Stages, options: PlayOptions): Effect.Effect<Played, ScenarioBroken> =>
  Effect.gen(function* () {
    const { seed } = options
    const outcome = yield* runScenario(scenario, stages, seed === undefined ? {} : { seed })
    const kept =
      options.keep === undefined ? undefined : path.join(options.keep, path.basename(recordingOf("", scenario.file)))
    return yield* Effect.try({
      try: () => {
        if (kept !== undefined) writeRecording(kept, outcome.rows)
        return { outcome, golden: goldenOf(outcome, stages, options), kept }
      },
      catch: (error) => new ScenarioBroken({ lines: [(error as Error).message] }),
    })
  })

/** Compares a run with its recording, or writes it: only of a scenario that holds, so that nothing wrong becomes golden. */
const goldenOf = ({ passed, rows, scenario, seed }: Outcome, stages: Stages, options: PlayOptions): Golden => {
  const file = recordingOf(options.recordings, scenario.file)
  if (seed !== scenario.seed)
    return options.update
      ? { _tag: "NotCompared", why: "recordings are made with the scenario's own seed; leave --seed out" }
      : { _tag: "Absent" }
  const compared = compareRecording(file, rows, stages.gist)
  if (!options.update) return compared
  if (!passed) return { _tag: "NotCompared", why: "nothing was recorded, because not all expectations are met" }
  if (compared._tag === "Matches") return { _tag: "Written", file, changed: false }
  writeRecording(file, rows)
  return { _tag: "Written", file, changed: true }
}

const reportOf = (
  file: string,
  played: Either.Either<Played, ScenarioBroken>,
  { seed, words }: PlayOptions,
): Omit<Report, "hostMs"> => {
  const replay = (actual: number | undefined) =>
    ["ringback", "run", file, ...(actual === undefined ? [] : ["--seed", String(actual)]), ...words].map(word).join(" ")
  if (Either.isLeft(played))
    return {
      file,
      name: path.basename(file),
      status: "broken",
      seed,
      checks: [],
      broken: played.left.lines,
      golden: { _tag: "Absent" },
      notes: [],
      entries: 0,
      digest: "",
      virtualMs: 0,
      replay: replay(seed),
      kept: undefined,
    }
  const { golden, kept, outcome } = played.right
  const { at, checks, digest, notes, passed, rows, scenario } = outcome
  return {
    file,
    name: scenario.name,
    status: passed && golden._tag !== "Differs" ? "passed" : "failed",
    seed: outcome.seed,
    checks,
    broken: [],
    golden,
    notes: golden._tag === "Differs" && isReal(scenario) ? [...notes, realNote] : notes,
    entries: rows.length,
    digest,
    virtualMs: at - scenario.start,
    replay: replay(outcome.seed === scenario.seed ? undefined : outcome.seed),
    kept,
  }
}

/** Whether a process of its own answers. */
const isReal = ({ endpoints }: Scenario): boolean => endpoints.some(({ forward }) => forward !== undefined)

const realNote =
  "a real application answers here: its recording can always be verified, but a run makes the same bytes only if the application does the same, one request at a time"

/** A word for a POSIX shell. */
const word = (text: string): string => (/^[\w./:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
