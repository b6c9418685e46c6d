import * as http from "node:http"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type Handler, limitConnections, patiently, timeouts, usualPatience } from "../server/connections.ts"
import { type CannotListen, type ListeningAt, listen } from "../server/listening.ts"

/**
 * Serves a handler over HTTP with the limits of the exchange's own server. Closing the scope stops listening, lets answers in flight finish,
 * and cuts what is left.
 */
export const serveTraffic = (
  at: ListeningAt,
  handler: Handler,
): Effect.Effect<{ readonly port: number }, CannotListen, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const now = () => Number(clock.unsafeCurrentTimeNanos() / 1_000_000n)
    const server = http.createServer(timeouts(usualPatience), yield* patiently(usualPatience, now, handler))
    limitConnections(server)
    yield* listen(server, at, new Set())
    return { port: (server.address() as AddressInfo).port }
  })
