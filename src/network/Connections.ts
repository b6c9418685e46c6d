import * as net from "node:net"
import { limits } from "../core/limits.ts"
import { type Answered, AnswerReader } from "./AnswerReader.ts"
import type { Guard } from "./guard.ts"
import type { Target } from "./requestText.ts"
import { tlsModule } from "./secureModules.ts"

/** The codes of failures by time: of a connection that did not come about, and of an answer that paused for too long. */
export const connectTimeout = "connect-timeout"
export const readTimeout = "read-timeout"

/** The code of an answer that is not HTTP, or not as strict as it has to be (AnswerReader.ts). */
export const badAnswer = "bad-answer"

/** Host ms of connections: how long one is kept unused, and how long it may take to come about. */
export interface ConnectionMs {
  readonly idleMsMax: number
  readonly connectMs: number
}

/** Who waits for an answer: told once, and nothing when the connection is dropped. */
interface Asker {
  readonly answered: (answer: Answered) => void
  /** `status` is that of the answer. */
  readonly tooLong: (status: number) => void
  /** `stale`: the other end closed a kept connection just as it was taken up, so nothing of the request was read. */
  readonly failed: (cause: unknown, stale: boolean) => void
}

/** How a connection is made, and what becomes of it. */
interface Making {
  readonly target: Target
  readonly guard: Guard
  readonly connectMs: number
  /** Host ms without a byte, once it has come about, after which it is closed; 0: it may be silent. */
  readonly silentMs: number
  /** Whether that counts while an answer is waited for as well. */
  readonly bounded: boolean
  readonly reader: AnswerReader
  /** Where bytes are read to. */
  readonly room: Uint8Array
  /** Told when it has brought an answer, and when it has ended. */
  readonly free: (connection: Connection) => void
  readonly gone: (connection: Connection) => void
}

/** A connection, with one request on it at a time. */
class Connection {
  readonly #making: Making
  readonly #socket: net.Socket
  #asker: Asker | undefined
  #connected = false
  #reused = false

  constructor(making: Making) {
    this.#making = making
    this.#socket = connect(making, (bytes) => this.#take(bytes))
    this.#socket.setTimeout(making.connectMs)
    this.#socket
      .once("connect", () => {
        this.#connected = true
        this.#socket.setTimeout(making.silentMs)
      })
      .on("timeout", () => this.#silent())
      .on("error", (cause) => this.#fail(cause))
      .on("end", () => this.#ended())
      .on("close", () => this.#fail(coded("ECONNRESET")))
  }

  get origin(): string {
    return this.#making.target.origin
  }

  get guard(): Guard {
    return this.#making.guard
  }

  /** Sends a request; nobody else's may be on its way. */
  ask(method: string, text: string | Buffer, asker: Asker): void {
    this.#asker = asker
    this.#making.reader.begin(method)
    this.#socket.write(text)
  }

  /** Lets it rest until the next request, for less time than the other end says. Returns whether there may be one. */
  rest(idleMsMax: number): boolean {
    const { reader } = this.#making
    const seconds = reader.keptSeconds
    const ms = seconds === undefined ? idleMsMax : Math.min(idleMsMax, (seconds - 1) * 1000)
    if (ms <= 0 || this.#socket.writableLength > 0) return false
    if (this.#socket.timeout !== ms) this.#socket.setTimeout(ms)
    this.#socket.unref()
    reader.begin("") // Lets go of the body.
    this.#reused = true
    return true
  }

  /** Takes it up again. */
  wake(): void {
    this.#socket.ref()
  }

  /** Ends it; who waits is told nothing. */
  drop(): void {
    this.#asker = undefined
    this.#making.gone(this)
    this.#socket.destroy()
  }

  #take(bytes: Buffer): void {
    const asker = this.#asker
    // What nobody asked for must not become the answer to the next request.
    if (asker === undefined) {
      this.drop()
      return
    }
    const { reader } = this.#making
    const reading = reader.take(bytes)
    if (reading === "whole") this.#answered(asker)
    else if (reading === "bad") this.#fail(coded(badAnswer))
    else if (reading === "too-long") {
      this.drop()
      asker.tooLong(reader.status)
    }
  }

  /** It is free before the answer is told: what that leads to can go over it. */
  #answered(asker: Asker): void {
    const { free, reader } = this.#making
    const { answer } = reader
    this.#asker = undefined
    free(this)
    asker.answered(answer)
  }

  #ended(): void {
    const asker = this.#asker
    if (asker !== undefined && this.#making.reader.end() === "whole") this.#answered(asker)
    else this.#fail(coded("ECONNRESET"))
  }

  #silent(): void {
    if (!this.#connected) this.#fail(coded(connectTimeout))
    else if (this.#asker === undefined) this.drop()
    else if (this.#making.bounded) this.#fail(coded(readTimeout))
  }

  #fail(cause: NodeJS.ErrnoException): void {
    const asker = this.#asker
    const unread = this.#reused && !this.#making.reader.begun
    this.drop()
    asker?.failed(cause, unread && (cause.code === "ECONNRESET" || cause.code === "EPIPE"))
  }
}

const coded = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code })

const connect = ({ guard, room, target }: Making, take: (bytes: Buffer) => void): net.Socket => {
  const { host, port, secure } = target
  const onread: net.OnReadOpts = {
    // Each connection reads into the same room: what is there is taken before the next one reads.
    buffer: room,
    callback: (length, bytes) => {
      take((bytes as Buffer).subarray(0, length))
      return true
    },
  }
  const options = { host, port, lookup: guard.lookup, noDelay: true, onread }
  if (!secure) return net.connect(options)
  // An address is no name that TLS could ask for.
  return tlsModule().connect({ ...options, servername: net.isIP(host) === 0 ? host : "", ALPNProtocols: ["http/1.1"] })
}

/**
 * The connections of a client. One that has brought an answer is kept for the next request to its origin, for `idleMsMax` at most.
 *
 * Connects to what the guard in force permits; a connection that another guard let through is not used again.
 */
export class Connections {
  readonly #guard: () => Guard
  readonly #ms: ConnectionMs
  readonly #bodyBytesMax: number
  readonly #room = Buffer.allocUnsafeSlow(64 * 1024)
  readonly #all = new Set<Connection>()
  /** Those that rest, by their origin: the last one that came is the first to be used. */
  readonly #resting = new Map<string, Array<Connection>>()
  #restingCount = 0

  constructor(guard: () => Guard, ms: ConnectionMs, bodyBytesMax: number) {
    this.#guard = guard
    this.#ms = ms
    this.#bodyBytesMax = bodyBytesMax
  }

  /** One that rests, or a new one. Throws what the guard throws. */
  take(target: Target): Connection {
    const guard = this.#guard()
    const resting = this.#resting.get(target.origin)
    for (let last = resting?.at(-1); last !== undefined; last = resting?.at(-1)) {
      this.#unrest(last)
      if (last.guard === guard) {
        last.wake()
        return last
      }
      last.drop()
    }
    return this.#made(target, guard, { connectMs: this.#ms.connectMs, silentMs: this.#ms.idleMsMax, bounded: false })
  }

  /** A new one for one request, with its own bounds. Throws what the guard throws. */
  own(target: Target, connectMs: number | undefined, readMs: number | undefined): Connection {
    const bounds = { connectMs: connectMs ?? this.#ms.connectMs, silentMs: readMs ?? 0, bounded: true }
    return this.#made(target, this.#guard(), bounds)
  }

  destroy(): void {
    for (const connection of this.#all) connection.drop()
  }

  #made(target: Target, guard: Guard, bounds: Pick<Making, "bounded" | "connectMs" | "silentMs">): Connection {
    guard.check(target.url)
    const connection = new Connection({
      ...bounds,
      target,
      guard,
      reader: new AnswerReader(this.#bodyBytesMax),
      room: this.#room,
      free: bounds.bounded ? ended : this.#free,
      gone: this.#gone,
    })
    this.#all.add(connection)
    return connection
  }

  readonly #free = (connection: Connection): void => {
    const kept =
      this.#restingCount < limits.wireInFlightMax &&
      connection.guard === this.#guard() &&
      connection.rest(this.#ms.idleMsMax)
    if (!kept) {
      connection.drop()
      return
    }
    const { origin } = connection
    const resting = this.#resting.get(origin)
    if (resting === undefined) this.#resting.set(origin, [connection])
    else resting.push(connection)
    this.#restingCount++
  }

  readonly #gone = (connection: Connection): void => {
    if (this.#all.delete(connection)) this.#unrest(connection)
  }

  #unrest(connection: Connection): void {
    const resting = this.#resting.get(connection.origin)
    const at = resting?.lastIndexOf(connection) ?? -1
    if (resting === undefined || at < 0) return
    resting.splice(at, 1)
    if (resting.length === 0) this.#resting.delete(connection.origin)
    this.#restingCount--
  }
}

const ended = (connection: Connection): void => connection.drop()
