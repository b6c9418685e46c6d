import { createHash } from "node:crypto"
import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import { limits } from "../core/limits.ts"
import type { Engine } from "../engine/Engine.ts"
import { EngineStopped } from "../engine/outside.ts"
import type { CarrierDoor, HttpRequest } from "./Exchange.ts"

/**
 * The thinnest way in for the carrier's API: node's request, one input, and the answer as the log says it.
 * No fibre, router or scope per request (docs/performance.md).
 */
export const carrierHandler = (engine: Engine, door: CarrierDoor) => {
  let open = 0
  const rest = makeRest()
  const answer = (response: ServerResponse, status: number, body: string, hash: string) => {
    const headers = door.headers(status, hash, open)
    if (status !== 204) headers.push("Content-Length", String(Buffer.byteLength(body)))
    response.writeHead(status, headers)
    response.end(status === 204 ? undefined : body)
  }
  const refuse = (request: IncomingMessage, response: ServerResponse, { status, body }: CarrierDoor["overloaded"]) => {
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
      const { authorization, "content-type": contentType } = request.headers
      let input: ReturnType<CarrierDoor["wireIn"]>
      try {
        input = door.wireIn({
          method: request.method ?? "GET",
          url: request.url ?? "/",
          authorization,
          contentType,
          body,
        })
      } catch (error) {
        // The keys file could not be written: without it the request must not become an entry.
        engine.stop(new EngineStopped({ reason: String(error) }))
        return refuse(request, response, door.unavailable)
      }
      engine.ask(
        input,
        ({ entry, hash, aside }) => {
          const { data } = entry
          answer(response, data.status, "body" in data ? data.body : (aside ?? ""), hash)
        },
        () => refuse(request, response, door.unavailable),
      )
    })
  }
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
