import { iso } from "../../core/Instant.ts"
import type { Cost } from "../entries.ts"
import { countsAt, healthAt } from "../health.ts"
import { type Attempt, type GatewayRequest, takenBy } from "../requests.ts"
import type { GatewayProvider } from "../settings.ts"
import { type Counts, type Gateway, providerOf } from "../state.ts"
import { countAt, freeAt, type Window } from "../windows.ts"

/* What the API shows, as JSON. Instants are ISO 8601, virtual; amounts texts of six decimal places. */

const instant = (at: number | undefined): string | null => (at === undefined ? null : iso(at))

/** Millionths as a decimal text. */
export const amount = (micros: number): string =>
  `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, "0")}`

const costShown = (cost: Cost | undefined) =>
  cost === undefined ? null : { amount: amount(cost.micros), currency: cost.currency }

/** A request, as lists show it. */
export const requestShown = (request: GatewayRequest) => {
  const { accepted, attempts, dead, id, phone, priority, rare, sendAt, status, text, updated } = request
  const taken = takenBy(request)
  return {
    id,
    phone,
    text,
    status,
    priority,
    provider: taken?.provider ?? null,
    provider_message_id: taken?.providerMessageId ?? null,
    attempts: attempts.length,
    cost: costShown(taken?.cost),
    error: dead === undefined ? null : { reason: dead.reason, detail: dead.detail ?? null },
    direct: rare?.direct ?? null,
    idempotency_key: rare?.idempotencyKey ?? null,
    created_at: iso(accepted),
    updated_at: iso(updated ?? accepted),
    send_at: instant(sendAt),
    sent_at: instant(taken?.answered),
  }
}

/** A request with all that its providers said. `entry` is the entry of the log that says why the provider was chosen. */
export const requestWithResponses = (request: GatewayRequest) => ({
  ...requestShown(request),
  responses: request.attempts.map((attempt, i) => responseShown(attempt, i + 1)),
})

const responseShown = (attempt: Attempt, n: number) => ({
  attempt: n,
  provider: attempt.provider,
  outcome: attempt.outcome ?? "on-its-way",
  status: attempt.status ?? null,
  provider_message_id: attempt.providerMessageId ?? null,
  code: attempt.code ?? null,
  reason: attempt.reason ?? null,
  cost: costShown(attempt.cost),
  requested_at: iso(attempt.at),
  responded_at: instant(attempt.answered),
  latency_ms: attempt.answered === undefined ? null : attempt.answered - attempt.at,
  entry: attempt.chosen,
  receipts: (attempt.receipts ?? []).map(({ at, code, status, told }) => ({
    status,
    told,
    code: code ?? null,
    received_at: iso(at),
  })),
})

/** A limit as it stands. */
const limitShown = ({ settings: { limits } }: Gateway, window: Window, limit: number, at: number) => {
  const current = countAt(window, limits, at)
  const free = freeAt(window, limits, limit, at)
  return {
    current_count: current,
    limit,
    remaining: Math.max(0, limit - current),
    is_limited: free > at,
    free_in_ms: free - at,
  }
}

export const rateLimitsShown = (gateway: Gateway, at: number) => {
  const { limits, providers } = gateway.settings
  const intake = countAt(gateway.intake, limits, at)
  return {
    algorithm: limits.algorithm,
    window_ms: limits.window_ms,
    global: limitShown(gateway, gateway.total, limits.total, at),
    intake: {
      current_count: intake,
      limit: limits.intake ?? null,
      is_limited: limits.intake !== undefined && intake >= limits.intake,
    },
    providers: Object.fromEntries(
      providers.map(({ id, limit }) => [id, limitShown(gateway, providerOf(gateway, id).window, limit, at)]),
    ),
  }
}

export const healthShown = (gateway: Gateway, { id }: GatewayProvider, at: number) => {
  const { health } = providerOf(gateway, id)
  const { failure_bp, samples_min, window_ms } = gateway.settings.health
  const { failures, successes } = countsAt(health, window_ms, at)
  const total = failures + successes
  return {
    provider_id: id,
    status: healthAt(health, at),
    is_healthy: health.until === undefined,
    success_count: successes,
    failure_count: failures,
    success_rate: total === 0 ? null : Math.round((successes * 10_000) / total) / 10_000,
    failure_threshold: failure_bp / 10_000,
    min_samples: samples_min,
    window_ms,
    unhealthy_until: instant(health.until),
    last_success_at: instant(health.lastSuccess),
    last_failure_at: instant(health.lastFailure),
    last_error: health.lastError ?? null,
  }
}

const countsShown = ({ answered, answeredMs, cost, ...counts }: Counts) => ({
  ...counts,
  cost: Object.fromEntries([...cost].map(([currency, micros]) => [currency, amount(micros)])),
  average_latency_ms: answered === 0 ? null : Math.round(answeredMs / answered),
})

export const distributionShown = (gateway: Gateway) => {
  const { providers } = gateway.settings
  const counts = (id: string) => providerOf(gateway, id).counts
  const total = providers.reduce((sum, { id }) => sum + counts(id).chosen, 0)
  const weights = providers.reduce((sum, { weight }) => sum + weight, 0)
  const share = (part: number, whole: number) => (whole === 0 ? 0 : Math.round((part * 10_000) / whole) / 10_000)
  return {
    algorithm: "smooth weighted round robin",
    since: iso(gateway.countedSince),
    total_requests: total,
    providers: Object.fromEntries(
      providers.map(({ id, weight }) => [
        id,
        {
          weight,
          expected_share: share(weight, weights),
          share: share(counts(id).chosen, total),
          current_weight: providerOf(gateway, id).current,
          ...countsShown(counts(id)),
        },
      ]),
    ),
  }
}

/** A provider as it is set up. Of its URL nothing that may be a secret. */
export const providerShown = (gateway: Gateway, provider: GatewayProvider, at: number) => {
  const { dialect, id, in_flight_max, limit, price, url, weight } = provider
  return {
    id,
    dialect,
    url: url === undefined ? null : url.replace(/^([a-z]+:\/\/)[^/?#]*@/i, "$1").replace(/[?#].*$/s, ""),
    simulated: url === undefined,
    weight,
    rate_limit: limit,
    in_flight_limit: in_flight_max,
    price: costShown(price),
    status: healthAt(providerOf(gateway, id).health, at),
    status_url: `/api/sms/${id}/status`,
  }
}

export const providerStatus = (gateway: Gateway, provider: GatewayProvider, at: number) => {
  const { counts, inFlight, blockedUntil, window } = providerOf(gateway, provider.id)
  return {
    ...providerShown(gateway, provider, at),
    in_flight: inFlight,
    told_to_wait_until: blockedUntil > at ? iso(blockedUntil) : null,
    rate: limitShown(gateway, window, provider.limit, at),
    health: healthShown(gateway, provider, at),
    usage: countsShown(counts),
  }
}
