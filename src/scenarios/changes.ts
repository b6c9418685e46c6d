import type { Json, JsonObject } from "../core/canonical.ts"
import { mergePatch } from "../core/mergePatch.ts"
import { near } from "../core/near.ts"
import { isBelow } from "../network/settings.ts"
import { ownSettings } from "./endpoints.ts"
import { isFilledLater } from "./file/words.ts"
import type { Endpoint, Place, PlacedStep } from "./Scenario.ts"
import type { Stages } from "./Stage.ts"
import { withFault } from "./settingsLayers.ts"
import { faultWritten } from "./steps/changing.ts"

/*
 * What steps change of the settings, looked at before anything is played: step by step in the order of the file, each on top of
 * those before. What holds a `${` is known only when its step is performed, and is checked then.
 */

/** What is wrong with a step, and where within it. */
export interface ChangeProblem {
  readonly place: Place
  readonly keys: Keys
  readonly expected: string
  readonly found: string
}

type Keys = ReadonlyArray<PropertyKey>

interface Changing {
  readonly settings: JsonObject
  readonly endpoints: ReadonlyArray<Endpoint>
  readonly steps: ReadonlyArray<PlacedStep>
}

/** Everything that is wrong with the `settings` and `fault` steps among these, those within loops and included files too. */
export const changeProblems = (
  { endpoints, settings, steps }: Changing,
  stages: Stages,
): ReadonlyArray<ChangeProblem> => {
  const changes = inOrder(steps).filter(({ kind }) => kind === "settings" || kind === "fault")
  if (changes.length === 0) return []
  const problems: Array<ChangeProblem> = []
  const declared = [...endpoints.map(({ url }) => url), ...endpointsSet(changes)]
  let set = ownSettings(settings, endpoints)
  // Behind a change that is known later nobody can say what is missing.
  let certain = true
  for (const { kind, place, written } of changes) {
    if (holdsReference(written)) {
      certain &&= kind !== "settings"
      continue
    }
    const tell = (keys: Keys, expected: string, found: string) => problems.push({ place, keys, expected, found })
    const patch = kind === "settings" ? (written.settings as JsonObject) : undefined
    if (patch !== undefined) {
      const next = mergePatch(set, patch) as JsonObject
      for (const { expected, found, keys } of stages.checkChange(set, patch))
        if (isSaid(patch, keys, { certain, missing: !isThere(next, keys) }))
          tell(["settings", ...keys], expected, found)
      set = next
      continue
    }
    const fault = faultWritten(written)
    if (fault === undefined) continue
    for (const { expected, found, keys } of stages.checkSettings(withFault(set, fault))) {
      const own = faultKeys(keys, fault.api?.length ?? 0, fault.endpoint !== undefined)
      if (own !== undefined && isSaid(written, own, { certain: true, missing: true })) tell(own, expected, found)
    }
    if (fault.endpoint !== undefined && !declared.some((url) => covers(url, fault.endpoint ?? "")))
      tell(["fault", "endpoint"], endpointExpected(declared, fault.endpoint), JSON.stringify(fault.endpoint))
  }
  return problems
}

/** Steps as they come, each before those within it. */
const inOrder = (steps: ReadonlyArray<PlacedStep>): ReadonlyArray<PlacedStep> =>
  steps.flatMap((step) => [step, ...inOrder(step.inner)])

const holdsReference = (value: Json | undefined): boolean =>
  typeof value === "string"
    ? isFilledLater(value)
    : typeof value === "object" &&
      value !== null &&
      Object.entries(value).some(([key, inner]) => isFilledLater(key) || holdsReference(inner as Json))

/** URLs of endpoints that settings steps bring. */
const endpointsSet = (changes: ReadonlyArray<PlacedStep>): ReadonlyArray<string> =>
  changes.flatMap(({ kind, written }) => {
    const { endpoints } = (kind === "settings" ? written.settings : {}) as { readonly endpoints?: unknown }
    return Array.isArray(endpoints)
      ? endpoints.flatMap(({ url }: { readonly url?: unknown }) => (typeof url === "string" ? [url] : []))
      : []
  })

/** Whether an endpoint answers some of the requests that another does. */
const covers = (url: string, other: string): boolean => isFilledLater(url) || isBelow(url, other) || isBelow(other, url)

const endpointExpected = (declared: ReadonlyArray<string>, found: string): string => {
  const meant = near(found, declared)
  const known = meant === undefined ? declared.join(", ") || "there is none" : `is ${meant} meant?`
  return `an endpoint of this scenario (${known})`
}

/**
 * Whether a change itself says what is wrong: it stands there, or is missing from a group of its own. Where it is not certain what was
 * there before, only a value that stands there counts, and not how it goes with others.
 */
const isSaid = (
  patch: JsonObject,
  keys: Keys,
  { certain, missing }: { readonly certain: boolean; readonly missing: boolean },
): boolean =>
  isThere(patch, keys)
    ? certain || !isGroup(valueAt(patch, keys))
    : certain && missing && isThere(patch, keys.slice(0, -1))

const isThere = (value: unknown, keys: Keys): boolean => valueAt(value, keys) !== undefined

const valueAt = (value: unknown, keys: Keys): unknown =>
  keys.reduce<unknown>((here, key) => (isGroupOrList(here) && Object.hasOwn(here, key) ? here[key] : undefined), value)

const isGroupOrList = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === "object" && value !== null
const isGroup = (value: unknown): boolean => isGroupOrList(value) && !Array.isArray(value)

/** The place within a fault step of what is wrong with the settings that it makes; undefined: it is not of the fault. */
const faultKeys = (keys: Keys, api: number, endpoint: boolean): Keys | undefined => {
  const [section, part, ...rest] = keys
  if (section === "callbacks" && part === "faults") return ["fault", "callbacks", ...rest]
  if (section === "twilio" && part === "faults")
    return typeof rest[0] === "number" && rest[0] < api ? ["fault", "api", ...rest] : undefined
  if (section === "endpoints") return endpoint && part === 0 ? ["fault", ...rest] : undefined
  return undefined
}
