import * as Effect from "effect/Effect"
import type { JsonObject } from "../core/canonical.ts"
import { mergePatch } from "../core/mergePatch.ts"
import { ownSettings } from "./endpoints.ts"
import { Ledger } from "./expectations/Ledger.ts"
import { Performance } from "./Performance.ts"
import { StepFailed } from "./Play.ts"
import { type Outcome, type RunScenarioOptions, type Scenario, ScenarioBroken } from "./Scenario.ts"
import type { Forward, Stages } from "./Stage.ts"
import { watched } from "./watchdog.ts"

/** What a seed is. */
export const seedExpected = `a whole number of at most ${Number.MAX_SAFE_INTEGER}`

/**
 * Plays a scenario on a run of its own, in memory, and judges it. Between its steps virtual time stands still; nothing of the host
 * enters but what a real application answers.
 *
 * Fails   when it cannot be played, or not to its end: a name that stands for nothing, settings that are refused, a step that never
 *         settles. What is not as expected is an outcome, not a failure
 */
export const runScenario = (
  scenario: Scenario,
  stages: Stages,
  options: RunScenarioOptions = {},
): Effect.Effect<Outcome, ScenarioBroken> =>
  Effect.gen(function* () {
    const seed = options.seed ?? scenario.seed
    if (!Number.isSafeInteger(seed))
      return yield* new ScenarioBroken({ lines: [`seed: expected ${seedExpected}, found ${seed}`] })
    const settings = yield* settingsOf(scenario, stages, options)
    const forwards = forwardsOf(scenario, options)
    const stage = yield* stages.open({
      seed,
      start: scenario.start,
      settings,
      forwards,
      application: applicationOf(scenario, forwards),
    })
    const performance = new Performance(Ledger.begin(stage), stages, settings, seed, options)
    const failed = yield* watched(performance, Effect.as(performance.play(scenario), undefined)).pipe(
      Effect.catchIf(
        (error): error is StepFailed => error instanceof StepFailed,
        ({ check }) => Effect.succeed(check),
      ),
      Effect.tapError(() => Effect.sync(() => options.onBroken?.(performance.outcome(scenario, undefined).rows))),
    )
    return performance.outcome(scenario, failed)
  }).pipe(Effect.scoped)

/** The settings it begins with, in the form of a settings file. */
const settingsOf = (
  { endpoints, settings }: Scenario,
  stages: Stages,
  options: RunScenarioOptions,
): Effect.Effect<JsonObject, ScenarioBroken> =>
  Effect.suspend(() => {
    const all = mergePatch(ownSettings(settings, endpoints), options.settings ?? {}) as JsonObject
    const problems = options.settings === undefined ? [] : stages.checkSettings(all)
    return problems.length === 0
      ? Effect.succeed(all)
      : new ScenarioBroken({
          lines: problems.map(
            ({ expected, found, keys }) =>
              `settings: ${keys.map(String).join(".")}: expected ${expected}, found ${found}`,
          ),
        })
  })

/** The application, which is not started where all of it is in this process. */
const applicationOf = ({ application }: Scenario, forwards: ReadonlyArray<Forward>): Scenario["application"] =>
  application === undefined || forwards.length === 0 || forwards.some(({ handler }) => handler === undefined)
    ? application
    : { ...application, run: undefined, reset: undefined, ready: undefined }

const forwardsOf = ({ endpoints }: Scenario, { handlers }: RunScenarioOptions): ReadonlyArray<Forward> =>
  endpoints.flatMap(({ forward, url }) => (forward === undefined ? [] : [{ to: forward, handler: handlers?.get(url) }]))
