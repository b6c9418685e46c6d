import * as http from "node:http"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { providerApi } from "../gateway/providers/simulated.ts"
import { ApiIntake } from "./ApiIntake.ts"
import { apiHandler } from "./apiHandler.ts"
import { limitConnections, patiently, timeouts, usualPatience } from "./connections.ts"
import { Exchange } from "./Exchange.ts"
import { type CannotListen, type ListeningAt, listen } from "./listening.ts"

/** The option that says which port the first provider has; of a port that is taken it is named. */
export const providersPortFlag = "--providers-port"

/** The first provider's port, where nobody says another one; the next ones follow it. */
export const providersPort = 8071

/**
 * Opens simulated providers to callers from outside, each on a port of its own.
 *
 * Gives the ports in the order of the providers; from port 0 on they are any free ones. Every port answers for its provider and the
 * others: the path says whose a request is.
 */
export const serveProviders = (
  count: number,
  { host, port: first }: ListeningAt,
): Effect.Effect<ReadonlyArray<number>, CannotListen, Exchange | Scope.Scope> =>
  Effect.gen(function* () {
    const { doors, run } = yield* Exchange
    const door = doors.get(providerApi)
    if (door === undefined) return []
    const handler = yield* patiently(
      usualPatience,
      run.clock.hostMonotonic,
      apiHandler(new ApiIntake(run.engine, door)),
    )
    const ports: Array<number> = []
    for (let i = 0; i < count; i++) {
      const server = http.createServer(timeouts(usualPatience), handler)
      limitConnections(server)
      const port = first === 0 ? 0 : first + i
      yield* listen(server, { host, port, flag: providersPortFlag }, new Set())
      ports.push((server.address() as AddressInfo).port)
    }
    return ports
  })
