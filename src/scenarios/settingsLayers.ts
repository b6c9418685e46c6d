import type { Json, JsonObject } from "../core/canonical.ts"
import { mergePatch, patchBetween } from "../core/mergePatch.ts"

/*
 * Settings in two layers: what was set, and over that the faults that are on, each by its name. A fault that is taken away leaves what
 * was there before, whatever was set meanwhile.
 */

/** Something that goes wrong for a while, as a settings file has it. */
export interface Fault {
  readonly callbacks?: JsonObject
  readonly api?: ReadonlyArray<JsonObject>
  readonly endpoint?: string
  readonly answers?: ReadonlyArray<JsonObject>
  readonly fail_percent?: number
}

export interface Layers {
  readonly set: JsonObject
  /** The newest last. */
  readonly faults: ReadonlyMap<string, Fault>
}

export const layersOf = (set: JsonObject): Layers => ({ set, faults: new Map() })

export const withPatch = ({ faults, set }: Layers, patch: JsonObject): Layers => ({
  set: mergePatch(set, patch) as JsonObject,
  faults,
})

/** With a fault. Of one name the later one counts, as the newest of all. */
export const withFaultOn = ({ faults, set }: Layers, name: string, fault: Fault): Layers => ({
  set,
  faults: new Map([...[...faults].filter(([other]) => other !== name), [name, fault]]),
})

/** Without one of the faults, or without any. */
export const withFaultOff = ({ faults, set }: Layers, name: string | undefined): Layers => ({
  set,
  faults: new Map(name === undefined ? [] : [...faults].filter(([other]) => other !== name)),
})

/** The patch that leads from one state to another; undefined when nothing changes. */
export const patchOf = (from: Layers, to: Layers): JsonObject | undefined =>
  patchBetween(wanted(from), wanted(to)) as JsonObject | undefined

const wanted = ({ faults, set }: Layers): JsonObject => [...faults.values()].reduce(withFault, set)

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
