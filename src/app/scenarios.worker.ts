import { parentPort, workerData } from "node:worker_threads"
import * as Effect from "effect/Effect"
import { type PlayOptions, playFile } from "../scenarios/playFile.ts"
import { loadScenario } from "./scenarios.ts"
import { stages } from "./stages.ts"
import { helpOut } from "./threads.ts"

/* Plays scenarios beside the main thread, one after the other as they are asked for. */

const options = workerData as PlayOptions

helpOut(parentPort, (file: string) =>
  Effect.gen(function* () {
    // Applications are started once at a time, and stop with the main thread.
    const scenario = yield* Effect.option(loadScenario(file))
    const real = scenario._tag === "Some" && scenario.value.endpoints.some(({ forward }) => forward !== undefined)
    return real ? undefined : yield* playFile(file, stages, options)
  }),
)
