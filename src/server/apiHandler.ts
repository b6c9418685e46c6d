import { createHash } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { limits } from "../core/limits.ts"
import type { ApiCaller, ApiIntake } from "./ApiIntake.ts"
import type { HttpRequest } from "./Exchange.ts"

/**
 * Takes what node's server reads to an API.
 *
 * `isSecure` tells whether a request was asked under https, as URLs in its answer then are.
 */
export const apiHandler = (intake: ApiIntake, isSecure: (request: IncomingMessage) => boolean = () => false) => {
  const rest = makeRest()
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method === "OPTIONS") {
      response.writeHead(204, intake.preflight as Array<string>)
      response.end()
      return
    }
    const caller = new NodeCaller(request, response, isSecure, rest)
    if (intake.full) {
      intake.refuseFull(caller)
      return
    }
    intake.open++
    response.once("close", () => intake.open--)
    readBody(request, (body, cut) => {
      if (cut) response.shouldKeepAlive = false
      intake.ask(caller, body)
    })
  }
}

/** A request that node's server has read. */
class NodeCaller implements ApiCaller {
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  readonly #isSecure: (request: IncomingMessage) => boolean
  readonly #rest: (socket: Socket) => void

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    isSecure: (request: IncomingMessage) => boolean,
    rest: (socket: Socket) => void,
  ) {
    this.#request = request
    this.#response = response
    this.#isSecure = isSecure
    this.#rest = rest
  }

  get method(): string {
    return this.#request.method ?? "GET"
  }

  get url(): string {
    return this.#request.url ?? "/"
  }

  get headers(): IncomingMessage["headers"] {
    return this.#request.headers
  }

  get peer(): string | undefined {
    return this.#request.socket.remoteAddress
  }

  get secure(): boolean {
    return this.#isSecure(this.#request)
  }

  answer(status: number, headers: Array<string>, body: string | Uint8Array): void {
    this.#response.writeHead(status, headers)
    this.#response.end(body.length === 0 ? undefined : body)
  }

  breakOff(how: "reset" | "closed"): void {
    const { socket } = this.#request
    if (how === "reset") socket.resetAndDestroy()
    else socket.destroy()
  }

  rest(): void {
    const { socket } = this.#request
    if (this.#request.readableEnded) this.#rest(socket)
    else this.#request.resume().once("end", () => this.#rest(socket))
  }
}

/**
 * Leaves a connection unread until everything else had its turn. Node reads from its connections as long as there is
 * something to read, and lets nothing else run before: callers that ask again as soon as they are refused would have it all.
 */
export const makeRest = () => {
  let resting: Array<Socket> = []
  const goOn = () => {
    const rested = resting
    resting = []
    for (const socket of rested) socket.resume()
  }
  return (socket: Socket): void => {
    socket.pause()
    if (resting.push(socket) === 1) setImmediate(goOn)
  }
}

const nothing = new Uint8Array(0)

/**
 * Reads a body up to `limits.bodyBytesMax`. A larger one is counted and hashed to its end, or to
 * `limits.bodyBytesDrainedMax`, where reading stops. A request that breaks off is never an input.
 */
const readBody = (request: IncomingMessage, then: (body: HttpRequest["body"], cut: boolean) => void): void => {
  const chunks: Array<Buffer> = []
  let length = 0
  let hash: ReturnType<typeof createHash> | undefined
  let done = false
  const tooLarge = (cut: boolean) => {
    done = true
    const sha256 = (hash ?? createHash("sha256")).digest("hex")
    then({ ...(cut ? { cut: true } : {}), length, sha256, why: "too-large" }, cut)
  }
  request.on("data", (chunk: Buffer) => {
    if (done) return
    const before = length
    length = Math.min(before + chunk.length, limits.bodyBytesDrainedMax)
    if (hash === undefined && length <= limits.bodyBytesMax) {
      chunks.push(chunk)
      return
    }
    if (hash === undefined) {
      hash = createHash("sha256")
      for (const earlier of chunks.splice(0)) hash.update(earlier)
    }
    hash.update(chunk.subarray(0, length - before))
    if (length === limits.bodyBytesDrainedMax) {
      request.pause()
      tooLarge(true)
    }
  })
  request.on("end", () => {
    if (done) return
    if (hash !== undefined) return tooLarge(false)
    done = true
    then(chunks.length === 0 ? nothing : chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks), false)
  })
  request.on("error", () => {
    done = true // The other end is gone: nobody to answer, nothing to record.
  })
}
