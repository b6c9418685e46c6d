import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Json, JsonObject } from "../core/canonical.ts"
import { mergePatch, patchBetween } from "../core/mergePatch.ts"
import type { Fault, RunningSettings } from "./Play.ts"
import { type Place, placeShown, ScenarioBroken } from "./Scenario.ts"
import type { Stage } from "./Stage.ts"

/**
 * The settings of a scenario while it is played: what it has set, and over that the faults that are on, each by its name. A fault
 * that is taken away leaves what was there before, whatever was set meanwhile.
 */
export const runningSettings = (stage: Stage, first: JsonObject): RunningSettings => {
  let set = first
  let inForce = first
  const faults = new Map<string, Fault>()
  const apply = (place: Place) =>
    Effect.gen(function* () {
      const wanted = [...faults.values()].reduce(withFault, set)
      const patch = patchBetween(inForce, wanted)
      if (patch === undefined) return
      const changed = yield* stage.change(patch as JsonObject)
      if (Either.isLeft(changed))
        return yield* new ScenarioBroken({ lines: changed.left.map((line) => `${placeShown(place)}: ${line}`) })
      inForce = wanted
    })
  return {
    patch: (place, patch) =>
      Effect.suspend(() => {
        set = mergePatch(set, patch) as JsonObject
        return apply(place)
      }),
    faultOn: (place, name, fault) =>
      Effect.suspend(() => {
        // Of one name the later one counts, as the newest of all.
        faults.delete(name)
        faults.set(name, fault)
        return apply(place)
      }),
    faultOff: (place, name) =>
      Effect.suspend(() => {
        if (name === undefined) faults.clear()
        else if (!faults.delete(name))
          return new ScenarioBroken({
            lines: [
              `${placeShown(place)}: expected a fault that is on (${[...faults.keys()].join(", ") || "none is"}), found ${name}`,
            ],
          })
        return apply(place)
      }),
  }
}

/** Settings with a fault: it is looked at before what is there. */
export const withFault = (settings: JsonObject, fault: Fault): JsonObject => {
  const { api, callbacks } = fault
  const patch = {
    ...(callbacks === undefined ? {} : { callbacks: { faults: callbacks } }),
    ...(api === undefined ? {} : { twilio: { faults: [...api, ...listAt(settings, "twilio", "faults")] } }),
    ...(fault.endpoint === undefined ? {} : { endpoints: [endpointOf(fault), ...listAt(settings, "endpoints")] }),
  }
  return mergePatch(settings, patch) as JsonObject
}

const endpointOf = ({ answers, endpoint: url = "", fail_percent }: Fault): JsonObject => ({
  url,
  ...(answers === undefined ? {} : { answers }),
  ...(fail_percent === undefined ? {} : { fail_percent }),
})

const listAt = (settings: JsonObject, ...keys: ReadonlyArray<string>): ReadonlyArray<Json> => {
  const found = keys.reduce<Json | undefined>(
    (here, key) => (typeof here === "object" && here !== null ? (here as JsonObject)[key] : undefined),
    settings,
  )
  return Array.isArray(found) ? found : []
}
