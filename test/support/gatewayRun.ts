import * as Effect from "effect/Effect"
import type { Draft } from "../../src/core/Entry.ts"
import type { ApiRequested } from "../../src/core/entries.ts"
import { settingsChanged } from "../../src/core/entries.ts"
import type { GatewaySettings } from "../../src/gateway/settings.ts"
import { sms } from "./gateway.ts"
import { allRows, type SimulateOptions, type Simulation, simulate } from "./simulate.ts"

/* Whole runs of the gateway: requests at their instants, providers simulated, every timer fired. */

/** A request that comes so many virtual ms after the beginning. */
export interface Coming {
  readonly after: number
  readonly request: Draft
}

/** `perSecond` texts evenly over each of so many seconds. */
export const steady = (perSecond: number, seconds: number): ReadonlyArray<Coming> =>
  Array.from({ length: perSecond * seconds }, (_, i) => ({
    after: Math.floor((i * 1_000) / perSecond),
    request: sms({ phone: `0192131${String(i % 10_000).padStart(4, "0")}` }),
  }))

/** Sets the gateway up so from here on. */
export const configured = ({ run }: Simulation, gateway: GatewaySettings) => {
  const { settings } = run.engine.world
  return run.engine.submit(settingsChanged.draft("", { settings: { ...settings, gateway } as never }))
}

/** Lets requests come at their instants, and the run go on until nothing is due, at most for so long. */
export const played = (simulation: Simulation, coming: ReadonlyArray<Coming>, restMs = 3_600_000) =>
  Effect.gen(function* () {
    const { engine } = simulation.run
    const start = engine.now
    for (const { after, request } of coming) {
      const ms = start + after - engine.now
      if (ms > 0) yield* engine.advance(ms)
      const { kind: _, ...input } = request as Draft<ApiRequested> & { kind?: string }
      engine.ask(
        input,
        () => {},
        () => {},
      )
    }
    yield* engine.settled
    yield* engine.advance(restMs)
  })

/** The rows of a run of the gateway in which these requests come. */
export const rowsOf = (coming: ReadonlyArray<Coming>, gateway?: GatewaySettings, options: SimulateOptions = {}) =>
  Effect.scoped(
    Effect.gen(function* () {
      const simulation = yield* simulate({ pace: { _tag: "paused" }, start: Date.UTC(2026, 0, 1, 12), ...options })
      if (gateway !== undefined) yield* configured(simulation, gateway)
      yield* played(simulation, coming)
      return yield* allRows(simulation.run.log)
    }),
  )
