import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Performance } from "./Performance.ts"
import { brokenAt, type ScenarioBroken } from "./Scenario.ts"

/** Host time between two looks at how long a step takes. */
const lookEvery = Duration.seconds(1)

/**
 * Ends a scenario whose step never settles: an application that sends at every callback, or that hangs. One watch for all steps,
 * because one for each would cost as much as the step.
 */
export const watched = <A, E>(
  performance: Performance,
  play: Effect.Effect<A, E>,
): Effect.Effect<A, E | ScenarioBroken> =>
  Effect.raceFirst(play, Effect.raceFirst(tooMany(performance), tooLong(performance)))

const tooMany = (performance: Performance): Effect.Effect<never, ScenarioBroken> =>
  Effect.async((resume) => {
    const { engine } = performance.stage.run
    const remove = engine.onCommitted(() => {
      const { from, place } = performance.step
      const entries = engine.head.seq - from
      if (entries > performance.stepEntriesMax)
        resume(brokenAt(place, `the step never settles: ${entries} entries came of it, and more are to come`))
    })
    return Effect.sync(() => void remove())
  })

const tooLong = (performance: Performance): Effect.Effect<never, ScenarioBroken> =>
  Effect.gen(function* () {
    const { clock, engine } = performance.stage.run
    for (;;) {
      yield* Effect.sleep(lookEvery)
      const { from, place, since } = performance.step
      const ms = clock.hostMonotonic() - since
      if (ms > performance.stepMsMax)
        return yield* brokenAt(
          place,
          `the step never settles: it has taken ${Math.round(ms / 1000)} s of the host's time, and ${engine.head.seq - from} entries came of it`,
        )
    }
  })
