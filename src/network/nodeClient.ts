import * as http from "node:http"
import * as https from "node:https"
import * as Headers from "@effect/platform/Headers"
import * as HttpClient from "@effect/platform/HttpClient"
import { type HttpClientError, RequestError, ResponseError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Guard } from "./guard.ts"

/**
 * Effect's `HttpClient` over node's, for many small requests (docs/performance.md): no span, stream or controller is made for
 * one, and its answer is given once the body is there. Connections are kept until the scope closes.
 *
 * Connects to what the guard permits and follows no redirect.
 * Refuses a body of more than `bodyBytesMax`: `ResponseError` without a system error, as soon as there are more.
 */
export const makeNodeClient = (
  bodyBytesMax: number,
  guard: Guard,
): Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const options = { keepAlive: true, lookup: guard.lookup }
      return { http: new http.Agent(options), https: new https.Agent(options) }
    }),
    (agents) =>
      Effect.sync(() => {
        agents.http.destroy()
        agents.https.destroy()
      }),
  ).pipe(
    Effect.map((agents) => {
      const sends = send(agents, bodyBytesMax, guard)
      return HttpClient.makeWith<never, never, HttpClientError, never>(
        (request) => Effect.flatMap(request, sends),
        Effect.succeed,
      )
    }),
  )

interface Agents {
  readonly http: http.Agent
  readonly https: https.Agent
}

const send =
  (agents: Agents, bodyBytesMax: number, guard: Guard) =>
  (request: HttpClientRequest): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError> =>
    Effect.async((resume) => {
      const fail = (cause: unknown) => resume(new RequestError({ request, reason: "Transport", cause }))
      const { body, headers, method } = request
      let sent: http.ClientRequest | undefined
      const begin = (again: boolean): void => {
        let mine: http.ClientRequest
        try {
          const url = new URL(request.url)
          guard.check(url)
          // A second try takes a connection of its own.
          const agent = again ? false : url.protocol === "https:" ? agents.https : agents.http
          const options = { agent, headers, lookup: guard.lookup, method }
          mine = url.protocol === "https:" ? https.request(url, options) : http.request(url, options)
        } catch (cause) {
          fail(cause)
          return
        }
        sent = mine
        let answering = false
        mine.on("error", (cause: NodeJS.ErrnoException) => {
          // The other end closed a kept connection just as it was taken up: nothing of the request was read.
          const stale = mine.reusedSocket && !answering && (cause.code === "ECONNRESET" || cause.code === "EPIPE")
          if (stale && !again) begin(true)
          else fail(cause)
        })
        mine.on("response", (message) => {
          answering = true
          readWhole(request, message, bodyBytesMax, resume, fail)
        })
        mine.end(body._tag === "Uint8Array" ? body.body : undefined)
      }
      begin(false)
      return Effect.sync(() => {
        sent?.destroy()
      })
    })

/** Gives the answer once its body is there, or fails as soon as that is too long. */
const readWhole = (
  request: HttpClientRequest,
  message: http.IncomingMessage,
  bodyBytesMax: number,
  resume: (answer: Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError>) => void,
  fail: (cause: unknown) => void,
): void => {
  const chunks: Array<Buffer> = []
  let length = 0
  message.on("error", fail)
  message.on("data", (chunk: Buffer) => {
    length += chunk.length
    chunks.push(chunk)
    if (length <= bodyBytesMax) return
    const response = whole(request, message, [])
    resume(new ResponseError({ request, response, reason: "Decode", cause: `more than ${bodyBytesMax} bytes` }))
    message.destroy()
  })
  message.on("end", () => resume(Effect.succeed(whole(request, message, chunks))))
}

/** An answer whose body is there. The web's `Response` knows fewer statuses than endpoints do: it only carries the body. Of the headers the type is told. */
const whole = (
  request: HttpClientRequest,
  { headers, statusCode }: http.IncomingMessage,
  chunks: ReadonlyArray<Buffer>,
): HttpClientResponse.HttpClientResponse => {
  const body = chunks.length === 0 ? null : chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
  const response = HttpClientResponse.fromWeb(request, new Response(body))
  return Object.defineProperties(response, {
    status: { value: statusCode ?? 0 },
    headers: { value: Headers.unsafeFromRecord({ "content-type": headers["content-type"] ?? "" }) },
  })
}
