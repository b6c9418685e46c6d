import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { formatDuration, parseDuration } from "../core/Instant.ts"
import { limits } from "../core/limits.ts"
import type { EngineStopped, OrderFailed } from "../engine/outside.ts"
import type { Run } from "../engine/Run.ts"
import { lookUntil, Waiters } from "../server/reading/waiting.ts"
import { RingbackError } from "./errors.ts"
import { keys, onlyKnown } from "./keys.ts"
import { standing, unsettled } from "./standing.ts"
import type { Within } from "./types.ts"

/** Host ms that one wait lasts. */
export const readWithin = (text: string): Either.Either<number, RingbackError> => {
  const ms = parseDuration(text)
  return ms === undefined || ms > limits.waitedMsMax
    ? Either.left(
        new RingbackError(
          `within: expected a duration such as 500ms or 4s, at most ${limits.waitedMsMax / 1000}s, found ${JSON.stringify(text)}`,
        ),
      )
    : Either.right(ms)
}

/** How long the waits of one exchange last, and who waits. */
export class Patience {
  readonly #usualMs: number
  readonly #waiters: typeof Waiters.Service

  constructor(usualMs: number, waiters: typeof Waiters.Service) {
    this.#usualMs = usualMs
    this.#waiters = waiters
  }

  /** What a look finds, at once or after a later commit. Fails with what `missing` says when the time is over first. */
  find<A>(
    run: Run,
    options: Within,
    { look, missing }: { readonly look: () => A | undefined; readonly missing: (when: string) => string },
  ): Effect.Effect<A, RingbackError> {
    return Effect.gen(this, function* () {
      const ms = yield* this.#ms(options)
      const found = yield* lookUntil(run.engine, ms, () => Option.fromNullable(look())).pipe(
        Effect.provideService(Waiters, this.#waiters),
        Effect.mapError(({ message }) => new RingbackError(message)),
        Effect.raceFirst(stopping(run)),
      )
      return Option.isSome(found)
        ? found.value
        : yield* Effect.fail(new RingbackError(missing(` within ${formatDuration(ms)}`)))
    })
  }

  /** Throws when an option is none. */
  #ms(options: Within): Either.Either<number, RingbackError> {
    const { within } = onlyKnown(options, keys.within)
    return within === undefined ? Either.right(this.#usualMs) : readWithin(within)
  }

  /** Carries out an order until the run has settled. Fails when nothing has happened for the time of one wait. */
  settle(
    run: Run,
    options: Within,
    order: Effect.Effect<void, EngineStopped | OrderFailed>,
  ): Effect.Effect<void, RingbackError> {
    return Effect.gen(this, function* () {
      const ms = yield* this.#ms(options)
      const ordered = yield* Effect.fork(Effect.mapError(order, ({ message }) => new RingbackError(message)))
      for (;;) {
        const { seq } = run.engine.head
        const exit = yield* Effect.timeoutOption(Fiber.await(ordered), Duration.millis(ms))
        if (Option.isSome(exit)) return yield* exit.value
        if (run.engine.head.seq !== seq) continue
        yield* Fiber.interruptFork(ordered)
        return yield* Effect.fail(stuck(run, ms))
      }
    })
  }
}

const stuck = (run: Run, ms: number): RingbackError => {
  const why = unsettled(run)
  return new RingbackError(
    [
      `Not settled: nothing has happened for ${formatDuration(ms)}.`,
      ...why.map((line) => `  ${line}`),
      ...(why.length === 0 ? ["  the quiet period (callbacks.quiet_ms) is longer than that"] : []),
      standing(run),
    ].join("\n"),
  )
}

/** Fails when the exchange is stopped. */
const stopping = ({ engine }: Run): Effect.Effect<never, RingbackError> =>
  Effect.async((resume) => {
    const remove = engine.onStopped(({ message }) =>
      resume(Effect.fail(new RingbackError(`The exchange has stopped: ${message}`))),
    )
    return Effect.sync(remove)
  })
