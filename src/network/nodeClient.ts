import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { limits } from "../core/limits.ts"
import type { Answered } from "./AnswerReader.ts"
import { Connections } from "./Connections.ts"
import type { Guard } from "./guard.ts"
import { requestText, targetOf, type WireRequest } from "./requestText.ts"

export { connectTimeout, readTimeout } from "./Connections.ts"
export type { WireRequest } from "./requestText.ts"

/** Host ms a connection has to come about unless a request says otherwise. Source: error 11201, "Webhooks: connection overrides". */
export const connectMsUsual = 5_000

/** How a request ended; `cause` is the system's error, or what a URL that is none threw. */
export type Landing =
  | Answered
  | { readonly _tag: "TooLong"; readonly status: number }
  | { readonly _tag: "Failed"; readonly cause: unknown }

/** Sends requests, by plain callbacks (docs/decisions/0007-wire-by-callbacks.md). */
export interface WireClient {
  /** Gives what cancels the request. Tells how it ended, once, later, and not at all once it is cancelled. */
  readonly send: (request: WireRequest, landed: (landing: Landing) => void) => () => void
}

/** Host ms of connections: how long one is kept unused, and how long it may take to come about. */
export interface ConnectionMs {
  readonly idleMsMax?: number
  readonly connectMs?: number
}

/**
 * The client of the wire, over node's sockets: one answer with its whole body for each request. Connections are kept for
 * `idleMsMax`, or until the scope closes, and connect to what the guard in force permits.
 *
 * Speaks HTTP/1.1 itself (docs/decisions/0017-wire-speaks-http.md). Follows no redirect. Refuses a body of more than
 * `bodyBytesMax`: `TooLong`, as soon as there are more.
 */
export const makeNodeClient = (
  bodyBytesMax: number,
  guard: () => Guard,
  { connectMs = connectMsUsual, idleMsMax = limits.wireIdleMsMax }: ConnectionMs = {},
): Effect.Effect<WireClient, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new Connections(guard, { connectMs, idleMsMax }, bodyBytesMax)),
    (connections) => Effect.sync(() => connections.destroy()),
  ).pipe(Effect.map((connections): WireClient => ({ send: send(connections) })))

const send =
  (connections: Connections): WireClient["send"] =>
  (request, landed) => {
    const { connectMs, method, readMs } = request
    const bounded = connectMs !== undefined || readMs !== undefined
    let over = false
    let connection: ReturnType<Connections["take"]> | undefined
    const end = (landing: Landing) => {
      if (over) return
      over = true
      landed(landing)
    }
    const fail = (cause: unknown) => end({ _tag: "Failed", cause })
    const begin = (again: boolean): void => {
      try {
        const target = targetOf(request.url)
        // A second try takes a connection of its own, and so does one whose connecting or reading is bounded.
        const own = again || bounded
        const text = requestText(request, target, !own)
        connection = own ? connections.own(target, connectMs, readMs) : connections.take(target)
        connection.ask(method, text, {
          answered: end,
          tooLong: (status) => end({ _tag: "TooLong", status }),
          failed: (cause, stale) => {
            if (stale && !again && !over) begin(true)
            else fail(cause)
          },
        })
      } catch (cause) {
        queueMicrotask(() => fail(cause))
      }
    }
    begin(false)
    return () => {
      if (over) return
      over = true
      connection?.drop()
    }
  }
