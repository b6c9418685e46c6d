import type * as http from "node:http"
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as OpenApi from "@effect/platform/OpenApi"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { limits } from "../core/limits.ts"
import { ControlApi } from "./controlApi.ts"
import { ControlLive } from "./controlHandlers.ts"
import { DescribedApi } from "./describedApi.ts"
import { Exchange } from "./Exchange.ts"
import { onFirstUse, type PathHandler } from "./onFirstUse.ts"
import { send } from "./plainAnswer.ts"
import { readableErrors } from "./readableErrors.ts"

/** The page's script and style stand in it; it may talk to this server alone. */
const docsPolicy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'"

type NodeHandler = (request: http.IncomingMessage, response: http.ServerResponse) => void

/** The control API on Effect's `HttpApi`; its descriptions for machines and people are made when they are first asked for. */
export const controlHandler: Effect.Effect<PathHandler, never, Exchange | Scope.Scope> = Effect.gen(function* () {
  const { version } = yield* Exchange
  const services = Layer.mergeAll(
    HttpApiBuilder.api(ControlApi).pipe(Layer.provide(ControlLive)),
    HttpApiBuilder.Router.Live,
    Layer.provideMerge(readableErrors, HttpApiBuilder.Middleware.layer),
    NodeHttpServer.layerContext,
  )
  const built = yield* Layer.build(services)
  const app = yield* Effect.provide(HttpApiBuilder.httpApp, built)
  const bounded = HttpServerRequest.withMaxBodySize(app, Option.some(limits.bodyBytesMax))
  const handler: NodeHandler = yield* Effect.provide(NodeHttpServer.makeHandler(bounded), built)
  const docs = yield* onFirstUse("the documentation page", docsHandler)
  let openApi: string | undefined
  return (path, request, response) => {
    if (path === "/docs") return docs(path, request, response)
    if (path !== "/openapi.json") return handler(request, response)
    openApi ??= openApiOf(version)
    return send(response, 200, "application/json", openApi)
  }
})

const docsHandler = async (): Promise<Effect.Effect<PathHandler>> => {
  const page = await (await import("./docsPage.ts")).docsPage()
  return Effect.succeed((_, __, response) => {
    response.setHeader("Content-Security-Policy", docsPolicy)
    send(response, 200, "text/html; charset=utf-8", page)
  })
}

/** The description of the API that `/openapi.json` answers, as text. */
export const openApiOf = (version: string): string => {
  const spec = OpenApi.fromApi(DescribedApi)
  return JSON.stringify({ ...spec, info: { ...spec.info, version } })
}
