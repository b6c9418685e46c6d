import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { machines } from "../../src/app/machines.ts"
import { rules } from "../../src/app/rules.ts"
import type { JsonObject } from "../../src/core/canonical.ts"
import type { Row } from "../../src/core/Entry.ts"
import { outboundAnswered, outboundRequested } from "../../src/core/entries.ts"
import type { WayOut } from "../../src/engine/outside.ts"
import { verifyRows } from "../../src/engine/verify.ts"
import { defaultProfile } from "../../src/gateway/providers/profile.ts"
import { defaultGatewaySettings, type GatewaySettings } from "../../src/gateway/settings.ts"
import { whatIf } from "../../src/gateway/whatIf/whatIf.ts"
import { makeMemory } from "../../src/log/layerMemory.ts"
import { outboundMachine } from "../../src/network/outbound.machine.ts"
import { gatewayWith } from "../support/gateway.ts"
import { rowsOf, steady } from "../support/gatewayRun.ts"

/** Default providers with other fields. */
const providers = (...some: ReadonlyArray<Partial<GatewaySettings["providers"][number]>>) =>
  defaultGatewaySettings.providers.map((provider, i) => ({
    ...provider,
    ...some[i],
  })) as unknown as GatewaySettings["providers"]

const ask = (rows: ReadonlyArray<Row>, gateway: GatewaySettings) =>
  Effect.gen(function* () {
    const log = makeMemory()
    log.append(rows)
    const settings = (inForce: JsonObject) => ({ ...inForce, gateway }) as unknown as JsonObject
    return yield* whatIf({ reader: log, machines, settings })
  })

/** A way out whose every answer takes a text, by the id of its request. */
const answering = (): WayOut => {
  let offer: Parameters<WayOut["begin"]>[0] | undefined
  return {
    inFlight: (world) => world.slice(outboundMachine).onWire,
    quietMs: () => 0,
    committed: (made) => {
      for (const { entry } of made)
        if (outboundRequested.is(entry) && entry.data.via === "wire")
          offer?.(
            outboundAnswered.draft(entry.subject, { body: `{"message_id":"m${entry.seq}"}`, status: 200 }, entry.seq),
          )
    },
    begin: (to) => {
      offer = to
    },
  }
}

const dark = { ...defaultProfile, outages: [{ from_ms: 0, for_ms: 3_600_000, how: "connect" as const }] }

describe("what would have become of a run of the gateway", () => {
  it.effect("under its own settings is what became of it", () =>
    Effect.gen(function* () {
      const rows = yield* rowsOf(steady(60, 3))
      const verdict = yield* verifyRows(Stream.fromIterable(rows), rules)
      strictEqual(verdict._tag === "Sound" ? "sound" : verdict.problem, "sound")
      const { compared, notRecorded, otherProvider, parting, was, would } = yield* ask(rows, defaultGatewaySettings)
      deepStrictEqual(would, was)
      deepStrictEqual([parting, notRecorded, otherProvider], [undefined, 0, 0])
      // Accepted, chosen, answered, settled.
      strictEqual(compared, 4 * 180)
      deepStrictEqual([was.requests, was.delivered, was.waiting, was.cost.USD], [180, 180, 0, 180 * 5_000])
      assertTrue(was.waited.p50 > 0 && was.waited.p50 <= was.waited.p99 && was.waited.p99 <= was.waited.max)
    }),
  )

  it.effect("under other weights shows in the shares, and from which decision on", () =>
    Effect.gen(function* () {
      const rows = yield* rowsOf(steady(60, 3))
      const { parting, was, would } = yield* ask(rows, gatewayWith({ providers: providers({ weight: 4 }, {}, {}) }))
      const shares = (figures: typeof was) => Object.values(figures.providers).map(({ attempts }) => attempts)
      deepStrictEqual(
        [shares(was), shares(would)],
        [
          [60, 60, 60],
          [120, 30, 30],
        ],
      )
      strictEqual(would.delivered, 180)
      assertTrue(
        parting?.a?.what === "attempt 1 goes to provider2" && parting.b?.what === "attempt 1 goes to provider1",
      )
    }),
  )

  it.effect("under failover rules that give up at once loses what another provider would have taken", () =>
    Effect.gen(function* () {
      const rows = yield* rowsOf(steady(30, 2), gatewayWith({ providers: providers({ profile: dark }) }))
      const { was, would } = yield* ask(
        rows,
        gatewayWith({
          providers: providers({ profile: dark }),
          failover: { attempts_max: 1 },
          health: { samples_min: 1_000 },
        }),
      )
      deepStrictEqual([was.delivered, was.dead_lettered], [60, {}])
      deepStrictEqual([would.delivered, would.dead_lettered], [40, { attempts: 20 }])
    }),
  )

  it.effect("takes answers of the wire from the log, and says whose they were", () =>
    Effect.gen(function* () {
      const urls = ["https://one.test", "https://two.test"]
      const wired = (...weights: ReadonlyArray<number>) =>
        gatewayWith({
          providers: urls.map((url, i) => ({
            ...defaultGatewaySettings.providers[0],
            id: `p${i + 1}`,
            url,
            weight: weights[i] ?? 1,
          })) as unknown as GatewaySettings["providers"],
        })
      const rows = yield* rowsOf(steady(10, 2), wired(1, 1), { wayOut: answering() })
      const under = yield* ask(rows, wired(1, 1))
      deepStrictEqual([under.would.taken, under.otherProvider, under.notRecorded], [20, 0, 0])
      const { notRecorded, otherProvider, would } = yield* ask(rows, wired(1, 0))
      deepStrictEqual([would.taken, otherProvider, notRecorded], [20, 10, 0])
      const cut = rows.findIndex(({ type }, i) => i > rows.length / 2 && type === "outbound.requested")
      const half = yield* ask(rows.slice(0, cut + 1), wired(1, 1))
      // The attempt that was on its way when the log ends, and five more of the same request.
      strictEqual(half.notRecorded, 6)
    }),
  )

  it.effect("under a lower limit takes longer, and turns nobody away that it could queue", () =>
    Effect.gen(function* () {
      const rows = yield* rowsOf(steady(60, 3))
      const { was, would } = yield* ask(rows, gatewayWith({ limits: { total: 20 } }))
      deepStrictEqual([would.delivered, would.turned_away], [180, {}])
      assertTrue(would.waited.max > was.waited.max + 5_000)
    }),
  )
})
