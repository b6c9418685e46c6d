import * as Effect from "effect/Effect"
import type { JsonObject } from "../core/canonical.ts"
import { Ledger } from "./expectations/Ledger.ts"
import { Performance } from "./Performance.ts"
import type { StepFailed } from "./Play.ts"
import type { Report } from "./reporters/Report.ts"
import type { Scenario, ScenarioBroken } from "./Scenario.ts"
import type { Stage, Stages } from "./Stage.ts"
import { watched } from "./watchdog.ts"

/** A scenario beside an application that has a life of its own: its clock does not stand still between steps. */
export interface Alongside {
  /** Performs the steps. */
  readonly perform: Effect.Effect<void, ScenarioBroken | StepFailed>
  /** Lets come what is to come, unless the file says otherwise, and judges what is expected. The clock has to stand. */
  readonly judged: Effect.Effect<Report>
}

/** The steps and expectations of a scenario over a run that goes on; `settings` are those it began with, as a file has them. */
export const alongside = (
  scenario: Scenario,
  stage: Stage,
  stages: Stages,
  settings: JsonObject,
): Effect.Effect<Alongside> =>
  Effect.sync(() => {
    const { expectations } = scenario
    const ledger = Ledger.begin(stage)
    let live = true
    // The run was there before the scenario, and may have another seed than that names.
    const performance = new Performance(ledger, stages, settings, stage.run.seed, { live: () => live })
    const play = (part: Scenario) => watched(performance, Effect.as(performance.play(part), undefined))
    return {
      perform: play({ ...scenario, expectations: [], toEnd: false }),
      judged:
        expectations.length === 0
          ? Effect.sync(() => reportOf(performance, scenario, []))
          : Effect.suspend(() => {
              live = false
              return play({ ...scenario, steps: [] })
            }).pipe(
              Effect.match({
                onSuccess: () => reportOf(performance, scenario, []),
                onFailure: (error) =>
                  reportOf(
                    performance,
                    scenario,
                    error._tag === "ScenarioBroken" ? error.lines : [error.check.expected],
                  ),
              }),
            ),
    }
  })

const reportOf = (performance: Performance, scenario: Scenario, broken: ReadonlyArray<string>): Report => {
  const { checks, digest, entries, notes, passed, seed } = performance.outcome(scenario, undefined)
  return {
    file: scenario.file,
    name: scenario.name,
    status: broken.length > 0 ? "broken" : passed ? "passed" : "failed",
    seed,
    checks,
    broken,
    golden: { _tag: "Absent" },
    notes,
    entries,
    digest,
    virtualMs: 0,
    hostMs: 0,
    replay: "",
    kept: undefined,
    trace: undefined,
  }
}
