import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Body, brokenOff } from "./body.ts"
import type { WebhookRequest } from "./incoming.ts"
import type { WebhookEndpoint, Webhooks } from "./Webhooks.ts"

/** An endpoint as an Effect HTTP application. The URL is what the Host header says, by http, unless `publicUrl` does. */
export const webhookApp = <R>(endpoint: WebhookEndpoint<R>): HttpApp.Default<never, R> =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
    Effect.map(endpoint(fromEffectRequest(request)), ({ body, headers, status }) => {
      const type = headers["content-type"]
      return body === "" || type === undefined
        ? HttpServerResponse.empty({ status })
        : HttpServerResponse.text(body, { status, contentType: type })
    }),
  )

/** Routes for both kinds of webhooks, by GET and POST. */
export const webhookRoutes = <R>(
  { inbound, status }: Webhooks<R>,
  paths: { readonly inbound: HttpRouter.PathInput; readonly status: HttpRouter.PathInput },
): HttpRouter.HttpRouter<never, R> =>
  HttpRouter.empty.pipe(
    HttpRouter.all(paths.inbound, webhookApp(inbound)),
    HttpRouter.all(paths.status, webhookApp(status)),
  ) as HttpRouter.HttpRouter<never, R>

const fromEffectRequest = (request: HttpServerRequest.HttpServerRequest): WebhookRequest => ({
  method: request.method,
  url: `http://${request.headers.host ?? "localhost"}${request.originalUrl}`,
  header: (name) => request.headers[name],
  body: (bytesMax) => {
    const body = new Body(bytesMax)
    const taken = Stream.runForEachWhile(request.stream, (chunk) => Effect.sync(() => body.take(chunk)))
    return Effect.zipRight(
      Effect.mapError(taken, brokenOff),
      Effect.suspend(() => body.whole),
    )
  },
})
