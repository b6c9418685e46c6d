import type * as Effect from "effect/Effect"
import { scenarioJsonSchema } from "../scenarios/file/scenarioFile.ts"
import { loadScenario as load, type ScenarioText } from "../scenarios/loader.ts"
import type { Scenario, ScenarioBroken } from "../scenarios/Scenario.ts"
import { stages } from "./stages.ts"

/** Reads a scenario by its path, or as a text; see scenarios/loader.ts. */
export const loadScenario = (source: string | ScenarioText): Effect.Effect<Scenario, ScenarioBroken> =>
  load(source, stages)

/** The JSON Schema of scenario files. */
export const scenarioSchema = () => scenarioJsonSchema(stages.settingsSchema)
