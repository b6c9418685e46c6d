import * as http from "node:http"
import type * as https from "node:https"
import type { Socket } from "node:net"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { limits } from "../core/limits.ts"
import type { Guard } from "./guard.ts"
import { httpsModule } from "./secureModules.ts"

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Host ms to connect, where they are not the usual ones, and between two bytes of the answer, where these are bounded. */
  readonly connectMs?: number | undefined
  readonly readMs?: number | undefined
}

/** Host ms a connection has to come about unless a request says otherwise. Source: error 11201, "Webhooks: connection overrides". */
export const connectMsUsual = 5_000

/** The code of a failure by `connectMs` or `readMs`. */
export const connectTimeout = "connect-timeout"
export const readTimeout = "read-timeout"

/** How a request ended; `cause` is the system's error, or what a URL that is none threw. */
export type Landing =
  | {
      readonly _tag: "Answered"
      readonly status: number
      readonly contentType: string
      readonly body: Buffer
      /** Of a redirect: where to. */
      readonly location?: string
    }
  | { readonly _tag: "TooLong"; readonly status: number }
  | { readonly _tag: "Failed"; readonly cause: unknown }

/** Sends requests. Plain callbacks: two fibres and a web `Response` for each cost more than the request (docs/performance.md). */
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
 * The client of the wire over node's own: one answer with its whole body for each request. Connections are kept for
 * `idleMsMax`, or until the scope closes.
 *
 * Connects to what the guard in force permits; a connection that another guard let through is not used again. Follows no redirect.
 * Refuses a body of more than `bodyBytesMax`: `TooLong`, as soon as there are more.
 */
export const makeNodeClient = (
  bodyBytesMax: number,
  guard: () => Guard,
  { connectMs = connectMsUsual, idleMsMax = limits.wireIdleMsMax }: ConnectionMs = {},
): Effect.Effect<WireClient, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => new KeptConnections(guard, { connectMs, idleMsMax })),
    (kept) => Effect.sync(() => kept.destroy()),
  ).pipe(Effect.map((kept): WireClient => ({ send: send(kept, bodyBytesMax) })))

/**
 * Has an agent's connections come about in `connectMs`: bounded where they are made, so that a request over one that is kept costs
 * nothing more.
 */
const bounding = <A extends http.Agent>(agent: A, ms: Required<ConnectionMs>): A => {
  const make = agent.createConnection.bind(agent)
  agent.createConnection = (...args) => connecting(make(...args) as Socket, ms)
  return agent
}

/** A connection that fails unless it comes about in time. */
const connecting = (socket: Socket, { connectMs, idleMsMax }: Required<ConnectionMs>): Socket => {
  const fail = () => socket.destroy(timedOut(connectTimeout))
  socket.setTimeout(connectMs, fail)
  socket.once("connect", () => {
    socket.off("timeout", fail)
    socket.setTimeout(idleMsMax)
  })
  return socket
}

class Agents {
  readonly guard: Guard
  readonly http: http.Agent
  readonly #options: http.AgentOptions
  readonly #ms: Required<ConnectionMs>
  #https: https.Agent | undefined

  constructor(guard: Guard, ms: Required<ConnectionMs>) {
    this.guard = guard
    this.#options = { keepAlive: true, lookup: guard.lookup, timeout: ms.idleMsMax } as http.AgentOptions
    this.#ms = ms
    this.http = bounding(new http.Agent(this.#options), ms)
  }

  get https(): https.Agent {
    this.#https ??= bounding(new (httpsModule().Agent)(this.#options), this.#ms)
    return this.#https
  }

  /** Those that were needed. */
  get made(): ReadonlyArray<http.Agent> {
    return this.#https === undefined ? [this.http] : [this.http, this.#https]
  }
}

/** Agents of the guard in force. Those of one before let their requests end and keep no connection. */
class KeptConnections {
  readonly #guard: () => Guard
  readonly #ms: Required<ConnectionMs>
  readonly #before = new Set<Agents>()
  #now: Agents

  constructor(guard: () => Guard, ms: Required<ConnectionMs>) {
    this.#guard = guard
    this.#ms = ms
    this.#now = new Agents(guard(), ms)
  }

  /** Host ms that a connection has to come about. */
  get connectMs(): number {
    return this.#ms.connectMs
  }

  get agents(): Agents {
    const guard = this.#guard()
    if (guard !== this.#now.guard) {
      this.#retire(this.#now)
      this.#now = new Agents(guard, this.#ms)
    }
    return this.#now
  }

  destroy(): void {
    for (const { made } of [this.#now, ...this.#before]) for (const agent of made) agent.destroy()
  }

  #retire(agents: Agents): void {
    for (const before of this.#before) if (isIdle(before)) this.#before.delete(before)
    for (const agent of agents.made) {
      agent.maxFreeSockets = 0
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
    }
    if (!isIdle(agents)) this.#before.add(agents)
  }
}

const isIdle = ({ made }: Agents): boolean => made.every(({ sockets }) => Object.keys(sockets).length === 0)

const send =
  (kept: KeptConnections, bodyBytesMax: number): WireClient["send"] =>
  ({ body, connectMs, headers, method, readMs, url }, landed) => {
    const bounded = connectMs !== undefined || readMs !== undefined
    let over = false
    let sent: http.ClientRequest | undefined
    const end = (landing: Landing) => {
      if (over) return
      over = true
      landed(landing)
    }
    const fail = (cause: unknown) => end({ _tag: "Failed", cause })
    const begin = (again: boolean): void => {
      let mine: http.ClientRequest
      try {
        const target = new URL(url)
        const { agents } = kept
        agents.guard.check(target)
        const secure = target.protocol === "https:"
        // A second try takes a connection of its own, and so does one whose connecting or reading is bounded.
        const own = again || bounded
        const agent = own ? false : secure ? agents.https : agents.http
        const options = { agent, headers, lookup: agents.guard.lookup, method }
        mine = (secure ? httpsModule().request : http.request)(target, options)
        if (own) bound(mine, connectMs ?? kept.connectMs, readMs)
      } catch (cause) {
        queueMicrotask(() => fail(cause))
        return
      }
      sent = mine
      let answering = false
      mine.on("error", (cause: NodeJS.ErrnoException) => {
        // The other end closed a kept connection just as it was taken up: nothing of the request was read.
        const stale = mine.reusedSocket && !answering && (cause.code === "ECONNRESET" || cause.code === "EPIPE")
        if (stale && !again && !over) begin(true)
        else fail(cause)
      })
      mine.on("response", (message) => {
        answering = true
        readWhole(message, bodyBytesMax, end)
      })
      mine.end(body)
    }
    begin(false)
    return () => {
      over = true
      sent?.destroy()
    }
  }

/** Ends a request that connects or is answered too slowly. */
const bound = (request: http.ClientRequest, connectMs: number, readMs: number | undefined): void => {
  request.once("socket", (socket) => {
    let code = connectTimeout
    socket.setTimeout(connectMs)
    socket.once("connect", () => {
      code = readTimeout
      socket.setTimeout(readMs ?? 0)
    })
    socket.once("timeout", () => request.destroy(timedOut(code)))
  })
}

const timedOut = (code: string): Error => Object.assign(new Error(code), { code })

/** Gives the answer once its body is there, or as soon as that is too long. */
const readWhole = (message: http.IncomingMessage, bodyBytesMax: number, end: (landing: Landing) => void): void => {
  const status = message.statusCode ?? 0
  const chunks: Array<Buffer> = []
  let length = 0
  message.on("error", (cause) => end({ _tag: "Failed", cause }))
  message.on("data", (chunk: Buffer) => {
    length += chunk.length
    chunks.push(chunk)
    if (length <= bodyBytesMax) return
    end({ _tag: "TooLong", status })
    message.destroy()
  })
  message.on("end", () => {
    const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
    const { "content-type": contentType = "", location } = message.headers
    const redirects = location !== undefined && status >= 300 && status < 400
    end({ _tag: "Answered", status, contentType, body, ...(redirects ? { location } : {}) })
  })
}
