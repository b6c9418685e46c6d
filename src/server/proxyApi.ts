import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"

/** What came to the proxy: the contract; the handler is in proxyHandlers.ts. */

export const ProxyState = Schema.Struct({
  requests: Schema.Int.annotations({ description: "Requests for Twilio's hosts, by the proxy or by TLS" }),
  connects: Schema.Int.annotations({ description: "Connections that were asked for to Twilio's hosts" }),
  distrusted: Schema.Int.annotations({
    description: "TLS connections that ended before anything was asked: mostly the client does not trust the local CA",
  }),
  others: Schema.Array(Schema.Struct({ host: Schema.String, passed: Schema.Int, refused: Schema.Int })).annotations({
    description: "Other hosts, in the order they came",
  }),
}).annotations({ identifier: "ProxyState" })

export class ProxyGroup extends HttpApiGroup.make("proxy").add(
  HttpApiEndpoint.get("read", "/admin/proxy")
    .addSuccess(ProxyState)
    .annotate(
      OpenApi.Description,
      "What has come to the proxy on this port and to TLS since the server started; no part of the run.",
    ),
) {}
