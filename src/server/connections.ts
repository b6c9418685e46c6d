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

/** Host ms that a connection is kept without a request. */
export const keepAliveMs = 65_000

/** Node's own time-outs for those who send slowly. They are answered 408, then the connection is closed. */
export const timeouts = ({ headersMsMax, requestMsMax }: Patience) => ({
  connectionsCheckingInterval: 1_000,
  headersTimeout: headersMsMax,
  keepAliveTimeout: keepAliveMs,
  requestTimeout: requestMsMax,
})

/** Host ms between two looks at who takes how long: answers made in between come on top of `unreadBytesMax`. */
const lookMs = 100

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Connections whose answers may not be taken; until the scope closes, those who do not take theirs are cut: Node has no limit for that. */
export interface Unread {
  /** From now on an answer may wait for this connection. */
  readonly begin: (socket: Socket) => void
  /** None waits any more. */
  readonly end: (socket: Socket) => void
}

/** `now` is the host's monotonic clock in ms. */
export const watchUnread = (
  { unreadBytesMax, unreadMsMax }: Patience,
  now: () => number,
): Effect.Effect<Unread, never, Scope.Scope> => {
  /** Bytes taken at the last look, and since when it is not one more. */
  const connections = new Map<Socket, { taken: number; since: number }>()
  const look = () => {
    const at = now()
    let unread = 0
    for (const [socket, seen] of connections) {
      const waiting = socket.writableLength
      unread += waiting
      const taken = socket.bytesWritten - waiting
      if (waiting === 0 || taken !== seen.taken) {
        seen.taken = taken
        seen.since = at
      } else if (at - seen.since >= unreadMsMax) socket.destroy()
    }
    if (unread <= unreadBytesMax) return
    for (const [socket] of [...connections].sort(([, a], [, b]) => a.since - b.since)) {
      if (unread <= unreadBytesMax) return
      unread -= socket.writableLength
      if (socket.writableLength > 0) socket.destroy()
    }
  }
  const unread = {
    begin: (socket: Socket) => void connections.set(socket, { taken: 0, since: now() }),
    end: (socket: Socket) => void connections.delete(socket),
  }
  return Effect.as(Effect.forkScoped(Effect.repeat(Effect.sync(look), Schedule.spaced(lookMs))), unread)
}

/**
 * Makes a handler see one request of a connection at a time.
 *
 * A caller that asks again before it is answered is not read until then: each of its requests may have an answer of some
 * megabytes.
 */
export const oneAtATime = (unread: Unread, handler: Handler): Handler => {
  /** Requests that came before their forerunner was answered, of each connection with one under way. */
  const connections = new Map<Socket, Array<() => void>>()
  return (request, response) => {
    const { socket } = request
    const go = () => {
      response.once("close", next)
      handler(request, response)
    }
    const next = () => {
      const following = connections.get(socket)?.shift()
      // Whom no answer can reach any more, because the connection is ending, asks nothing: it would be done, and not told.
      if (following !== undefined && socket.writable) return following()
      connections.delete(socket)
      unread.end(socket)
      if (socket.isPaused()) socket.resume()
    }
    const waiting = connections.get(socket)
    if (waiting === undefined) {
      connections.set(socket, [])
      unread.begin(socket)
      return go()
    }
    waiting.push(go)
    socket.pause()
  }
}

/** Both, for a server of its own: one request of a connection at a time, and none that takes no answers. */
export const patiently = (
  patience: Patience,
  now: () => number,
  handler: Handler,
): Effect.Effect<Handler, never, Scope.Scope> =>
  Effect.map(watchUnread(patience, now), (unread) => oneAtATime(unread, handler))

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
