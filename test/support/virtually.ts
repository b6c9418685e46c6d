import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"

/** Carries an effect out on the test's clock, which goes from one instant somebody waits for to the next until it has ended. */
export const virtually = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    while ((yield* Fiber.poll(fiber))._tag === "None") {
      // What is ready goes first; only then is anybody late.
      for (let i = 0; i < 20; i++) yield* Effect.yieldNow()
      const waiting = Chunk.toReadonlyArray(yield* TestClock.sleeps())
      if (waiting.length > 0) yield* TestClock.setTime(Math.min(...waiting))
    }
    return yield* Fiber.join(fiber)
  })
