import type * as HttpApp from "@effect/platform/HttpApp"
import type * as HttpRouter from "@effect/platform/HttpRouter"
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import type * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Body, brokenOff } from "./body.ts"
import type { WebhookRequest } from "./incoming.ts"
import type { WebhookEndpoint, Webhooks } from "./Webhooks.ts"

/** Modules of `@effect/platform`. They are given, as loading them takes as long as all the rest, and few need them. */
export interface HttpModules {
  readonly HttpServerRequest: typeof HttpServerRequest
  readonly HttpServerResponse: typeof HttpServerResponse
}

/** An endpoint as an Effect HTTP application. The URL is what the Host header says, by http, unless `publicUrl` does. */
export const webhookApp = <R>(
  endpoint: WebhookEndpoint<R>,
  { HttpServerRequest, HttpServerResponse }: HttpModules,
): HttpApp.Default<never, R> =>
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
  modules: HttpModules & { readonly HttpRouter: typeof HttpRouter },
): HttpRouter.HttpRouter<never, R> =>
  modules.HttpRouter.empty.pipe(
    modules.HttpRouter.all(paths.inbound, webhookApp(inbound, modules)),
    modules.HttpRouter.all(paths.status, webhookApp(status, modules)),
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
