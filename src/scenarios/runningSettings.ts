import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { JsonObject } from "../core/canonical.ts"
import type { RunningSettings } from "./Play.ts"
import { type Place, placeShown, ScenarioBroken } from "./Scenario.ts"
import type { Stage } from "./Stage.ts"
import { type Layers, layersOf, patchOf, withFaultOff, withFaultOn, withPatch } from "./settingsLayers.ts"

/** The settings of a scenario while it is played: what it has set, and over that the faults that are on. */
export const runningSettings = (stage: Stage, first: JsonObject): RunningSettings => {
  let layers = layersOf(first)
  const become = (place: Place, next: Layers) =>
    Effect.gen(function* () {
      const patch = patchOf(layers, next)
      if (patch !== undefined) {
        const changed = yield* stage.change(patch)
        if (Either.isLeft(changed))
          return yield* new ScenarioBroken({ lines: changed.left.map((line) => `${placeShown(place)}: ${line}`) })
      }
      layers = next
    })
  return {
    patch: (place, patch) => Effect.suspend(() => become(place, withPatch(layers, patch))),
    faultOn: (place, name, fault) => Effect.suspend(() => become(place, withFaultOn(layers, name, fault))),
    faultOff: (place, name) =>
      Effect.suspend(() => {
        if (name === undefined || layers.faults.has(name)) return become(place, withFaultOff(layers, name))
        const on = [...layers.faults.keys()].join(", ") || "none is"
        return new ScenarioBroken({
          lines: [`${placeShown(place)}: expected a fault that is on (${on}), found ${name}`],
        })
      }),
  }
}
