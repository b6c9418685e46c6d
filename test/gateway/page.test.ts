import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { decode, type Entry } from "../../src/core/Entry.ts"
import { gatewayShown } from "../../src/dashboard/gatewayShown.ts"
import { foldedFor, gatewayAt } from "../../src/dashboard/gatewayThen.ts"
import { WorldState } from "../../src/engine/World.ts"
import { type AttemptChosen, attemptChosen } from "../../src/gateway/entries.ts"
import { gatewayMachine } from "../../src/gateway/gateway.machine.ts"
import { defaultProfile } from "../../src/gateway/providers/profile.ts"
import { defaultGatewaySettings } from "../../src/gateway/settings.ts"
import { configured, played, steady } from "../support/gatewayRun.ts"
import { gatewayWith } from "../support/gatewayWith.ts"
import { allRows, simulate } from "../support/simulate.ts"

/* The gateway as its page shows it, now and as it was. */

const start = Date.UTC(2026, 0, 1, 12)
const dark = { ...defaultProfile, outages: [{ from_ms: 1_000, for_ms: 60_000, how: "connect" as const }] }
const settings = gatewayWith({
  providers: defaultGatewaySettings.providers.map((provider, i) =>
    i === 1 ? { ...provider, profile: dark } : provider,
  ) as unknown as typeof defaultGatewaySettings.providers,
})

const run = (use: (simulation: Effect.Effect.Success<ReturnType<typeof simulate>>) => Effect.Effect<void, unknown>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const simulation = yield* simulate({ pace: { _tag: "paused" }, start })
      yield* configured(simulation, settings)
      yield* played(simulation, steady(30, 4))
      yield* use(simulation)
    }),
  )

describe("the gateway's page", () => {
  it.effect("shows it as it was after any entry, in whatever order these are looked at", () =>
    run(({ run: running }) =>
      Effect.gen(function* () {
        const rows = yield* allRows(running.log)
        const last = rows.length
        for (const seq of [1, 200, 40, last - 1, 3, 500, 499, last]) {
          const world = new WorldState([gatewayMachine])
          for (const row of rows.slice(0, seq)) world.evolve(decode(row))
          deepStrictEqual(
            yield* gatewayAt(running, seq, ({ byId, counts, providers, total }) =>
              structuredClone([counts, providers, total, byId.length]),
            ),
            [
              world.slice(gatewayMachine).counts,
              world.slice(gatewayMachine).providers,
              world.slice(gatewayMachine).total,
              world.slice(gatewayMachine).byId.length,
            ],
          )
        }
        strictEqual(foldedFor(running, 499), 0)
        strictEqual(foldedFor(running, 600), 101)
      }),
    ),
  )

  it.effect("tells shares, windows, health over time and why each choice was made", () =>
    run(({ run: running }) =>
      Effect.gen(function* () {
        const entries = (yield* allRows(running.log)).map(decode)
        const health = new Map(
          settings.providers.map(({ id }) => [
            id,
            entries.filter(({ subject, type }) => subject === id && type.startsWith("gateway-provider.")),
          ]),
        )
        const burst = entries.findLast(({ type }) => type === "gateway-attempt.chosen")
        assertTrue(burst !== undefined)
        const choices = entries
          .slice(0, burst.seq)
          .filter((entry): entry is Entry<never> => attemptChosen.is(entry)) as unknown as ReadonlyArray<
          Entry<AttemptChosen>
        >
        const shown = yield* gatewayAt(running, burst.seq, (gateway, at) =>
          gatewayShown(gateway, { at, choices, health }),
        )
        deepStrictEqual(
          shown.providers.map((provider) => provider.health),
          ["healthy", "unhealthy", "healthy"],
        )
        deepStrictEqual(
          shown.providers.map(({ stretches }) => stretches.map(({ tone }) => tone)),
          [["good"], ["good", "bad"], ["good"]],
        )
        const [first] = shown.choices
        strictEqual(first?.candidates.find(({ provider }) => provider === "provider2")?.out, "unhealthy")
        for (const { limit, windows } of shown.providers)
          assertTrue(windows.length >= 4 && windows.every(({ height, sent }) => sent <= limit && height <= 100))
        strictEqual(
          shown.total.windows.reduce((sum, { sent }) => sum + sent, 0),
          choices.length,
        )
      }),
    ),
  )

  it.effect("lists dead letters, newest first", () =>
    run((simulation) =>
      Effect.gen(function* () {
        const dead = { ...defaultProfile, refused_bp: 10_000 }
        const refusing = settings.providers.map((provider) => ({ ...provider, profile: dead }))
        yield* configured(simulation, { ...settings, providers: refusing as unknown as typeof settings.providers })
        yield* played(simulation, steady(5, 1))
        const { engine } = simulation.run
        const gateway = engine.world.slice(gatewayMachine)
        const { count, newest } = gatewayShown(gateway, {
          at: engine.now,
          choices: [],
          health: new Map(),
        }).dead
        deepStrictEqual([count, newest.length, newest[0]?.reason], [5, 5, "refused"])
        assertTrue(newest.every((letter, i) => i === 0 || letter.accepted <= (newest[i - 1]?.accepted ?? 0)))
      }),
    ),
  )
})
