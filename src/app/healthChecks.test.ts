import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { conversing } from "../../test/support/conversing.ts"
import { configured, played, steady } from "../../test/support/gatewayRun.ts"
import { simulate } from "../../test/support/simulate.ts"
import type { JsonObject } from "../core/canonical.ts"
import { gatewaySettings } from "../gateway/settings.ts"
import { healthChecks } from "./healthChecks.ts"
import { settingsOf } from "./settings.ts"

/** Two providers, of which the second, or both, do not connect for an hour. */
const dark = (both: boolean) => {
  const outages = [{ from: 0, for: "1h", how: "connect" as const }]
  const profile = { latency: { min: 0, max: 0 }, receipt: { min: 0, max: 0 } }
  return gatewaySettings(
    settingsOf({
      gateway: {
        health: { min_samples: 2 },
        failover: { attempts: 1 },
        providers: [
          { id: "one", profile: both ? { ...profile, outages } : profile },
          { id: "two", profile: { ...profile, outages } },
        ],
      },
    }).run as unknown as JsonObject,
  )
}

const monitor = (outages: ReadonlyArray<{ from: string; to: string }>) => ({
  conversations: { monitor: { simulated: { tenants: {}, outages } } },
})

describe("what health says of what a run depends on", () => {
  it.scoped("is unknown until it was needed, and then how it was found last", () =>
    Effect.gen(function* () {
      const { ask, run, settled, write } = yield* conversing({ settings: monitor([]) })
      deepStrictEqual(healthChecks(run), {
        carrier: { status: "unknown" },
        gateway: { status: "unknown" },
        monitor: { status: "unknown" },
      })
      yield* write("hello")
      yield* settled
      deepStrictEqual(healthChecks(run).monitor, { status: "up" })
      yield* ask("POST", "/api/messages", { to: "+14155550123", body: "hello" })
      yield* settled
      deepStrictEqual(healthChecks(run).carrier, { status: "up" })
    }),
  )
  for (const [both, check] of [
    [false, { status: "up", detail: "1 of 2 providers unhealthy" }],
    [true, { status: "down", detail: "2 of 2 providers unhealthy" }],
  ] as const)
    it.scoped(`of the gateway's providers is ${check.status} with ${check.detail}`, () =>
      Effect.gen(function* () {
        const simulation = yield* simulate({ pace: { _tag: "paused" } })
        yield* configured(simulation, dark(both))
        yield* played(simulation, steady(2, 3), 1_000)
        deepStrictEqual(healthChecks(simulation.run).gateway, check)
      }),
    )
  it.scoped("is down, with the reason and nothing of anybody's answer, while the monitor is", () =>
    Effect.gen(function* () {
      const outage = [{ from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" }]
      const { run, settled, write } = yield* conversing({ settings: monitor(outage) })
      yield* write("hello")
      yield* settled
      deepStrictEqual(healthChecks(run).monitor, { status: "down", detail: "answered 503" })
    }),
  )
})
