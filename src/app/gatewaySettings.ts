import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { isCountry } from "../core/E164.ts"
import { reservedIds } from "../gateway/api/routes.ts"
import { dialects } from "../gateway/providers/dialects.ts"
import type { DialectName } from "../gateway/providers/settings.ts"
import { defaultGatewaySettings, type GatewayProvider, type GatewaySettings } from "../gateway/settings.ts"
import type { GatewayEnvironment } from "./gatewayEnvironment.ts"
import { profileSetting, simulatedProfile, writtenProfile } from "./gatewayProfiles.ts"
import {
  AuthToken,
  basisPoints,
  durationMsOr,
  expects,
  HttpUrl,
  isHttpUrl,
  micros,
  optional,
  Price,
  Sender,
  SomeTime,
  Text,
  writtenDuration,
  writtenPercent,
  writtenPrice,
} from "./settingsParts.ts"

/* The gateway: how the settings file has it, and how the log does. */

const count = (from: number, to: number, of: string) =>
  expects(Schema.Int.pipe(Schema.between(from, to)), `a whole number of ${of}, ${from} to ${to}`)

const Rate = Schema.suspend(() => count(1, 1_000_000, "requests in a window"))

const ProviderId = Schema.suspend(() =>
  expects(
    Schema.String.pipe(
      Schema.filter(
        (text) => /^[a-z][a-z0-9-]{0,39}$/.test(text) && !text.endsWith("-") && !reservedIds.includes(text),
      ),
    ),
    `a name of small letters, digits and hyphens, at most 40, that is none of ${reservedIds.join(", ")}`,
  ),
)
const dialectNames = Object.keys(dialects) as ReadonlyArray<DialectName>

const Provider = Schema.suspend(() =>
  Schema.Struct({
    id: ProviderId,
    url: optional(HttpUrl),
    dialect: optional(expects(Schema.Literal(...dialectNames), dialectNames.join(", ").replace(/, (\w+)$/, " or $1"))),
    weight: optional(count(0, 10_000, "parts")),
    rate_limit: optional(Rate),
    in_flight: optional(count(1, 10_000, "requests on their way")),
    timeout: optional(SomeTime),
    price: optional(Price),
    currency: optional(expects(Schema.String.pipe(Schema.pattern(/^[A-Z]{3}$/)), "a currency such as USD")),
    from: optional(Sender),
    account: optional(Text),
    // Providers are told it as it stands: a password in it would be a name of the keys file to them.
    receipt_url: optional(
      expects(
        Schema.String.pipe(Schema.filter((text) => isHttpUrl(text) && !hasUserinfo(text))),
        "a URL that begins with http:// or https://, without a password",
      ),
    ),
    profile: optional(profileSetting),
  }).pipe(
    Schema.filter(({ dialect = "generic", url }) => url !== undefined || dialect === "generic", {
      message: () => "a url beside a dialect that is not generic: what is simulated speaks that one",
    }),
  ),
)

const hasUserinfo = (url: string): boolean => {
  const { password, username } = new URL(url)
  return username !== "" || password !== ""
}

const providersMax = 50

export const gatewaySetting = Schema.suspend(() =>
  Schema.Struct({
    country: optional(
      expects(Schema.String.pipe(Schema.filter(isCountry)), "a country by its two letters (ISO 3166-1), such as BD"),
    ),
    providers: optional(
      Schema.Array(Provider).pipe(
        Schema.filter(
          (all) => all.length > 0 && all.length <= providersMax && new Set(all.map(({ id }) => id)).size === all.length,
          { message: () => `1 to ${providersMax} providers of different ids` },
        ),
      ),
    ),
    tokens: optional(Schema.Record({ key: Schema.String, value: AuthToken })),
    limits: optional(
      Schema.Struct({
        total: optional(Rate),
        provider: optional(Rate),
        intake: optional(count(0, 1_000_000, "requests in a window (0: no limit)")),
        window: optional(SomeTime),
        algorithm: optional(expects(Schema.Literal("fixed-window", "token-bucket"), "fixed-window or token-bucket")),
        burst: optional(count(1, 1_000_000, "requests")),
      }),
    ),
    health: optional(
      Schema.Struct({
        failure_percent: optional(
          expects(Schema.Number.pipe(Schema.between(0.01, 100)), "a percentage, more than 0 and at most 100"),
        ),
        window: optional(SomeTime),
        min_samples: optional(count(1, 1_000_000, "outcomes")),
        probe_after: optional(SomeTime),
      }),
    ),
    failover: optional(
      Schema.Struct({
        attempts: optional(count(1, 100, "attempts in all")),
        pause: optional(SomeTime),
        pause_max: optional(SomeTime),
        unknown: optional(expects(Schema.Literal("failover", "hold"), "failover or hold")),
      }),
    ),
    idempotency: optional(SomeTime),
    queue: optional(count(1, 10_000_000, "requests")),
    valid_for: optional(SomeTime),
  }),
)
type Written = typeof gatewaySetting.Type
type WrittenProvider = NonNullable<Written["providers"]>[number]

/** The name under which the keys file holds a provider's token. */
const tokenSecret = (id: string): string => `gateway.${id}`

const usual = defaultGatewaySettings

/** The settings as the log keeps them; nothing where neither file nor environment says anything. */
export const gatewaySettingsOf = (
  written: Written | undefined,
  env: GatewayEnvironment,
): { readonly gateway?: GatewaySettings } => {
  const { providerLimit, totalLimit, urls } = env
  if (written === undefined && urls.length === 0 && providerLimit === undefined && totalLimit === undefined) return {}
  const { country, failover = {}, health = {}, idempotency, limits = {}, queue, valid_for } = written ?? {}
  const total = totalLimit ?? limits.total ?? usual.limits.total
  const intake = limits.intake ?? total
  return {
    gateway: {
      country: country ?? usual.country,
      failover: {
        attempts_max: failover.attempts ?? usual.failover.attempts_max,
        gap_max_ms: durationMsOr(failover.pause_max, usual.failover.gap_max_ms),
        gap_ms: durationMsOr(failover.pause, usual.failover.gap_ms),
        unknown: failover.unknown ?? usual.failover.unknown,
      },
      health: {
        failure_bp:
          health.failure_percent === undefined ? usual.health.failure_bp : basisPoints(health.failure_percent),
        probe_after_ms: durationMsOr(health.probe_after, usual.health.probe_after_ms),
        samples_min: health.min_samples ?? usual.health.samples_min,
        window_ms: durationMsOr(health.window, usual.health.window_ms),
      },
      idempotency_ms: durationMsOr(idempotency, usual.idempotency_ms),
      limits: {
        algorithm: limits.algorithm ?? usual.limits.algorithm,
        burst: limits.burst ?? usual.limits.burst,
        ...(intake === 0 ? {} : { intake }),
        total,
        window_ms: durationMsOr(limits.window, usual.limits.window_ms),
      },
      providers: providersOf(written ?? {}, env),
      queue_max: queue ?? usual.queue_max,
      valid_ms: durationMsOr(valid_for, usual.valid_ms),
    },
  }
}

/** Those of the file; or those of the environment; or three simulated ones. A variable's URL wins over the file's. */
const providersOf = (
  { limits = {}, providers, tokens = {} }: Written,
  { providerLimit, urls }: GatewayEnvironment,
): GatewaySettings["providers"] => {
  const named = urls.map(({ n, url }): WrittenProvider => ({ id: `provider${n}`, url }))
  const others = named.filter(({ id }) => providers?.every((provider) => provider.id !== id) ?? true)
  const written: ReadonlyArray<WrittenProvider> =
    providers === undefined && named.length === 0
      ? usual.providers.map(({ id }) => ({ id }))
      : [
          ...(providers ?? []).map((provider) => {
            const url = named.find(({ id }) => id === provider.id)?.url
            return url === undefined ? provider : { ...provider, url }
          }),
          ...others,
        ]
  const limit = providerLimit ?? limits.provider ?? usual.providers[0].limit
  const all = written.map((provider) => providerOf(provider, limit, Object.hasOwn(tokens, provider.id)))
  return all as unknown as GatewaySettings["providers"]
}

const providerOf = (written: WrittenProvider, limit: number, hasToken: boolean): GatewayProvider => {
  const [{ price: usualPrice = { currency: "USD", micros: 0 }, ...provider }] = usual.providers
  const { account, currency, from, price, profile, receipt_url, timeout, url } = written
  return {
    ...(account === undefined ? {} : { account }),
    dialect: written.dialect ?? provider.dialect,
    ...(from === undefined ? {} : { from }),
    id: written.id,
    in_flight_max: written.in_flight ?? provider.in_flight_max,
    limit: written.rate_limit ?? limit,
    price: {
      currency: currency ?? usualPrice.currency,
      micros: price === undefined ? usualPrice.micros : micros(price),
    },
    ...(profile === undefined ? {} : { profile: simulatedProfile(profile) }),
    ...(receipt_url === undefined ? {} : { receipt_url }),
    ...(hasToken ? { secret: { secret: tokenSecret(written.id) } } : {}),
    timeout_ms: durationMsOr(timeout, provider.timeout_ms),
    ...(url === undefined ? {} : { url }),
    weight: written.weight ?? provider.weight,
  }
}

/** The tokens of the settings, by their names in the keys file. */
export const gatewaySecrets = ({
  tokens = {},
}: Written = {}): ReadonlyArray<readonly [name: string, value: Redacted.Redacted<string>]> =>
  Object.entries(tokens).map(([id, token]) => [tokenSecret(id), Redacted.make(token)])

/** The log does not tell which limits were those of all providers: what most have, the first of several. */
const mostCommon = ([first = 0, ...others]: ReadonlyArray<number>): number => {
  const counts = new Map([[first, 1]])
  for (const each of others) counts.set(each, (counts.get(each) ?? 0) + 1)
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most))[0]
}

/** What a settings file would say to have these settings, but for the tokens. */
export const writtenGateway = (settings: GatewaySettings): Written => {
  const { country, failover, health, idempotency_ms, limits, providers, queue_max, valid_ms } = settings
  const usualLimit = mostCommon(providers.map(({ limit }) => limit))
  return {
    country,
    providers: providers.map((provider) => writtenProvider(provider, usualLimit)) as unknown as NonNullable<
      Written["providers"]
    >,
    limits: {
      total: limits.total,
      provider: usualLimit,
      intake: limits.intake ?? 0,
      window: writtenDuration(limits.window_ms),
      algorithm: limits.algorithm,
      burst: limits.burst,
    },
    health: {
      failure_percent: writtenPercent(health.failure_bp),
      window: writtenDuration(health.window_ms),
      min_samples: health.samples_min,
      probe_after: writtenDuration(health.probe_after_ms),
    },
    failover: {
      attempts: failover.attempts_max,
      pause: writtenDuration(failover.gap_ms),
      pause_max: writtenDuration(failover.gap_max_ms),
      unknown: failover.unknown,
    },
    idempotency: writtenDuration(idempotency_ms),
    queue: queue_max,
    valid_for: writtenDuration(valid_ms),
  }
}

const writtenProvider = (provider: GatewayProvider, usualLimit: number): WrittenProvider => {
  const { account, dialect, from, id, in_flight_max, limit, price, profile, receipt_url, timeout_ms, url, weight } =
    provider
  return {
    id,
    dialect,
    weight,
    ...(limit === usualLimit ? {} : { rate_limit: limit }),
    in_flight: in_flight_max,
    timeout: writtenDuration(timeout_ms),
    ...(price === undefined ? {} : { price: writtenPrice(price.micros), currency: price.currency }),
    ...(account === undefined ? {} : { account }),
    ...(from === undefined ? {} : { from }),
    ...(profile === undefined ? {} : { profile: writtenProfile(profile) }),
    ...(receipt_url === undefined ? {} : { receipt_url }),
    ...(url === undefined ? {} : { url }),
  }
}

/** Names of secrets are no part of what is written: those that providers had before hold. */
export const withSecretsOf = (before: GatewaySettings, gateway: GatewaySettings): GatewaySettings => {
  const secrets = new Map(before.providers.map(({ id, secret }) => [id, secret]))
  const withSecret = (provider: GatewayProvider): GatewayProvider => {
    const secret = secrets.get(provider.id)
    return secret === undefined ? provider : { ...provider, secret }
  }
  return { ...gateway, providers: gateway.providers.map(withSecret) as unknown as GatewaySettings["providers"] }
}
