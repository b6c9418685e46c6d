import * as Effect from "effect/Effect"
import { type Explored, type ExploreOptions, explore, type Search } from "../scenarios/explore/explore.ts"
import { limits } from "../scenarios/limits.ts"
import type { Scenario, ScenarioBroken } from "../scenarios/Scenario.ts"
import { stages } from "./stages.ts"
import { shared } from "./threads.ts"

export { replayFileOf, writeReplay } from "../scenarios/explore/replayFile.ts"
export { exploredSaid } from "../scenarios/explore/told.ts"
export { loadScenario } from "./scenarios.ts"

/** Seeds of one exploration. */
export const { seedsMax } = limits

/** Looks for a seed whose faults make the scenario fail; see scenarios/explore. */
export const exploreScenario = (
  scenario: Scenario,
  options: Omit<ExploreOptions, "search">,
): Effect.Effect<Explored, ScenarioBroken> => explore(scenario, stages, { ...options, search: searchOf(scenario) })

/** A search on several threads, where nothing but the exchange answers: an application is one, and asked by one at a time. */
const searchOf = (scenario: Scenario): Search | undefined =>
  scenario.endpoints.some(({ forward }) => forward !== undefined)
    ? undefined
    : ({ fails, from, onSeed, seeds }) =>
        Effect.suspend(() => {
          let first = seeds
          let tried = 0
          const work = {
            count: seeds,
            // What comes behind one that fails cannot be the first.
            needless: (index: number) => index > first,
            here: (index: number) => fails(from + index),
            done: (index: number, failed: boolean) => {
              if (failed) first = Math.min(first, index)
              onSeed?.(++tried)
            },
            elsewhere: {
              script: new URL("./explore.worker.mjs", import.meta.url),
              data: scenario,
              task: (index: number) => from + index,
              ahead: 3,
            },
          }
          return Effect.map(shared(work), () => (first === seeds ? undefined : from + first))
        })
