import type * as http from "node:http"
import type * as net from "node:net"
import type * as tls from "node:tls"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Runtime from "effect/Runtime"
import { limits } from "../core/limits.ts"
import { isLoopback } from "../network/isLoopback.ts"
import { tlsModule } from "../network/secureModules.ts"
import type { CaUnusable, LocalCa } from "./LocalCa.ts"
import { type Authority, authorityShown, parseAuthority, simulatedName } from "./names.ts"
import { endWith, established, mayPass, passOn, plain, refusal, Tunnels } from "./others.ts"
import { ProxyCounts, type ProxySeen } from "./seen.ts"

/*
 *   CONNECT api.twilio.com:443 ──> TLS, a leaf for that name ──┐
 *   TLS to tls_port, SNI api.twilio.com ───────────────────────┼──> the exchange's HTTP server: the carrier's API, whatever the path
 *   GET http://api.twilio.com/… ───────────────────────────────┘
 *   CONNECT or GET of the exchange's own address ──────────────────> the exchange's HTTP server, as if asked directly
 *   CONNECT or GET of any other host ──────────────────────────────> passed on unread, or refused
 *
 * 1. A certificate is made for simulated names alone: SNI decides, whatever CONNECT named.
 * 2. What was asked under a simulated name never reaches pages or the control API.
 * 3. The caller's own address stays the peer of every request: what only loopback callers may do they may do here, and nobody else.
 */

export interface ProxyOptions {
  /** What becomes of other hosts; nothing said: callers on this machine pass, others are refused. */
  readonly others: "pass" | "refuse" | undefined
  /** Opened when the first simulated name is asked for by TLS. */
  readonly ca: Effect.Effect<LocalCa, CaUnusable>
  /** Told what a person should know, a line each. */
  readonly told: (line: string) => void
}

/** The proxy of one server. */
export interface ForwardProxy {
  readonly seen: () => ProxySeen
  /** The TLS side: what it takes over goes to the exchange's server. Listens nowhere by itself. */
  readonly tls: tls.Server
  /** Has a server take what comes to the proxy; `own` are host names it is known by besides loopback ones. */
  readonly attach: (server: http.Server, own: ReadonlySet<string>) => void
  /**
   * Looks at a request. `done`: it was for another host and is dealt with; `carrier`: for a simulated one; `own`: for the exchange itself.
   * What names its host on the request line has only its path there afterwards.
   */
  readonly take: (request: http.IncomingMessage, response: http.ServerResponse) => "done" | "carrier" | "own"
  /** Whether a request was asked under `https`, which URLs in its answer have then, too. */
  readonly isSecure: (request: http.IncomingMessage) => boolean
  /** Ends connections to other hosts, and those on which nothing was asked: a server that stops waits for neither. */
  readonly end: () => void
}

/** Makes the proxy; it does nothing until it is attached. */
export const makeProxy = (options: ProxyOptions): Effect.Effect<ForwardProxy> =>
  Effect.gen(function* () {
    const runPromise = Runtime.runPromise(yield* Effect.runtime<never>())
    let opening: ReturnType<OpenCa> | undefined
    const openCa: OpenCa = () => {
      opening ??= runPromise(Effect.either(options.ca)).then((ca) => {
        // What is wrong may be put right before the next one asks.
        if (Either.isLeft(ca)) opening = undefined
        return ca
      })
      return opening
    }
    return new Front(options, openCa)
  })

type OpenCa = () => Promise<Either.Either<LocalCa, CaUnusable>>

class Front implements ForwardProxy {
  readonly #openCa: OpenCa
  #tls: tls.Server | undefined
  readonly #options: ProxyOptions
  readonly #counts = new ProxyCounts()
  readonly #tunnels = new Tunnels()
  /** Connections of simulated names. */
  readonly #carriers = new WeakSet<object>()
  /** TLS connections on which nothing was asked yet. */
  readonly #fresh = new Set<net.Socket>()
  /** Requests whose request line says https. */
  readonly #secure = new WeakSet<http.IncomingMessage>()
  #server: http.Server | undefined
  #own: ReadonlySet<string> = new Set()
  #caToldBroken = false

  constructor(options: ProxyOptions, openCa: OpenCa) {
    this.#options = options
    this.#openCa = openCa
  }

  get tls(): tls.Server {
    this.#tls ??= this.#makeTls()
    return this.#tls
  }

  #makeTls(): tls.Server {
    const made = tlsModule().createServer({
      ALPNProtocols: ["http/1.1"],
      handshakeTimeout: limits.headersMsMax,
      minVersion: "TLSv1.2",
      SNICallback: (given, callback) => {
        const name = simulatedName(given)
        if (name === undefined) return callback(notSimulated)
        this.#openCa()
          .then((ca) => {
            if (Either.isRight(ca)) return ca.right.contextFor(name)
            this.#tellBroken(ca.left.message)
            throw ca.left
          })
          .then(
            (context) => callback(null, context),
            (cause) => callback(cause as Error),
          )
        return undefined
      },
    })
    made.on("secureConnection", (socket) => this.#taken(socket))
    // Who breaks off the handshake mostly does not trust the CA.
    made.on("tlsClientError", (cause, socket) => {
      if (cause !== notSimulated) this.#counts.distrusted++
      socket.destroy()
    })
    return made
  }

  seen = (): ProxySeen => this.#counts.seen

  isSecure = (request: http.IncomingMessage): boolean =>
    (request.socket as tls.TLSSocket).encrypted === true || this.#secure.has(request)

  attach = (server: http.Server, own: ReadonlySet<string>): void => {
    this.#server = server
    this.#own = own
    server.on("connect", (request, socket, head) => this.#connect(request, socket as net.Socket, head))
  }

  take = (request: http.IncomingMessage, response: http.ServerResponse): "done" | "carrier" | "own" => {
    const { socket, url = "/" } = request
    if (this.#carriers.has(socket)) {
      this.#fresh.delete(socket)
      this.#count(request)
      toPath(request)
      return "carrier"
    }
    const named = /^(https?):\/\/([^/?#]*)/i.exec(url)
    if (named === null) return "own"
    const [whole, scheme = "", text = ""] = named
    const secure = scheme.toLowerCase() === "https"
    const to = parseAuthority(text.replace(/^.*@/s, ""), secure ? 443 : 80)
    if (to === undefined) {
      plain(response, 400, "Ringback's proxy expects a host in the request line\n")
      return "done"
    }
    if (simulatedName(to.host) !== undefined || this.#isOwn(to)) {
      request.url = pathOf(url.slice(whole.length))
      request.headers.host = text.replace(/^.*@/s, "")
      if (simulatedName(to.host) === undefined) return "own"
      this.#count(request)
      if (secure) this.#secure.add(request)
      return "carrier"
    }
    this.#other(request, response, to, url)
    return "done"
  }

  end = (): void => {
    this.#tunnels.destroy()
    for (const socket of this.#fresh) socket.destroy()
  }

  #other(request: http.IncomingMessage, response: http.ServerResponse, to: Authority, url: string): void {
    if (!this.#passes(to, request.socket)) plain(response, 403, refusal(authorityShown(to)))
    else if (!URL.canParse(url)) plain(response, 400, "Ringback's proxy expects a URL in the request line\n")
    else {
      const target = new URL(url)
      target.username = ""
      target.password = ""
      passOn(request, response, target)
    }
  }

  #connect(request: http.IncomingMessage, socket: net.Socket, head: Buffer): void {
    socket.on("error", () => socket.destroy())
    // A request before this one on the same connection may have left it unread.
    socket.resume()
    const to = parseAuthority(request.url ?? "")
    if (to === undefined) endWith(socket, 400, "Ringback's proxy expects CONNECT HOST:PORT\n")
    else if (simulatedName(to.host) !== undefined) {
      this.#counts.connects++
      this.#begin(socket, head, true)
    } else if (this.#isOwn(to)) this.#begin(socket, head, false)
    else if (this.#passes(to, socket)) this.#tunnels.connect(socket, head, to)
    else endWith(socket, 403, refusal(authorityShown(to)))
  }

  /** Takes the other end's place: its first byte says whether it speaks TLS. */
  #begin(socket: net.Socket, head: Buffer, carriers: boolean): void {
    socket.write(established)
    socket.setTimeout(limits.headersMsMax, () => socket.destroy())
    const choose = (first: Buffer) => {
      socket.setTimeout(0)
      socket.removeAllListeners("timeout")
      socket.pause()
      socket.unshift(first)
      // TLS over a connection of an HTTP server would else keep it when the client has gone.
      socket.allowHalfOpen = false
      if (first[0] === handshakeByte && carriers) this.tls.emit("connection", socket)
      else this.#taken(socket, carriers)
    }
    if (head.length > 0) choose(head)
    else socket.once("data", choose)
  }

  /** Hands a connection to the exchange's server. */
  #taken(socket: net.Socket, carriers = true): void {
    socket.on("error", () => socket.destroy())
    if (carriers) this.#carriers.add(socket)
    if ((socket as tls.TLSSocket).encrypted) {
      this.#fresh.add(socket)
      socket.once("close", () => {
        if (this.#fresh.delete(socket)) this.#counts.distrusted++
      })
    }
    if (this.#server === undefined || !this.#server.listening) socket.destroy()
    else this.#server.emit("connection", socket)
    // It was paused while it was looked at.
    socket.resume()
  }

  /** Counts a request of an application; OPTIONS leads to no entry, and is how doctor looks whether somebody answers. */
  #count({ method }: http.IncomingMessage): void {
    if (method !== "OPTIONS") this.#counts.requests++
  }

  #passes(to: Authority, socket: net.Socket): boolean {
    const passes = mayPass(this.#options.others, socket.remoteAddress)
    const first = this.#counts.other(authorityShown(to), passes ? "passed" : "refused")
    if (first && !passes) this.#options.told(`the proxy does not pass on to ${authorityShown(to)} (proxy.others)`)
    return passes
  }

  #isOwn({ host, port }: Authority): boolean {
    const address = this.#server?.address()
    if (typeof address !== "object" || address === null || address.port !== port) return false
    return host === "localhost" || host.endsWith(".localhost") || isLoopback(host) || this.#own.has(host)
  }

  #tellBroken(message: string): void {
    if (this.#caToldBroken) return
    this.#caToldBroken = true
    this.#options.told(`no certificate can be made: ${message}`)
  }
}

/** Why a handshake under another name ends. */
const notSimulated = new Error("only simulated names have certificates")

/** What a TLS client sends first: the type of a handshake record. Source: RFC 8446, 5.1. */
const handshakeByte = 0x16

/** A target without the scheme and host that may stand before its path. */
const toPath = (request: http.IncomingMessage): void => {
  const named = /^https?:\/\/[^/?#]*/i.exec(request.url ?? "")
  if (named !== null) request.url = pathOf((request.url ?? "").slice(named[0].length))
}

const pathOf = (rest: string): string => (rest.startsWith("/") ? rest : `/${rest}`)
