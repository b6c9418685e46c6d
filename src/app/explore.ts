import type * as Effect from "effect/Effect"
import { type Explored, type ExploreOptions, explore } from "../scenarios/explore/explore.ts"
import { limits } from "../scenarios/limits.ts"
import type { Scenario, ScenarioBroken } from "../scenarios/Scenario.ts"
import { stages } from "./stages.ts"

export { replayFileOf, writeReplay } from "../scenarios/explore/replayFile.ts"
export { exploredSaid } from "../scenarios/explore/told.ts"
export { loadScenario } from "./scenarios.ts"

/** Seeds of one exploration. */
export const { seedsMax } = limits

/** Looks for a seed whose faults make the scenario fail; see scenarios/explore. */
export const exploreScenario = (scenario: Scenario, options: ExploreOptions): Effect.Effect<Explored, ScenarioBroken> =>
  explore(scenario, stages, options)
