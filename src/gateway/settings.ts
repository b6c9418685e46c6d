import * as Schema from "effect/Schema"
import type { JsonObject } from "../core/canonical.ts"
import { optional } from "../core/optional.ts"
import { providerConfigFields } from "./providers/settings.ts"

/*
 * The gateway as the log keeps it: `settings.gateway`, normalised, no default missing. A run whose settings say nothing of the gateway has
 * no such key and gets `defaultGatewaySettings`. Spans in virtual ms.
 */

const Positive = Schema.Int.pipe(Schema.positive())

/** A provider: where and how it is spoken to, and what the gateway gives it. */
export const GatewayProvider = Schema.suspend(() =>
  Schema.Struct({
    ...providerConfigFields,
    /** Requests that may be on their way to it at once. */
    in_flight_max: Positive,
    /** Requests in a window. */
    limit: Positive,
    /** Its share of the requests, beside the others' weights; 0: direct sends alone. */
    weight: Schema.NonNegativeInt,
  }),
)
export type GatewayProvider = typeof GatewayProvider.Type

/**
 * How attempts are counted against a limit.
 *
 * `fixed-window`: windows of `window_ms` that begin at multiples of it. `token-bucket`: a bucket of `burst` tokens that fills up by the limit
 * in a window; with a burst of 1 attempts are evenly spaced, and no window wherever it begins holds more than the limit.
 */
export const LimitSettings = Schema.suspend(() =>
  Schema.Struct({
    algorithm: Schema.Literal("fixed-window", "token-bucket"),
    burst: Positive,
    /** Requests that are taken in a window; always by fixed windows. Absent: all. */
    intake: optional(Positive),
    /** Attempts of all providers together in a window. */
    total: Positive,
    window_ms: Positive,
  }),
)
export type LimitSettings = typeof LimitSettings.Type

export const HealthSettings = Schema.suspend(() =>
  Schema.Struct({
    /** Share of failures in the window, in basis points, at which a provider becomes unhealthy. */
    failure_bp: Schema.Int.pipe(Schema.between(1, 10_000)),
    /** How long an unhealthy provider is left alone before one request is let through. */
    probe_after_ms: Positive,
    /** Outcomes without which the window says nothing. */
    samples_min: Positive,
    window_ms: Positive,
  }),
)
export type HealthSettings = typeof HealthSettings.Type

export const FailoverSettings = Schema.suspend(() =>
  Schema.Struct({
    /** Attempts in all, until somebody has the request sent again. */
    attempts_max: Positive,
    gap_max_ms: Positive,
    /** The first pause once every provider was tried; doubled each time, plus up to half of it by a roll. */
    gap_ms: Positive,
    /**
     * What becomes of an attempt without an answer that the provider may have taken: the next provider (the phone may get it twice), or
     * `hold`, until the provider was asked or somebody decides.
     */
    unknown: Schema.Literal("failover", "hold"),
  }),
)
export type FailoverSettings = typeof FailoverSettings.Type

export const GatewaySettings = Schema.suspend(() =>
  Schema.Struct({
    /** Numbers in national form are of this country (ISO 3166-1 alpha-2). */
    country: Schema.String,
    failover: FailoverSettings,
    health: HealthSettings,
    /** How long a key is remembered. */
    idempotency_ms: Positive,
    limits: LimitSettings,
    providers: Schema.NonEmptyArray(GatewayProvider),
    /** Requests that may wait at once. */
    queue_max: Positive,
    /** How long a request may wait to be sent, from when it may be sent at all. */
    valid_ms: Positive,
  }),
)
export type GatewaySettings = typeof GatewaySettings.Type

const provider = (id: string): GatewayProvider => ({
  dialect: "generic",
  id,
  in_flight_max: 64,
  limit: 50,
  price: { currency: "USD", micros: 5_000 },
  timeout_ms: 10_000,
  weight: 1,
})

/** Three simulated providers of equal weight. Source: the gateway's requirements, "Rate handling summary". */
export const defaultGatewaySettings: GatewaySettings = {
  country: "BD",
  failover: { attempts_max: 6, gap_max_ms: 60_000, gap_ms: 1_000, unknown: "failover" },
  health: { failure_bp: 5_000, probe_after_ms: 30_000, samples_min: 5, window_ms: 60_000 },
  idempotency_ms: 86_400_000,
  limits: { algorithm: "fixed-window", burst: 1, intake: 200, total: 200, window_ms: 1_000 },
  providers: [provider("provider1"), provider("provider2"), provider("provider3")],
  queue_max: 1_000_000,
  valid_ms: 14_400_000,
}

/** The gateway's part of a run's settings. */
export const gatewaySettings = (settings: JsonObject): GatewaySettings =>
  (settings.gateway as unknown as GatewaySettings | undefined) ?? defaultGatewaySettings

/** The `purpose` of what the gateway sends to providers, and of asking one what became of it. */
export const providerPurpose = "provider"
export const providerAskPurpose = "provider-ask"
