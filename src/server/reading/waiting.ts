import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import { parseDuration } from "../../core/Instant.ts"
import { limits } from "../../core/limits.ts"
import type { Engine } from "../../engine/Engine.ts"
import { othersTurn } from "../../engine/othersTurn.ts"
import { BadOrder, committed, type Unavailable } from "../controlErrors.ts"
import { TooManyWait } from "./messagesApi.ts"

/** Host ms between two looks of one who waits: commits may come by the thousand. */
const lookGapMs = 20

/** Those who wait for something to be in the log: how many there are, and one that looks at a time. */
export class Waiters extends Context.Tag("ringback/Waiters")<
  Waiters,
  { waiting: number; readonly looking: Effect.Semaphore }
>() {
  static readonly layer = Layer.effect(
    Waiters,
    Effect.map(Effect.makeSemaphore(1), (looking) => ({ waiting: 0, looking })),
  )
}

/** Host ms that a duration says; 0 when nothing is said. */
export const waitMs = (name: string, text: string | undefined): Effect.Effect<number, BadOrder> => {
  if (text === undefined) return Effect.succeed(0)
  const ms = parseDuration(text)
  return ms === undefined || ms > limits.waitedMsMax
    ? Effect.fail(
        new BadOrder({
          message: `${name}: expected a duration such as 500ms or 5s, at most ${limits.waitedMsMax / 1000}s, found ${JSON.stringify(text.slice(0, 100))}`,
        }),
      )
    : Effect.succeed(ms)
}

/**
 * Looks at the world until there is what it looks for, at once and then after each commit, for as long as `ms` says.
 *
 * Fails   `TooManyWait` when `limits.waitersMax` wait already
 *         `Unavailable` when the engine stops
 * Shows   nothing that is not in the log: an answer waits until what it tells is written
 */
export const lookUntil = <A>(
  engine: Engine,
  ms: number,
  look: () => Option.Option<A>,
): Effect.Effect<Option.Option<A>, TooManyWait | Unavailable, Waiters> =>
  Effect.gen(function* () {
    yield* committed(engine)
    const found = look()
    if (Option.isSome(found) || ms === 0) return found
    const waiters = yield* Waiters
    return yield* Effect.acquireUseRelease(
      Effect.suspend(() => (waiters.waiting < limits.waitersMax ? Effect.sync(() => waiters.waiting++) : tooManyWait)),
      () =>
        Effect.map(Effect.timeoutOption(looking(engine, look, waiters.looking), Duration.millis(ms)), Option.flatten),
      () => Effect.sync(() => waiters.waiting--),
    )
  })

const tooManyWait = new TooManyWait({
  message: `${limits.waitersMax} wait already; ask again when one of them is done`,
})

const looking = <A>(engine: Engine, look: () => Option.Option<A>, turns: Effect.Semaphore) =>
  Effect.scoped(
    Effect.gen(function* () {
      const news = yield* Queue.sliding<void>(1)
      yield* Effect.acquireRelease(
        Effect.sync(() => engine.onCommitted(() => news.unsafeOffer(undefined))),
        (remove) => Effect.sync(() => void remove()),
      )
      // What came between the first look and now.
      news.unsafeOffer(undefined)
      for (;;) {
        yield* Queue.take(news)
        const found = yield* turns.withPermits(1)(Effect.zipLeft(Effect.sync(look), othersTurn))
        if (Option.isSome(found)) {
          yield* committed(engine)
          // A turn that a rule threw in is undone: what was found may be gone.
          const still = look()
          if (Option.isSome(still)) return still
        }
        yield* Effect.sleep(Duration.millis(lookGapMs))
      }
    }),
  )
