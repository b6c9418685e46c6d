import * as http from "node:http"
import * as https from "node:https"
import * as HttpClient from "@effect/platform/HttpClient"
import { type HttpClientError, RequestError, ResponseError } from "@effect/platform/HttpClientError"
import type { HttpClientRequest } from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/**
 * Effect's `HttpClient` over node's, for many small requests (docs/performance.md): no span, stream or controller is made for
 * one, and its answer is given once the body is there. Connections are kept until the scope closes.
 *
 * Refuses a body of more than `bodyBytesMax`: `ResponseError` without a system error, as soon as there are more.
 */
export const makeNodeClient = (bodyBytesMax: number): Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => ({ http: new http.Agent({ keepAlive: true }), https: new https.Agent({ keepAlive: true }) })),
    (agents) =>
      Effect.sync(() => {
        agents.http.destroy()
        agents.https.destroy()
      }),
  ).pipe(
    Effect.map((agents) => {
      const sends = send(agents, bodyBytesMax)
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
  (agents: Agents, bodyBytesMax: number) =>
  (request: HttpClientRequest): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError> =>
    Effect.async((resume) => {
      const fail = (cause: unknown) => resume(new RequestError({ request, reason: "Transport", cause }))
      const { body, headers, method } = request
      let sent: http.ClientRequest
      try {
        const url = new URL(request.url)
        sent =
          url.protocol === "https:"
            ? https.request(url, { agent: agents.https, headers, method })
            : http.request(url, { agent: agents.http, headers, method })
      } catch (cause) {
        return fail(cause)
      }
      sent.on("error", fail)
      sent.on("response", (message) => {
        const chunks: Array<Buffer> = []
        let length = 0
        message.on("error", fail)
        message.on("data", (chunk: Buffer) => {
          length += chunk.length
          chunks.push(chunk)
          if (length <= bodyBytesMax) return
          const response = whole(request, message, [])
          const cause = `more than ${bodyBytesMax} bytes`
          resume(new ResponseError({ request, response, reason: "Decode", cause }))
          message.destroy()
        })
        message.on("end", () => resume(Effect.succeed(whole(request, message, chunks))))
      })
      sent.end(body._tag === "Uint8Array" ? body.body : undefined)
      return Effect.sync(() => {
        sent.destroy()
      })
    })

/** An answer whose body is there. The web's `Response` knows fewer statuses than endpoints do: it only carries the body. */
const whole = (
  request: HttpClientRequest,
  { statusCode }: http.IncomingMessage,
  chunks: ReadonlyArray<Buffer>,
): HttpClientResponse.HttpClientResponse => {
  const body = chunks.length === 0 ? null : chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
  const response = HttpClientResponse.fromWeb(request, new Response(body))
  return Object.defineProperty(response, "status", { value: statusCode ?? 0 })
}
