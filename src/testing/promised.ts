import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { SlowExpression } from "../expressions/expression.ts"
import { failedAt, RingbackError } from "./errors.ts"

/** An effect as a plain promise; its failure is a `RingbackError` that names the line of the test. A defect stays what it is. */
export const promised = async <A, E extends { readonly message: string }>(
  frames: string,
  effect: Effect.Effect<A, E>,
): Promise<A> => {
  const exit = await Effect.runPromiseExit(effect)
  if (Exit.isSuccess(exit)) return exit.value
  const failure = Cause.failureOption(exit.cause)
  if (Option.isSome(failure)) throw failedAt(frames, failure.value.message)
  const defect = Cause.squash(exit.cause)
  // What looks at matches says by throwing what is wrong with them.
  if (defect instanceof RingbackError || defect instanceof SlowExpression) throw failedAt(frames, defect.message)
  throw defect
}
