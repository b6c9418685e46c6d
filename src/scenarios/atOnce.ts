import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"

/*
 * Effects that are over already. Most of what a scenario does is done where it stands, and what comes of it is there: then what
 * follows is gone on with at once, and no fibre has anything to do for it.
 */

/** Goes on with what an effect gives: at once where that is there, else when it is. */
export const andThen = <A, E, B, F>(
  effect: Effect.Effect<A, E>,
  next: (given: A) => Effect.Effect<B, F>,
): Effect.Effect<B, E | F> => {
  if (isEither(effect)) return Either.isRight(effect) ? next(effect.right) : Either.left(effect.left)
  if (!isOver(effect)) return Effect.flatMap(effect, next)
  return Exit.isSuccess(effect) ? next(effect.value) : Exit.failCause(effect.cause)
}

/** Tells a failure another way. */
export const orElse = <A, E, F>(effect: Effect.Effect<A, E>, failure: (error: E) => F): Effect.Effect<A, F> =>
  isOver(effect) ? Exit.mapError(effect, failure) : Effect.mapError(effect, failure)

const isEither = <A, E>(effect: Effect.Effect<A, E>): effect is Either.Either<A, E> => Either.isEither(effect)

/** What has ended is its own exit. */
const isOver = <A, E>(effect: Effect.Effect<A, E>): effect is Exit.Exit<A, E> => Exit.isExit(effect)

/** How many are done at once before others have a turn: whoever watches for what never ends, say. */
const atOnceMax = 1_000

/** Does so many things one after the other; the first that fails is the last. */
export const inTurn = <E>(
  count: number,
  perform: (index: number) => Effect.Effect<unknown, E>,
  first = 0,
): Effect.Effect<void, E> => {
  const end = Math.min(count, first + atOnceMax)
  for (let i = first; i < end; i++) {
    const performed = perform(i)
    if (!isOver(performed)) return Effect.flatMap(performed, () => inTurn(count, perform, i + 1))
    if (Exit.isFailure(performed)) return Exit.failCause(performed.cause)
  }
  return end === count ? Effect.void : Effect.flatMap(Effect.yieldNow(), () => inTurn(count, perform, end))
}
