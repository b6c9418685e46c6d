import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import type { JsonObject } from "../core/canonical.ts"
import { defaultGatewaySettings, type GatewaySettings, gatewaySettings } from "../gateway/settings.ts"
import { changedSettings, readChange } from "./forkSettings.ts"
import { parseSettings, settingsOf } from "./settings.ts"
import type { SettingsFile } from "./settingsFile.ts"
import { writtenOf } from "./writtenSettings.ts"

type Gateway = NonNullable<SettingsFile["gateway"]>

/** A settings file that says everything about the gateway. */
const everything: Gateway = {
  country: "DE",
  providers: [
    {
      id: "acme",
      url: "https://acme.example/sms",
      dialect: "twilio",
      weight: 3,
      rate_limit: 7,
      in_flight: 9,
      timeout: "1500ms",
      price: 0.00625,
      currency: "EUR",
      from: "+15550000001",
      account: "AC1",
      receipt_url: "https://gateway.example/api/sms/acme/receipts",
    },
    {
      id: "provider2",
      profile: {
        latency: { min: 0, max: "2s" },
        receipt: { min: "10ms", max: "20ms" },
        limit_per_second: 5,
        lost_percent: 0.29,
        failing_percent: 1,
        refused_percent: 2,
        unanswered_percent: 3,
        undelivered_percent: 4,
        silent_percent: 5,
        contradicting_percent: 6.5,
        outages: [
          { from: 10, for: "1m", every: "1h", how: "503" },
          { from: 0, for: 1 },
        ],
      },
    },
    { id: "provider3", price: 0 },
  ],
  tokens: { acme: "t0ken" },
  limits: { total: 20, provider: 10, intake: 0, window: "2s", algorithm: "token-bucket", burst: 4 },
  health: { failure_percent: 12.34, window: "10s", min_samples: 3, probe_after: "5s" },
  failover: { attempts: 2, pause: "250ms", pause_max: "1m", unknown: "hold" },
  idempotency: "1h",
  queue: 1_000,
  valid_for: "10m",
}

const gatewayOf = (gateway: Gateway | undefined): GatewaySettings =>
  gatewaySettings(settingsOf(gateway === undefined ? {} : { gateway }).run as unknown as JsonObject)

/** What is told of a settings file. */
const problems = (...lines: ReadonlyArray<string>): string =>
  Either.match(parseSettings("ringback.yaml", ["gateway:", ...lines.map((line) => `  ${line}`)].join("\n")), {
    onLeft: (wrong) => wrong.lines.join("\n"),
    onRight: () => "",
  })

describe("settings of the gateway", () => {
  it("say nothing where the file says nothing, and then are the document's defaults", () => {
    strictEqual(settingsOf({}).run.gateway, undefined)
    deepStrictEqual(gatewayOf({}), defaultGatewaySettings)
  })
  it("are what a settings file would say that is made of them, but for the names of secrets", () => {
    for (const gateway of [{}, everything, { ...everything, limits: { intake: 30 } }, { limits: { provider: 5 } }]) {
      const { run } = settingsOf({ gateway })
      const again = settingsOf(writtenOf(run)).run.gateway
      const secretless = run.gateway?.providers.map(({ secret: _, ...provider }) => provider)
      deepStrictEqual(again, { ...run.gateway, providers: secretless } as unknown as GatewaySettings)
    }
  })
  it("take every key", () => {
    const { providers, ...others } = gatewayOf(everything)
    deepStrictEqual(others, {
      country: "DE",
      failover: { attempts_max: 2, gap_max_ms: 60_000, gap_ms: 250, unknown: "hold" },
      health: { failure_bp: 1_234, probe_after_ms: 5_000, samples_min: 3, window_ms: 10_000 },
      idempotency_ms: 3_600_000,
      limits: { algorithm: "token-bucket", burst: 4, total: 20, window_ms: 2_000 },
      queue_max: 1_000,
      valid_ms: 600_000,
    })
    const [acme, provider2] = providers
    deepStrictEqual(acme, {
      account: "AC1",
      dialect: "twilio",
      from: "+15550000001",
      id: "acme",
      in_flight_max: 9,
      limit: 7,
      price: { currency: "EUR", micros: 6_250 },
      receipt_url: "https://gateway.example/api/sms/acme/receipts",
      secret: { secret: "gateway.acme" },
      timeout_ms: 1_500,
      url: "https://acme.example/sms",
      weight: 3,
    })
    deepStrictEqual(
      [provider2?.limit, provider2?.profile?.outages],
      [
        10,
        [
          { every_ms: 3_600_000, for_ms: 60_000, from_ms: 10_000, how: "503" },
          { for_ms: 1_000, from_ms: 0, how: "connect" },
        ],
      ],
    )
  })
  it.each([
    [
      ["limits: { total: 0 }"],
      "ringback.yaml:2: gateway.limits.total: expected a whole number of requests in a window",
    ],
    [["queue: 5", "limts: {}"], "ringback.yaml:3: gateway.limts: expected a known key (is limits meant?)"],
    [["country: Bangladesh"], "ringback.yaml:2: gateway.country: expected a country by its two letters"],
    [["providers: []"], "ringback.yaml:2: gateway.providers: expected 1 to 50 providers"],
    [["providers:", "  - id: health"], "ringback.yaml:3: gateway.providers.0.id: expected a name of small letters"],
    [["providers:", "  - id: a", "  - id: a"], "gateway.providers: expected 1 to 50 providers of different ids"],
    [
      ["providers:", "  - { id: a, dialect: twilio }"],
      "gateway.providers.0: expected a url beside a dialect that is not generic",
    ],
    [
      ["providers:", "  - { id: a, dialect: smpp, url: 'http://a.test' }"],
      "ringback.yaml:3: gateway.providers.0.dialect: expected generic, plivo or twilio",
    ],
    [
      ["providers:", "  - id: a", "    url: a.test"],
      "ringback.yaml:4: gateway.providers.0.url: expected a URL that begins with http:// or https://",
    ],
    [
      ["providers:", "  - id: a", "    receipt_url: http://u:s3cret@a.test"],
      "ringback.yaml:4: gateway.providers.0.receipt_url: expected a URL that begins with http:// or https://, without a password",
    ],
    [
      ["providers:", "  - { id: a, profile: { latency: { min: 2s, max: 1s } } }"],
      "gateway.providers.0.profile.latency: expected min no longer than max",
    ],
    [["limits: { window: 0 }"], "gateway.limits.window: expected a number of seconds"],
    [["limits: { algorithm: leaky }"], "gateway.limits.algorithm: expected fixed-window or token-bucket"],
    [["health: { failure_percent: 0 }"], "gateway.health.failure_percent: expected a percentage"],
    [["failover: { unknown: retry }"], "gateway.failover.unknown: expected failover or hold"],
    [["tokens: { a: '' }"], "ringback.yaml:2: gateway.tokens.a: expected a text that is not empty"],
  ])("%j are refused with file, line, path and what was expected", (lines, told) => {
    const said = problems(...lines)
    assertTrue(said.includes(told), said)
    assertTrue(!said.includes("s3cret"))
  })
})

describe("settings of the gateway that a fork changes", () => {
  const changed = (gateway: Gateway | undefined, ...texts: ReadonlyArray<string>): GatewaySettings => {
    const inForce = settingsOf(gateway === undefined ? {} : { gateway }).run as unknown as JsonObject
    const changes = texts.map((text) => Either.getOrThrowWith(readChange(text), (why) => new Error(why)))
    return gatewaySettings(changedSettings(changes)(inForce))
  }
  it("are those of the file with the change, and keep their secrets", () => {
    for (const [text, gateway] of [
      ["gateway.limits.total=5", { ...everything, limits: { ...everything.limits, total: 5 } }],
      ["gateway.limits.provider=5", { ...everything, limits: { ...everything.limits, provider: 5 } }],
      [
        "gateway.failover.unknown=failover",
        { ...everything, failover: { ...everything.failover, unknown: "failover" } },
      ],
      ["gateway.providers[provider2]=null", { ...everything, providers: everything.providers?.toSpliced(1, 1) }],
    ] as const) {
      const expected = gatewayOf(gateway as Gateway)
      deepStrictEqual(changed(everything, text), expected, text)
    }
    deepStrictEqual(changed(everything, "gateway.providers[acme].weight=8").providers[0], {
      ...gatewayOf(everything).providers[0],
      weight: 8,
    })
  })
  it("may be those that no file said anything of", () => {
    deepStrictEqual(
      changed(
        undefined,
        "gateway.providers[provider2].weight=2",
        "gateway.providers[provider4].weight=3",
      ).providers.map(({ id, weight }) => [id, weight]),
      [
        ["provider1", 1],
        ["provider2", 2],
        ["provider3", 1],
        ["provider4", 3],
      ],
    )
    deepStrictEqual(
      changed(undefined, "gateway.limits.provider=5").providers.map(({ limit }) => limit),
      [5, 5, 5],
    )
  })
  it("are none where nothing of them is changed", () => {
    const inForce = settingsOf({}).run as unknown as JsonObject
    const change = Either.getOrThrow(readChange("twilio.default_behavior=failure"))
    strictEqual(changedSettings([change])(inForce).gateway, undefined)
  })
  it("never take a token", () => {
    const read = readChange("gateway.tokens.acme=s3cret")
    assertTrue(Either.isLeft(read) && !read.left.includes("s3cret"))
  })
})
