import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as Schema from "effect/Schema"
import { optional } from "../core/optional.ts"
import { AttemptOutcome, DeadLetterReason, Priority } from "../gateway/entries.ts"
import { requestStatuses } from "../gateway/requests.ts"

/* What the gateway's API is given and answers, as /openapi.json and /docs describe it: gatewayApi.ts has the endpoints. */

const Instant = Schema.NullOr(Schema.String).annotations({ description: "ISO 8601, UTC, on the run's clock" })
export const Count = Schema.NonNegativeInt
const Word = Schema.NullOr(Schema.String)
export const described = <A, I>(schema: Schema.Schema<A, I>, description: string) => schema.annotations({ description })

const Money = Schema.Struct({ amount: Schema.String, currency: Schema.String }).annotations({
  identifier: "GatewayMoney",
  description: "A decimal text of six places, and its currency",
})
const Health = Schema.Literal("healthy", "recovering", "unhealthy")
export const Status = Schema.Literal(...requestStatuses)

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
  error: Schema.NullOr(Schema.Struct({ reason: DeadLetterReason, detail: Word })),
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
      outcome: Schema.Literal("on-its-way", ...AttemptOutcome.literals),
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
export class Invalid extends Schema.Class<Invalid>("GatewayInvalid")(
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
export const NotFound = failing(404, "NotFound")
export const Conflict = failing(409, "Conflict")
export const BadGateway = failing(502, "ProviderError")
export const Unavailable = failing(503, "Unavailable")
export const Timeout = failing(504, "ProviderUnsure")
export const TooMany = Schema.Struct({
  detail: Schema.Struct({
    error: Schema.String,
    message: Schema.String,
    current_count: Count,
    limit: Count,
    retry_after_ms: Count,
  }),
}).annotations(HttpApiSchema.annotations({ status: 429, identifier: "GatewayTooMany" }))
