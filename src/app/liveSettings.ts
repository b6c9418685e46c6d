import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { canonical, type Json, type JsonObject } from "../core/canonical.ts"
import { settingsChanged } from "../core/entries.ts"
import { isGroup } from "../core/group.ts"
import { kindOf } from "../core/kindOf.ts"
import { limits } from "../core/limits.ts"
import { mergePatch } from "../core/mergePatch.ts"
import type { Run } from "../engine/Run.ts"
import { type Keys, SecretsFull } from "../log/Keys.ts"
import { hideUserinfo, type SecretStore } from "../network/secretUrl.ts"
import { BadChange, type SettingsDoor, type SettingsProblem } from "../server/Exchange.ts"
import { notStrict, type Settings } from "./settings.ts"
import { checkSettings, type Problem } from "./settingsCheck.ts"
import { settingsDifferences } from "./settingsDifferences.ts"
import type { SettingsFile } from "./settingsFile.ts"

/*
 * Settings while the exchange runs: shown and changed in the form of the settings file, kept in the log in the form the rules
 * read. A change is in force from its entry on, until the next start reads the file again.
 */

/** Sections of the file that a running exchange can take anew. The others are about the process, not the run. */
const changeable: ReadonlySet<string> = new Set(["callbacks", "conversations", "endpoints", "gateway", "twilio"])
/** Keys of a section that say who an account is, and tokens. */
const fixed: ReadonlySet<string> = new Set([
  "account_sid",
  "auth_token",
  "carrier",
  "monitor_token",
  "test_credentials",
  "tokens",
])

/** The settings as the log keeps them: userinfo of URLs by its name, wherever it stands. Throws `SecretsFull`. */
export const runSettings = ({ run }: Settings, keys: SecretStore): JsonObject =>
  withoutSecrets(run as unknown as JsonObject, keys) as JsonObject

/** The door to a run's settings. Changes are made one after the other, by `turns`. */
export const liveSettings = (
  run: Run,
  { first, keys, turns }: { readonly keys: Keys; readonly first: Settings; readonly turns: Effect.Semaphore },
): SettingsDoor => {
  let settings = first
  /** What is only looked at is kept nowhere. */
  const lookedAt: Keys = { ...keys, remember: () => {} }
  const change = (patch: unknown) =>
    Effect.gen(function* () {
      const next = yield* changed(settings, patch, keys)
      if (canonical(next.kept) !== canonical(run.engine.world.settings))
        yield* run.engine.submit(settingsChanged.draft("", { settings: next.kept }))
      settings = next.settings
    })
  return {
    read: () => ({
      settings: withoutSecrets(changeableOf(settings.written), keys) as JsonObject,
      in_force: run.engine.world.settings,
    }),
    change: (patch) => turns.withPermits(1)(change(patch)),
    preview: (patch) =>
      Effect.suspend(() =>
        Either.map(changed(settings, patch, lookedAt), ({ kept }) =>
          settingsDifferences(run.engine.world.settings, kept),
        ),
      ),
  }
}

interface Changed {
  readonly settings: Settings
  readonly kept: JsonObject
}

/** The settings file that a patch makes of another while it is in force, or what is wrong with it. */
export const checkChange = (written: unknown, patch: unknown): Either.Either<SettingsFile, ReadonlyArray<Problem>> => {
  const misplaced = misplacedIn(patch)
  return misplaced.length > 0
    ? Either.left(
        misplaced.map((problem) => ({ ...problem, keys: problem.path === "" ? [] : problem.path.split(".") })),
      )
    : checkSettings(mergePatch(written, patch))
}

/** The settings as a patch makes them, or what is wrong with it. */
const changed = (settings: Settings, patch: unknown, keys: Keys): Either.Either<Changed, BadChange> =>
  Either.gen(function* () {
    const written = yield* Either.mapLeft(
      checkChange(settings.written, restored(patch, [settings.written], keys)),
      (problems) => new BadChange({ problems: problems.map(({ keys: _, ...problem }) => problem) }),
    )
    const next = settings.resettle(written)
    const open = notStrict(next)
    if (open.length > 0) return yield* Either.left(new BadChange({ problems: open }))
    const kept = yield* Either.try({
      try: () => runSettings(next, keys),
      catch: (error) => {
        if (!(error instanceof SecretsFull)) throw error
        return refused("", `at most ${limits.secretsMax} different passwords in URLs`, "one more")
      },
    })
    const bytes = Buffer.byteLength(canonical(kept))
    if (bytes + 1_000 > limits.entryBytesMax)
      return yield* Either.left(
        refused("", `settings of at most ${limits.entryBytesMax - 1_000} bytes as JSON`, `${bytes} bytes`),
      )
    return { settings: next, kept }
  })

const refused = (path: string, expected: string, found: string): BadChange =>
  new BadChange({ problems: [{ path, expected, found }] })

/** Keys of a patch that cannot change while the exchange runs. Those that do not exist are told by the schema. */
const misplacedIn = (patch: unknown): ReadonlyArray<SettingsProblem> => {
  if (!isGroup(patch)) return [{ path: "", expected: "a group of keys", found: kindOf(patch) }]
  const problem = (path: string): SettingsProblem => ({
    path,
    expected: "a key that can change while the exchange runs (restart it to change this one)",
    found: "this key",
  })
  if (patch.twilio === null)
    return [
      { path: "twilio", expected: "a group of keys (without it the account would be another one)", found: "null" },
    ]
  const processOwn = ["database", "logging", "profile", "provider", "proxy", "server", "templates", "tracing"].filter(
    (key) => Object.hasOwn(patch, key),
  )
  const within = ["conversations", "gateway", "twilio"].flatMap((section) => {
    const group = Object.hasOwn(patch, section) ? patch[section] : undefined
    const keys = isGroup(group) ? Object.keys(group) : []
    return keys.filter((key) => fixed.has(key)).map((key) => `${section}.${key}`)
  })
  return [...processOwn, ...within].map(problem)
}

const changeableOf = (written: SettingsFile): JsonObject =>
  Object.fromEntries(
    Object.entries(written)
      .filter(([section]) => changeable.has(section))
      .map(([section, value]) => [
        section,
        isGroup(value) ? Object.fromEntries(Object.entries(value).filter(([key]) => !fixed.has(key))) : value,
      ]),
  ) as JsonObject

/** The same with every URL's userinfo by its name. */
const withoutSecrets = (value: Json, keys: SecretStore): Json => {
  if (typeof value === "string") return hideUserinfo(value, keys)
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, keys))
  if (!isGroup(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner as Json, keys)]))
}

/**
 * A patch with the URLs that it shows as they were shown by what they are: whoever reads the settings, changes one and sends all
 * back loses no password.
 *
 * Shape   `places` are the values that are in force where the patch stands; of a list, those of all its items
 * Why     a text counts as shown only where it is the whole of a value that is there: a name in a URL of one's own stays a
 *         name, or it would take the secret elsewhere
 */
const restored = (patch: unknown, places: ReadonlyArray<unknown>, keys: SecretStore): unknown => {
  if (places.length === 0) return patch
  if (typeof patch === "string")
    return (patch.includes("userinfo-") ? places.find((place) => isShownAs(place, patch, keys)) : undefined) ?? patch
  if (Array.isArray(patch)) {
    const items = places.flatMap((place) => (Array.isArray(place) ? place : []))
    return patch.map((item) => restored(item, items, keys))
  }
  if (!isGroup(patch)) return patch
  return Object.fromEntries(
    Object.entries(patch).map(([key, inner]) => {
      const values = places.flatMap((place) => (isGroup(place) && Object.hasOwn(place, key) ? [place[key]] : []))
      return [key, restored(inner, values, keys)]
    }),
  )
}

const isShownAs = (value: unknown, text: string, keys: SecretStore): boolean =>
  typeof value === "string" && hideUserinfo(value, keys) === text
