import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { optional } from "../core/optional.ts"
import {
  AllHealth,
  BadGateway,
  Conflict,
  Count,
  Distribution,
  described,
  GatewaySms,
  Invalid,
  NotFound,
  OneRequest,
  ProviderHealth,
  ProviderStatus,
  Providers,
  Queued,
  RateLimits,
  Requests,
  Sent,
  Status,
  Timeout,
  TooMany,
  Unavailable,
} from "./gatewayShapes.ts"

/*
 * The gateway's API as it is described in /openapi.json and /docs. Its rules answer it (gateway/api); nothing is handled by these
 * definitions.
 */

const Keyed = Schema.Struct({
  "idempotency-key": optional(
    described(Schema.String, "Makes a repeat harmless: the same request with the same key is the same SMS"),
  ),
})
const providerId = Schema.Struct({ provider_id: Schema.String })
const requestId = Schema.Struct({ request_id: Schema.String })

const send = <Name extends string>(name: Name, path: `/${string}`) =>
  HttpApiEndpoint.post(name, path)
    .setHeaders(Keyed)
    .setPayload(GatewaySms)
    .addSuccess(Queued)
    .addError(Invalid)
    .addError(Conflict)
    .addError(TooMany)
    .addError(Unavailable)
    .annotate(OpenApi.Description, "Puts an SMS into the queue.")

class SmsGroup extends HttpApiGroup.make("gateway")
  .add(send("send", "/send"))
  .add(send("sendAtRoot", "/"))
  .add(
    HttpApiEndpoint.post("sendDirectly", "/:provider_id")
      .setPath(providerId)
      .setHeaders(Keyed)
      .setPayload(GatewaySms)
      .addSuccess(Sent)
      .addError(Invalid)
      .addError(NotFound)
      .addError(Conflict)
      .addError(TooMany)
      .addError(BadGateway)
      .addError(Unavailable)
      .addError(Timeout)
      .annotate(
        OpenApi.Description,
        "Sends an SMS past the queue by one provider, once; answered when that has answered.",
      ),
  )
  .add(
    HttpApiEndpoint.post("receipt", "/:provider_id/receipts")
      .setPath(providerId)
      .setPayload(Schema.Unknown)
      .addSuccess(Schema.Struct({ success: Schema.Literal(true), known: Schema.Boolean }))
      .addError(Invalid)
      .addError(NotFound)
      .annotate(OpenApi.Description, "Takes a delivery receipt in the provider's dialect."),
  )
  .prefix("/api/sms")
  .annotate(OpenApi.Description, "One API over several SMS providers: docs/gateway.md") {}

class RequestsGroup extends HttpApiGroup.make("gateway requests")
  .add(
    HttpApiEndpoint.get("requests", "/requests")
      .setUrlParams(
        Schema.Struct({
          limit: optional(described(Schema.String, "1 to 1000; 50 otherwise")),
          status: optional(Status),
          provider: optional(Schema.String),
          phone: optional(Schema.String),
          cursor: optional(Schema.String),
        }),
      )
      .addSuccess(Requests)
      .addError(Invalid)
      .annotate(OpenApi.Description, "Requests, newest first."),
  )
  .add(
    HttpApiEndpoint.get("request", "/requests/:request_id")
      .setPath(requestId)
      .addSuccess(OneRequest)
      .addError(NotFound)
      .annotate(OpenApi.Description, "One request with what its providers answered."),
  )
  .add(
    HttpApiEndpoint.post("cancel", "/requests/:request_id/cancel")
      .setPath(requestId)
      .addSuccess(
        Schema.Struct({ success: Schema.Literal(true), id: Schema.String, status: Schema.Literal("cancelled") }),
      )
      .addError(NotFound)
      .addError(Conflict)
      .annotate(OpenApi.Description, "Cancels a request that has not been sent yet."),
  )
  .add(
    HttpApiEndpoint.get("deadLetters", "/dead-letters")
      .addSuccess(Requests)
      .addError(Invalid)
      .annotate(OpenApi.Description, "Requests that were given up, newest first; filters as for requests."),
  )
  .add(
    HttpApiEndpoint.post("resend", "/dead-letters/:request_id/resend")
      .setPath(requestId)
      .addSuccess(
        Schema.Struct({ success: Schema.Literal(true), id: Schema.String, status: Schema.Literal("pending") }),
      )
      .addError(NotFound)
      .addError(Conflict)
      .annotate(OpenApi.Description, "Puts a dead letter back into the queue."),
  )
  .add(
    HttpApiEndpoint.post("resendAll", "/dead-letters/resend")
      .addSuccess(Schema.Struct({ success: Schema.Literal(true), resent: Count, more: Schema.Boolean }))
      .annotate(
        OpenApi.Description,
        "Puts the oldest dead letters back, at most 1000; not those of which nobody knows whether they arrived.",
      ),
  )
  .prefix("/api/sms") {}

const Done = { success: Schema.Literal(true), message: Schema.String }

class ProvidersGroup extends HttpApiGroup.make("gateway providers")
  .add(
    HttpApiEndpoint.get("providers", "/providers")
      .addSuccess(Providers)
      .annotate(OpenApi.Description, "The providers, as the settings have them."),
  )
  .add(
    HttpApiEndpoint.get("status", "/:provider_id/status")
      .setPath(providerId)
      .addSuccess(ProviderStatus)
      .addError(NotFound)
      .annotate(OpenApi.Description, "One provider: its limit, health and counts."),
  )
  .add(
    HttpApiEndpoint.get("rateLimits", "/rate-limits")
      .addSuccess(RateLimits)
      .annotate(OpenApi.Description, "What went through each limit in its window, and whether it is reached."),
  )
  .add(
    HttpApiEndpoint.get("health", "/health")
      .addSuccess(AllHealth)
      .annotate(OpenApi.Description, "What the outcomes in its window say of each provider."),
  )
  .add(
    HttpApiEndpoint.get("healthOf", "/health/:provider_id")
      .setPath(providerId)
      .addSuccess(ProviderHealth)
      .addError(NotFound)
      .annotate(OpenApi.Description, "What the outcomes in its window say of one provider."),
  )
  .add(
    HttpApiEndpoint.post("resetHealth", "/health/:provider_id/reset")
      .setPath(providerId)
      .addSuccess(Schema.Struct({ ...Done, provider_id: Schema.String }))
      .addError(NotFound)
      .annotate(OpenApi.Description, "The provider counts as healthy, its window as empty."),
  )
  .add(
    HttpApiEndpoint.get("distribution", "/distribution-stats")
      .addSuccess(Distribution)
      .annotate(OpenApi.Description, "Shares of the weighted choice, outcomes and cost by provider; the queue."),
  )
  .add(
    HttpApiEndpoint.post("resetDistribution", "/distribution-stats/reset")
      .addSuccess(Schema.Struct(Done))
      .annotate(OpenApi.Description, "Counting begins anew."),
  )
  .prefix("/api/sms") {}

export class GatewayApi extends HttpApi.make("gateway").add(SmsGroup).add(RequestsGroup).add(ProvidersGroup) {}
