import type * as http from "node:http"
import type { Socket } from "node:net"
import type { TLSSocket } from "node:tls"
import type { ApiCaller, ApiIntake } from "./ApiIntake.ts"
import { answerHead } from "./answerHead.ts"
import { keepAliveMs, type Unread } from "./connections.ts"
import { readPlain } from "./plainRequest.ts"

/** What a lane works with. */
export interface PlainLaneOptions {
  /** Who answers a plain request for a path, without its query; undefined: node's server and whoever is behind it. */
  readonly intakeOf: (path: string) => ApiIntake | undefined
  /** What is told how long a request took, and since when, on the host's monotonic clock in ms; undefined: nobody wants to know. */
  readonly timing: (path: string) => (() => void) | undefined
  readonly unread: Unread
  readonly rest: (socket: Socket) => void
  /** Host ms since the Unix epoch, for answers that are of no instant of the run. */
  readonly hostNow: () => number
  /** Host ms that a connection may be silent before its first request. */
  readonly headersMsMax: number
}

/**
 * Answers plain requests (plainRequest.ts) of APIs without node's server around them, which takes as long as the rules do: its objects,
 * events and streams are made for requests of any size, and these lie there whole (docs/decisions/0018-plain-requests.md).
 *
 * A connection begins here. With the first bytes that are no plain request of an API it goes over to node's server, bytes and all, and
 * stays there. As there, it is served one request at a time, and each answer says what node's would, byte for byte.
 */
export class PlainLane {
  readonly #server: http.Server
  readonly #usual: (socket: Socket) => void
  readonly #connections = new Set<PlainConnection>()
  /** Connections that node's server has. */
  readonly #given = new WeakSet<Socket>()
  readonly options: PlainLaneOptions
  /** No more requests are waited for. */
  ended = false

  /** Comes before everything that listens for connections of this server by now. */
  constructor(server: http.Server, options: PlainLaneOptions) {
    const [usual] = server.listeners("connection") as Array<(socket: Socket) => void>
    if (usual === undefined) throw new Error("a server without a listener for its connections")
    this.#server = server
    this.#usual = usual
    this.options = options
    server.removeListener("connection", usual)
    server.on("connection", this.#take)
  }

  /** Closes the connections on which nothing is under way, and each of the others behind its answer, which says so. */
  end(): void {
    this.ended = true
    for (const connection of this.#connections) connection.endIfIdle()
  }

  /** Cuts what is left. */
  cut(): void {
    for (const { socket } of this.#connections) socket.destroy()
  }

  /** Has node's server go on with a connection, beginning with these bytes. */
  give(connection: PlainConnection, bytes: Buffer): void {
    const { socket } = connection
    this.#connections.delete(connection)
    this.#given.add(socket)
    socket.pause()
    socket.unshift(bytes)
    this.#usual.call(this.#server, socket)
    socket.resume()
  }

  readonly #take = (socket: Socket): void => {
    // What the proxy has looked at comes again, and may be TLS or stand for another host.
    if (this.#given.has(socket) || (socket as TLSSocket).encrypted === true) this.#usual.call(this.#server, socket)
    else {
      const connection = new PlainConnection(socket, this)
      this.#connections.add(connection)
      socket.once("close", () => this.#connections.delete(connection))
    }
  }
}

/** One connection, and the request that is under way on it. */
class PlainConnection implements ApiCaller {
  readonly socket: Socket
  readonly secure = false
  readonly #lane: PlainLane
  method = ""
  url = ""
  headers: ApiCaller["headers"] = {}
  /** Who answers the request under way. */
  #intake: ApiIntake | undefined
  /** Whether it counts that one: it was not refused for there being too many. */
  #counted = false
  #timed: (() => void) | undefined
  /** What came before its forerunner was answered. */
  #held: Buffer | undefined
  #asked = false

  constructor(socket: Socket, lane: PlainLane) {
    this.socket = socket
    this.#lane = lane
    socket.setTimeout(lane.options.headersMsMax)
    socket.on("data", this.#data)
    socket.on("end", this.#end)
    socket.on("error", this.#error)
    socket.on("timeout", this.#timeout)
    socket.on("close", this.#closed)
  }

  get peer(): string | undefined {
    return this.socket.remoteAddress
  }

  /** Closes the connection unless somebody waits for an answer on it. */
  endIfIdle(): void {
    if (this.#intake === undefined) this.socket.destroySoon()
  }

  answer(status: number, headers: ReadonlyArray<string>, body: string | Uint8Array): void {
    const { socket } = this
    // Who has gone meanwhile is told nothing.
    if (!socket.writable) return
    const head = answerHead(status, headers, { hostNow: this.#lane.options.hostNow, last: this.#lane.ended })
    // As node does: headers are Latin-1, but for those that are written together with a text.
    if (body.length === 0) socket.write(head, "latin1")
    else if (typeof body === "string") socket.write(head + body)
    else {
      socket.cork()
      socket.write(head, "latin1")
      socket.write(body)
      socket.uncork()
    }
    if (socket.writableLength === 0) this.#answered()
    else {
      this.#lane.options.unread.begin(socket)
      socket.write("", this.#taken)
    }
  }

  breakOff(how: "reset" | "closed"): void {
    if (how === "reset") this.socket.resetAndDestroy()
    else this.socket.destroy()
  }

  rest(): void {
    this.#lane.options.rest(this.socket)
  }

  readonly #data = (bytes: Buffer): void => {
    // Whom no answer can reach any more, because the connection is ending, asks nothing: it would be done, and not told.
    if (!this.socket.writable) return
    if (this.#intake !== undefined) {
      this.#held = this.#held === undefined ? bytes : Buffer.concat([this.#held, bytes])
      this.socket.pause()
      return
    }
    const { intakeOf, timing } = this.#lane.options
    const request = readPlain(bytes)
    const path = request === undefined ? "" : pathOf(request.url)
    const intake = request === undefined ? undefined : intakeOf(path)
    if (request === undefined || intake === undefined) {
      this.#give(bytes)
      return
    }
    if (!this.#asked) {
      this.#asked = true
      this.socket.setTimeout(keepAliveMs)
    }
    this.method = request.method
    this.url = request.url
    this.headers = request.headers
    this.#intake = intake
    this.#timed = timing(path)
    this.#counted = !intake.full
    if (this.#counted) {
      intake.open++
      intake.ask(this, request.body)
    } else intake.refuseFull(this)
  }

  /** The answer has been taken, or nobody is there to take it. */
  #answered(): void {
    if (this.#intake === undefined) return
    if (this.#counted) this.#intake.open--
    this.#intake = undefined
    this.#timed?.()
    const held = this.#held
    if (this.#lane.ended) this.socket.destroySoon()
    else if (held !== undefined) {
      this.#held = undefined
      this.socket.resume()
      this.#data(held)
    }
  }

  #give(bytes: Buffer): void {
    const { socket } = this
    socket.setTimeout(0)
    socket.off("data", this.#data)
    socket.off("end", this.#end)
    socket.off("error", this.#error)
    socket.off("timeout", this.#timeout)
    socket.off("close", this.#closed)
    this.#lane.give(this, bytes)
  }

  /** Node closes a connection whose other end asks nothing more, too. */
  readonly #end = (): void => {
    this.socket.end()
  }

  readonly #error = (): void => {
    this.socket.destroy()
  }

  readonly #taken = (): void => {
    this.#lane.options.unread.end(this.socket)
    this.#answered()
  }

  readonly #closed = (): void => {
    this.#lane.options.unread.end(this.socket)
    this.#held = undefined
    this.#timed = undefined
    this.#answered()
  }

  /** Nothing has come or gone for long: that is for an answer to take, and not for whoever might ask. */
  readonly #timeout = (): void => {
    if (this.#intake !== undefined) return
    if (this.#asked) this.socket.destroy()
    else {
      this.socket.write(tooSlow)
      this.socket.destroySoon()
    }
  }
}

const pathOf = (url: string): string => {
  const cut = url.indexOf("?")
  return cut < 0 ? url : url.slice(0, cut)
}

/** What it says to who asks nothing for too long. */
const tooSlow = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"
