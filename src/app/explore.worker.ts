import { parentPort, workerData } from "node:worker_threads"
import { seedFails } from "../scenarios/explore/explore.ts"
import type { Scenario } from "../scenarios/Scenario.ts"
import { stages } from "./stages.ts"
import { helpOut } from "./threads.ts"

/* Plays one scenario under seeds beside the main thread, one after the other as they are asked for. */

const scenario = workerData as Scenario

helpOut(parentPort, (seed: number) => seedFails(scenario, stages, seed))
