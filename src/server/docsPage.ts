import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpApiSwagger from "@effect/platform/HttpApiSwagger"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import { DescribedApi } from "./describedApi.ts"

/**
 * Swagger's page about what is described: one file with its script and style inside, so it works offline.
 * The module weighs 1.7 MB and is loaded only when the page is asked for.
 */
export const docsPage = async (): Promise<string> => {
  const api = Layer.succeed(HttpApi.Api, { api: DescribedApi as never, context: Context.empty() })
  const { dispose, handler } = HttpApiBuilder.toWebHandler(
    HttpApiSwagger.layer({ path: "/docs" }).pipe(
      Layer.provideMerge(api),
      Layer.provideMerge(NodeHttpServer.layerContext),
    ),
  )
  try {
    return await (await handler(new Request("http://localhost/docs"))).text()
  } finally {
    await dispose()
  }
}
