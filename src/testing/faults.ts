import * as Effect from "effect/Effect"
import { problemLine } from "../app/settingsCheck.ts"
import type { JsonObject } from "../core/canonical.ts"
import {
  type Fault as FaultLayer,
  type Layers,
  layersOf,
  patchOf,
  withFaultOff,
  withFaultOn,
  withPatch,
} from "../scenarios/settingsLayers.ts"
import type { Exchange } from "../server/Exchange.ts"
import { RingbackError } from "./errors.ts"
import type { Fault } from "./faultTypes.ts"
import { keys, onlyKnown } from "./keys.ts"
import type { SettingsPatch } from "./types.ts"
import { withoutUndefined } from "./undefined.ts"

type Failed = { readonly message: string }

/** The settings of a run as its test changes them, and the faults it has ordered. */
export interface Changing {
  readonly change: (patch: SettingsPatch) => Effect.Effect<void, Failed>
  /** Switches a fault on; gives what switches it off again. */
  readonly fault: (fault: Fault) => Effect.Effect<Effect.Effect<void, Failed>, Failed>
}

export const changingOf = ({ settings }: typeof Exchange.Service): Changing => {
  const turns = Effect.unsafeMakeSemaphore(1)
  // While a fault is on; before and after it nothing lies over what is set.
  let layers: Layers | undefined
  let count = 0
  const apply = (patch: unknown): Effect.Effect<void, Failed> =>
    settings
      .change(patch)
      .pipe(
        Effect.catchTag("BadChange", ({ problems }) =>
          Effect.fail(new RingbackError(problems.map(problemLine).join("\n"))),
        ),
      )
  const become = (from: Layers, to: Layers): Effect.Effect<void, Failed> =>
    Effect.gen(function* () {
      const patch = patchOf(from, to)
      if (patch !== undefined) yield* apply(patch)
      layers = to.faults.size === 0 ? undefined : to
    })
  const inTurn = (make: () => Effect.Effect<void, Failed>) => turns.withPermits(1)(Effect.suspend(make))
  return {
    change: (given) =>
      inTurn(() => {
        const patch = withoutUndefined(given) as JsonObject
        return layers === undefined ? apply(patch) : become(layers, withPatch(layers, patch))
      }),
    fault: (given) =>
      Effect.gen(function* () {
        const fault = yield* readFault(given)
        const name = String(++count)
        yield* inTurn(() => {
          const from = layers ?? layersOf(settings.read().settings)
          return become(from, withFaultOn(from, name, fault))
        })
        return inTurn(() =>
          layers?.faults.has(name) === true ? become(layers, withFaultOff(layers, name)) : Effect.void,
        )
      }),
  }
}

/** Throws when it has a key that no fault has. */
const readFault = (given: Fault): Effect.Effect<FaultLayer, RingbackError> =>
  Effect.suspend(() => {
    const fault = withoutUndefined(onlyKnown(given, keys.fault)) as FaultLayer
    const { answers, api = [], callbacks = {}, endpoint, fail_percent: failPercent } = fault
    const otherwise = answers !== undefined || failPercent !== undefined
    const does =
      endpoint === undefined ? !otherwise && (api.length > 0 || Object.keys(callbacks).length > 0) : otherwise
    return does
      ? Effect.succeed(fault)
      : Effect.fail(
          new RingbackError(
            "fault: expected callbacks, api, or endpoint with answers or fail_percent, found nothing that goes wrong",
          ),
        )
  })
