import type { JsonObject } from "../core/canonical.ts"
import { runResumed, runStarted, settingsChanged } from "../core/entries.ts"
import { evolves, type Machine } from "../core/Machine.ts"

/** What is in force for the whole run. */
export interface RunSlice {
  seed: number
  rules: number
  flags: ReadonlySet<number>
  settings: JsonObject
}

export const runMachine: Machine<RunSlice> = {
  name: "run",
  initial: () => ({ seed: 0, rules: 0, flags: new Set(), settings: {} }),
  evolve: [
    evolves(runStarted, (run, { data }) => {
      run.seed = data.seed
      run.rules = data.rules
      run.flags = new Set(data.flags)
      run.settings = data.settings as JsonObject
    }),
    evolves(runResumed, (run, { data }) => {
      run.rules = data.rules
      run.flags = new Set(data.flags)
      run.settings = data.settings as JsonObject
    }),
    evolves(settingsChanged, (run, { data }) => {
      run.settings = data.settings as JsonObject
    }),
  ],
  react: [],
}
