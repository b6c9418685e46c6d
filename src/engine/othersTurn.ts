import * as Effect from "effect/Effect"

/**
 * Goes on once input and output had their turn, and the engine: who looks through much is no reason for anybody to wait.
 * `Effect.yieldNow` lets only other fibres go first.
 */
export const othersTurn: Effect.Effect<void> = Effect.async((resume) => {
  const soon = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(soon))
})
