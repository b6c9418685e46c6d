// size: the whole description of one API, endpoint by endpoint
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { optional } from "../core/optional.ts"

/*
 * The gateway's API as it is described in /openapi.json and /docs. Its rules answer it (gateway/api); nothing is handled by these
 * definitions.
 */

const Instant = Schema.NullOr(Schema.String).annotations({ description: "ISO 8601, UTC, on the run's clock" })
const Count = Schema.NonNegativeInt
const Word = Schema.NullOr(Schema.String)
const described = <A, I>(schema: Schema.Schema<A, I>, description: string) => schema.annotations({ description })

const Money = Schema.Struct({ amount: Schema.String, currency: Schema.String }).annotations({
  identifier: "GatewayMoney",
  description: "A decimal text of six places, and its currency",
})
const Health = Schema.Literal("healthy", "recovering", "unhealthy")
const Status = Schema.Literal(
  "scheduled",
  "pending",
  "sending",
  "sent",
  "delivered",
  "undelivered",
  "failed",
  "unsure",
  "cancelled",
)
const Priority = Schema.Literal("high", "normal", "low")

export const GatewaySms = Schema.Struct({
  phone: described(Schema.String, "In E.164 form, or in the national form of the gateway's country"),
  text: described(Schema.String, "1 to 1600 characters"),
  priority: optional(Priority),
  send_at: optional(
    described(Schema.String, "Not before this instant: ISO 8601 with its zone, at most 366 days ahead"),
  ),
}).annotations({ identifier: "GatewaySms" })

export const Queued = Schema.Struct({
  success: Schema.Literal(true),
  message_id: Schema.String,
  message: Schema.String,
  provider: Schema.Null,
  queued: Schema.Literal(true),
}).annotations({ identifier: "GatewayQueued" })

export const Sent = Schema.Struct({
  success: Schema.Literal(true),
  message_id: Schema.String,
  message: Schema.String,
  provider: Schema.String,
  queued: Schema.Literal(false),
  provider_message_id: Word,
}).annotations({ identifier: "GatewaySent" })

const Limit = Schema.Struct({
  current_count: Count,
  limit: Count,
  remaining: Count,
  is_limited: Schema.Boolean,
  free_in_ms: Count,
}).annotations({ identifier: "GatewayLimit" })

export const RateLimits = Schema.Struct({
  algorithm: Schema.Literal("fixed-window", "token-bucket"),
  window_ms: Count,
  global: Limit,
  intake: Schema.Struct({ current_count: Count, limit: Schema.NullOr(Count), is_limited: Schema.Boolean }),
  providers: Schema.Record({ key: Schema.String, value: Limit }),
}).annotations({ identifier: "GatewayRateLimits" })

export const ProviderHealth = Schema.Struct({
  provider_id: Schema.String,
  status: Health,
  is_healthy: Schema.Boolean,
  success_count: Count,
  failure_count: Count,
  success_rate: Schema.NullOr(Schema.Number),
  failure_threshold: Schema.Number,
  min_samples: Count,
  window_ms: Count,
  unhealthy_until: Instant,
  last_success_at: Instant,
  last_failure_at: Instant,
  last_error: Word,
}).annotations({ identifier: "GatewayHealth" })

const counts = {
  chosen: Count,
  direct: Count,
  accepted: Count,
  refused: Count,
  limited: Count,
  failed: Count,
  unsure: Count,
  delivered: Count,
  undelivered: Count,
  cost: described(Schema.Record({ key: Schema.String, value: Schema.String }), "By currency"),
  average_latency_ms: Schema.NullOr(Count),
}

export const Distribution = Schema.Struct({
  algorithm: Schema.String,
  since: Instant,
  total_requests: Count,
  providers: Schema.Record({
    key: Schema.String,
    value: Schema.Struct({
      weight: Count,
      expected_share: Schema.Number,
      share: Schema.Number,
      current_weight: Schema.Int,
      ...counts,
    }),
  }),
  queue: Schema.Record({ key: Schema.String, value: Count }),
}).annotations({ identifier: "GatewayDistribution" })

const request = {
  id: Schema.String,
  phone: Schema.String,
  text: Schema.String,
  status: Status,
  priority: Priority,
  provider: Word,
  provider_message_id: Word,
  attempts: Count,
  cost: Schema.NullOr(Money),
  error: Schema.NullOr(
    Schema.Struct({ reason: Schema.Literal("attempts", "expired", "refused", "unsure"), detail: Word }),
  ),
  direct: described(Word, "The provider that was asked for by its name"),
  idempotency_key: Word,
  created_at: Instant,
  updated_at: Instant,
  send_at: Instant,
  sent_at: Instant,
}

export const OneRequest = Schema.Struct({
  ...request,
  responses: Schema.Array(
    Schema.Struct({
      attempt: Count,
      provider: Schema.String,
      outcome: Schema.Literal("on-its-way", "accepted", "refused", "limited", "failed", "unsure", "never-arrived"),
      status: described(Schema.NullOr(Count), "Of the provider's HTTP answer"),
      provider_message_id: Word,
      code: Word,
      reason: Word,
      cost: Schema.NullOr(Money),
      requested_at: Instant,
      responded_at: Instant,
      latency_ms: Schema.NullOr(Count),
      entry: described(Count, "The entry of the log that says why this provider was chosen"),
      receipts: Schema.Array(
        Schema.Struct({
          status: Schema.Literal("sent", "delivered", "undelivered"),
          told: Schema.String,
          code: Word,
          received_at: Instant,
        }),
      ),
    }),
  ),
}).annotations({ identifier: "GatewayRequest" })

export const Requests = Schema.Struct({
  requests: Schema.Array(Schema.Struct(request)),
  count: Count,
  limit: Count,
  next_cursor: described(Word, "Pass as `cursor` for the next page"),
  totals: described(
    Schema.Record({ key: Schema.String, value: Count }),
    "How many requests stand where, filters aside",
  ),
}).annotations({ identifier: "GatewayRequests" })

const provider = {
  id: Schema.String,
  dialect: Schema.String,
  url: described(Word, "Without what may be a secret; null: simulated"),
  simulated: Schema.Boolean,
  weight: Count,
  rate_limit: Count,
  in_flight_limit: Count,
  price: Schema.NullOr(Money),
  status: Health,
  status_url: Schema.String,
}

export const ProviderStatus = Schema.Struct({
  ...provider,
  in_flight: Count,
  told_to_wait_until: Instant,
  rate: Limit,
  health: ProviderHealth,
  usage: Schema.Struct(counts),
}).annotations({ identifier: "GatewayProviderStatus" })

export const Providers = Schema.Struct({ providers: Schema.Array(Schema.Struct(provider)), total: Count }).annotations({
  identifier: "GatewayProviders",
})

export const AllHealth = Schema.Struct({
  providers: Schema.Array(ProviderHealth),
  healthy: Count,
  total: Count,
}).annotations({ identifier: "GatewayAllHealth" })

/** Where fields are wrong. */
class Invalid extends Schema.Class<Invalid>("GatewayInvalid")(
  {
    detail: Schema.Array(Schema.Struct({ type: Schema.String, loc: Schema.Array(Schema.String), msg: Schema.String })),
  },
  HttpApiSchema.annotations({ status: 422 }),
) {}

/** Any other error: a stable name, words, and what is known. */
const failing = (status: number, name: string) =>
  Schema.Struct({ detail: Schema.Struct({ error: Schema.String, message: Schema.String }) }).annotations(
    HttpApiSchema.annotations({ status, identifier: `Gateway${name}` }),
  )
const NotFound = failing(404, "NotFound")
const Conflict = failing(409, "Conflict")
const BadGateway = failing(502, "ProviderError")
const Unavailable = failing(503, "Unavailable")
const Timeout = failing(504, "ProviderUnsure")
export const TooMany = Schema.Struct({
  detail: Schema.Struct({
    error: Schema.String,
    message: Schema.String,
    current_count: Count,
    limit: Count,
    retry_after_ms: Count,
  }),
}).annotations(HttpApiSchema.annotations({ status: 429, identifier: "GatewayTooMany" }))

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
