import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Whole ms of Effect's Clock that never go back, whatever is done to the date: for waits and durations, not for dates. */
export const monotonicMs: Effect.Effect<number> = Effect.map(Clock.currentTimeNanos, (nanos) =>
  Math.floor(Number(nanos) / 1_000_000),
)
