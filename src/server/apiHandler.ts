import { createHash } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { limits } from "../core/limits.ts"
import type { Pair } from "../core/pair.ts"
import type { Engine } from "../engine/Engine.ts"
import { EngineStopped } from "../engine/outside.ts"
import type { ApiDoor, HttpRequest } from "./Exchange.ts"

/**
 * The thinnest way in for an API of the run: node's request, one input, and the answer as the log says it.
 * No fibre, router or scope per request (docs/performance.md).
 *
 * `isSecure` tells whether a request was asked under https, as URLs in its answer then are.
 */
export const apiHandler = (
  engine: Engine,
  door: ApiDoor,
  isSecure: (request: IncomingMessage) => boolean = () => false,
) => {
  let open = 0
  const rest = makeRest()
  const answer = (
    response: ServerResponse,
    status: number,
    body: string | Uint8Array,
    hash: string,
    at?: number,
    contentType?: string,
    more?: ReadonlyArray<Pair>,
  ) => {
    const headers = door.headers({ status, body, contentType, hash, at, concurrent: open })
    for (const [name, value] of more ?? []) headers.push(name, value)
    if (status !== 204)
      headers.push("Content-Length", String(typeof body === "string" ? Buffer.byteLength(body) : body.length))
    response.writeHead(status, headers)
    response.end(status === 204 ? undefined : body)
  }
  const refuse = (request: IncomingMessage, response: ServerResponse, { status, body }: ApiDoor["overloaded"]) => {
    if (request.readableEnded) rest(request.socket)
    else request.resume().once("end", () => rest(request.socket))
    answer(response, status, body, "")
  }
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (request.method === "OPTIONS") {
      response.writeHead(204, door.preflight as Array<string>)
      response.end()
      return
    }
    if (engine.full) {
      refuse(request, response, door.overloaded)
      return
    }
    open++
    response.once("close", () => open--)
    readBody(request, (body, cut) => {
      if (cut) response.shouldKeepAlive = false
      if (engine.full) return refuse(request, response, door.overloaded)
      const { authorization, "content-type": contentType, host } = request.headers
      // The keys file could not be written: nothing may be told or become an entry without it.
      const stop = (error: unknown) => {
        engine.stop(new EngineStopped({ reason: String(error) }))
        refuse(request, response, door.unavailable)
      }
      let input: ReturnType<ApiDoor["wireIn"]>
      try {
        input = door.wireIn({
          method: request.method ?? "GET",
          url: request.url ?? "/",
          authorization,
          contentType,
          headers: request.headers,
          peer: request.socket.remoteAddress,
          body,
        })
      } catch (error) {
        return stop(error)
      }
      engine.ask(
        input,
        ({ entry, hash, aside }) => {
          const { data } = entry
          if (data.undelivered !== undefined) return breakOff(request, data.undelivered)
          if ("content_type" in data && data.content_type !== undefined) {
            const bytes = aside === "" || aside === undefined ? door.bytes(data.sha256) : Buffer.from(aside, "latin1")
            if (bytes === undefined) answer(response, door.gone.status, door.gone.body, hash, entry.at)
            else answer(response, data.status, bytes, hash, entry.at, data.content_type, data.headers)
            return
          }
          const text = "body" in data ? data.body : (aside ?? "")
          if (data.holes !== true) return answer(response, data.status, text, hash, entry.at, undefined, data.headers)
          let body: string
          try {
            body = door.fill(text, host, isSecure(request))
          } catch (error) {
            return stop(error)
          }
          answer(response, data.status, body, hash, entry.at, undefined, data.headers)
        },
        () => refuse(request, response, door.unavailable),
      )
    })
  }
}

/** Ends a connection without an answer, as a simulated fault has it: with a reset, or just closed. */
const breakOff = ({ socket }: IncomingMessage, how: "reset" | "closed"): void => {
  if (how === "reset") socket.resetAndDestroy()
  else socket.destroy()
}

/**
 * Leaves a connection unread until everything else had its turn. Node reads from its connections as long as there is
 * something to read, and lets nothing else run before: callers that ask again as soon as they are refused would have it all.
 */
const makeRest = () => {
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
