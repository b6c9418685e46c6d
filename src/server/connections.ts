import * as fs from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Server, Socket } from "node:net"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { limits } from "../core/limits.ts"

/** What callers may cost who take their time; `limits` unless a test is in a hurry. */
export interface Patience {
  /** Host ms for the head of a request, from the connection's beginning or the last answer's end. */
  readonly headersMsMax: number
  /** Host ms for a whole request. */
  readonly requestMsMax: number
  /** Host ms an answer may wait without a byte of it being taken. */
  readonly unreadMsMax: number
  /** Bytes of all answers that wait to be taken; beyond, those that have waited longest are cut. */
  readonly unreadBytesMax: number
}

export const usualPatience: Patience = {
  headersMsMax: limits.headersMsMax,
  requestMsMax: limits.requestMsMax,
  unreadMsMax: limits.unreadMsMax,
  unreadBytesMax: limits.unreadBytesMax,
}

/** Node's own time-outs for those who send slowly. They are answered 408, then the connection is closed. */
export const timeouts = ({ headersMsMax, requestMsMax }: Patience) => ({
  connectionsCheckingInterval: 1_000,
  headersTimeout: headersMsMax,
  keepAliveTimeout: 65_000,
  requestTimeout: requestMsMax,
})

/** Host ms between two looks at who takes how long: answers made in between come on top of `unreadBytesMax`. */
const lookMs = 100

/** A connection with a request under way. */
interface Busy {
  /** Requests that came before their forerunner was answered. */
  readonly waiting: Array<() => void>
  /** Bytes taken at the last look, and since when it is not one more. */
  taken: number
  since: number
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/**
 * Makes a handler see one request of a connection at a time, and a connection without a request under way cost nothing.
 *
 * A caller that asks again before it is answered is not read until then: each of its requests may have an answer of some
 * megabytes. Callers that do not take their answers, for which Node has no limit, are cut until the scope closes.
 *
 * `now` is the host's monotonic clock in ms.
 */
export const patiently = (
  { unreadBytesMax, unreadMsMax }: Patience,
  now: () => number,
  handler: Handler,
): Effect.Effect<Handler, never, Scope.Scope> => {
  const connections = new Map<Socket, Busy>()
  const look = () => {
    const at = now()
    let unread = 0
    for (const [socket, busy] of connections) {
      const waiting = socket.writableLength
      unread += waiting
      const taken = socket.bytesWritten - waiting
      if (waiting === 0 || taken !== busy.taken) {
        busy.taken = taken
        busy.since = at
      } else if (at - busy.since >= unreadMsMax) socket.destroy()
    }
    if (unread <= unreadBytesMax) return
    for (const [socket] of [...connections].sort(([, a], [, b]) => a.since - b.since)) {
      if (unread <= unreadBytesMax) return
      unread -= socket.writableLength
      if (socket.writableLength > 0) socket.destroy()
    }
  }
  const handle: Handler = (request, response) => {
    const { socket } = request
    const go = () => {
      response.once("close", next)
      handler(request, response)
    }
    const next = () => {
      const following = connections.get(socket)?.waiting.shift()
      if (following !== undefined && !socket.destroyed) return following()
      connections.delete(socket)
      if (socket.isPaused()) socket.resume()
    }
    const busy = connections.get(socket)
    if (busy === undefined) {
      connections.set(socket, { waiting: [], taken: 0, since: now() })
      return go()
    }
    busy.waiting.push(go)
    socket.pause()
  }
  return Effect.as(Effect.forkScoped(Effect.repeat(Effect.sync(look), Schedule.spaced(lookMs))), handle)
}

/** Files a process needs besides its callers' connections: callbacks under way and kept, the log's, templates. */
const filesKept = 2 * limits.wireInFlightMax + 128

/** Lets a server take no more connections than leave the process files for its log and its callbacks. */
export const limitConnections = (server: Server): void => {
  const files = openFilesMax()
  server.maxConnections = Math.min(limits.connectionsMax, Math.max(files - filesKept, Math.floor(files / 2)))
}

/** How many files this process may have open; without a word from the system there is no limit here. */
const openFilesMax = (): number => {
  try {
    const soft = /^Max open files +(\d+)/m.exec(fs.readFileSync("/proc/self/limits", "utf8"))?.[1]
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
