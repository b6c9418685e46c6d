import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { ask, type Circuit, type CircuitResult, type CircuitRules, closed, ended } from "./circuitBreaker.decider.ts"
import { CircuitOpen } from "./errors.ts"
import { monotonicMs } from "./monotonic.ts"
import type { CircuitState } from "./types.ts"

/** Lets requests through as long as they succeed. */
export interface CircuitBreaker {
  readonly state: Effect.Effect<CircuitState>
  /** Fails when a request would be refused now; asks for no permit. */
  readonly refusal: Effect.Effect<void, CircuitOpen>
  /** Carries a request out, if it is let through. `resultOf` tells what its end says of the other side; an interrupted one says nothing. */
  readonly through: <A, E>(
    request: Effect.Effect<A, E>,
    resultOf: (exit: Exit.Exit<A, E>) => CircuitResult,
  ) => Effect.Effect<A, E | CircuitOpen>
}

/** `changed` hears of each change of state. Time is Effect's Clock. */
export const makeCircuitBreaker = (
  rules: CircuitRules,
  changed: (from: CircuitState, to: CircuitState) => Effect.Effect<void>,
): CircuitBreaker => {
  let circuit: Circuit = closed
  const become = (next: Circuit): Effect.Effect<void> => {
    const before = circuit._tag
    circuit = next
    return before === next._tag ? Effect.void : changed(names[before], names[next._tag])
  }
  return {
    state: Effect.map(monotonicMs, (now) =>
      circuit._tag === "Open" && circuit.until <= now ? "half-open" : names[circuit._tag],
    ),
    refusal: Effect.flatMap(monotonicMs, (now) => {
      const asked = ask(circuit, now)
      return asked._tag === "Refused" ? Effect.fail(openError(asked.retryInMs)) : Effect.void
    }),
    through: <A, E>(request: Effect.Effect<A, E>, resultOf: (exit: Exit.Exit<A, E>) => CircuitResult) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(monotonicMs, (now): Effect.Effect<A, E | CircuitOpen> => {
          const asked = ask(circuit, now)
          if (asked._tag === "Refused") return Effect.fail(openError(asked.retryInMs))
          return Effect.zipRight(
            become(asked.circuit),
            Effect.onExit(restore(request), (exit) =>
              Effect.flatMap(monotonicMs, (later) =>
                become(
                  ended(rules, circuit, asked.permit, Exit.isInterrupted(exit) ? "neither" : resultOf(exit), later),
                ),
              ),
            ),
          )
        }),
      ),
  }
}

/** Lets everything through. */
export const noCircuitBreaker: CircuitBreaker = {
  state: Effect.succeed("closed"),
  refusal: Effect.void,
  through: (request) => request,
}

const names: Readonly<Record<Circuit["_tag"], CircuitState>> = { Closed: "closed", Open: "open", HalfOpen: "half-open" }

const openError = (retryInMs: number | undefined): CircuitOpen =>
  new CircuitOpen({
    message:
      retryInMs === undefined
        ? "the circuit breaker tries one request at a time, and one is under way"
        : `the circuit breaker is open for ${retryInMs} ms`,
    retryAfterMs: retryInMs,
  })
