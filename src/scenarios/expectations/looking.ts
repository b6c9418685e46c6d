import * as Effect from "effect/Effect"
import { brokenAt, type Place, type ScenarioBroken } from "../Scenario.ts"
import { SlowExpression } from "./expression.ts"

/** Holds patterns against what there is. Fails at the place of the patterns when one of their expressions takes too long. */
export const looking = <A>(place: Place, look: () => A): Effect.Effect<A, ScenarioBroken> =>
  Effect.try({
    try: look,
    catch: (error) => {
      if (error instanceof SlowExpression) return brokenAt(place, error.message)
      throw error
    },
  })
