import type * as http from "node:http"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import { refuse } from "./plainAnswer.ts"

/** Answers a request for a path. */
export type PathHandler = (path: string, request: http.IncomingMessage, response: http.ServerResponse) => void

/**
 * A handler that is loaded and built at its first request; requests that come meanwhile wait for it.
 *
 * Scope   what it builds is released with the caller's scope, after everything the caller acquires later: answers in flight
 *         keep what they use
 * Fails   what cannot be loaded or built answers 500 from then on; why is logged once
 */
export const onFirstUse = <R>(
  name: string,
  load: () => Promise<Effect.Effect<PathHandler, never, R>>,
): Effect.Effect<PathHandler, never, Exclude<R, Scope.Scope> | Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.acquireRelease(Scope.make(), Scope.close)
    const runFork = Runtime.runFork(yield* Effect.runtime<Exclude<R, Scope.Scope>>())
    let built: PathHandler | undefined
    const building = yield* Effect.cached(
      Effect.promise(load).pipe(
        Effect.flatten,
        Scope.extend(scope),
        Effect.tap((handler) =>
          Effect.sync(() => {
            built = handler
          }),
        ),
        Effect.tapErrorCause((cause) => Effect.logError(`${name} cannot be loaded: ${Cause.squash(cause)}`)),
      ),
    )
    return (path, request, response) => {
      if (built !== undefined) return built(path, request, response)
      runFork(
        Effect.matchCause(building, {
          onFailure: () => refuse(response, 500, `${name} cannot be loaded; the server's log says why`),
          // Who has gone meanwhile gets nothing: no event would ever end the answer.
          onSuccess: (handler) => response.destroyed || handler(path, request, response),
        }),
      )
      return undefined
    }
  })
