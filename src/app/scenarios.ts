import type * as Effect from "effect/Effect"
import { fragmentJsonSchema, scenarioJsonSchema } from "../scenarios/file/scenarioFile.ts"
import { loadScenario as load, type ScenarioText } from "../scenarios/loader.ts"
import { runScenario as run } from "../scenarios/runScenario.ts"
import type { Outcome, RunScenarioOptions, Scenario, ScenarioBroken } from "../scenarios/Scenario.ts"
import { stages } from "./stages.ts"

/** Reads a scenario by its path, or as a text; see scenarios/loader.ts. */
export const loadScenario = (source: string | ScenarioText): Effect.Effect<Scenario, ScenarioBroken> =>
  load(source, stages)

/** Plays a scenario on a run of its own in memory; see scenarios/runScenario.ts. */
export const runScenario = (
  scenario: Scenario,
  options: RunScenarioOptions = {},
): Effect.Effect<Outcome, ScenarioBroken> => run(scenario, stages, options)

/** The JSON Schema of scenario files. */
export const scenarioSchema = () => scenarioJsonSchema(stages.settingsSchema)

/** The JSON Schema of fragments, the files that scenarios include. */
export const fragmentSchema = fragmentJsonSchema
