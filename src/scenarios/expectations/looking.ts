import * as Effect from "effect/Effect"
import { SlowExpression } from "../../expressions/expression.ts"
import { brokenAt, type Place, type ScenarioBroken } from "../Scenario.ts"

/** Holds patterns against what there is. Fails at the place of the patterns when one of their expressions takes too long. */
export const looking = <A>(place: Place, look: () => A): Effect.Effect<A, ScenarioBroken> =>
  Effect.suspend(() => looked(place, look))

/** The same, here and now. */
export const looked = <A>(place: Place, look: () => A): Effect.Effect<A, ScenarioBroken> => {
  try {
    return Effect.succeed(look())
  } catch (error) {
    if (error instanceof SlowExpression) return brokenAt(place, error.message)
    throw error
  }
}
