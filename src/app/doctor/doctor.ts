import * as Effect from "effect/Effect"
import { loadTemplates } from "../../carriers/twilio/templateFiles.ts"
import type { BadSettings, Flags, Settings } from "../settings.ts"
import { readSettings } from "../settings.ts"
import { type Check, fail, ok } from "./Check.ts"
import { keysCheck, logCheck, recentCallbacks } from "./log.ts"
import { certificatesCheck, driverCheck, folderCheck, nodeCheck, proxyEnvironmentCheck } from "./machine.ts"
import { callbackCheck, openDoorCheck, portCheck } from "./places.ts"
import { reachedCheck, type Told } from "./reached.ts"

/**
 * Looks at everything a server with these flags would need, and changes nothing.
 *
 * `callbacks` are addresses of applications; those that the settings rewrite to, and those on this machine that the log's newest callbacks went to,
 * are looked at as well.
 */
export const examine = (flags: Flags, callbacks: ReadonlyArray<URL>): Effect.Effect<ReadonlyArray<Told>> =>
  Effect.gen(function* () {
    const first = yield* look([nodeCheck, driverCheck])
    const settings = yield* Effect.either(readSettings(flags))
    if (settings._tag === "Left") return [...first, ...badSettings(settings.left)]
    const checks = yield* checksOf(settings.right, callbacks)
    return [...first, ...(yield* look(checks)), ...(yield* reachedCheck(settings.right))]
  })

const look = (checks: ReadonlyArray<Check>): Effect.Effect<ReadonlyArray<Told>> =>
  Effect.forEach(checks, (check) => Effect.map(check.look, (finding) => ({ about: check.about, ...finding })))

const badSettings = ({ lines }: BadSettings): ReadonlyArray<Told> =>
  lines.map((line) => {
    // Of a file that cannot be read it is said already what to do.
    const cut = /:\d+: /.test(line) ? -1 : line.lastIndexOf("; ")
    const finding =
      cut < 0
        ? fail(line, "mend that line; docs/settings.md has every key")
        : fail(line.slice(0, cut), `${line.slice(cut + 2)} (--config, CONFIG_PATH)`)
    return { about: "settings", ...finding }
  })

const checksOf = (settings: Settings, callbacks: ReadonlyArray<URL>): Effect.Effect<ReadonlyArray<Check>> =>
  Effect.map(recentCallbacks(settings.db), (recent) => {
    const { db, run, server } = settings
    const targets = [...run.callbacks.rewrite.map(({ to }) => to), ...recent].flatMap((text) =>
      URL.canParse(text) ? [new URL(text)] : [],
    )
    const origins = new Map([...callbacks, ...targets].map((url) => [url.origin, url]))
    return [
      settingsCheck(settings),
      portCheck(server),
      openDoorCheck(server),
      ...(db === ":memory:" ? [] : [folderCheck(db)]),
      logCheck(db),
      keysCheck(db),
      proxyEnvironmentCheck,
      certificatesCheck,
      ...[...origins.values()].map(callbackCheck),
    ]
  })

const settingsCheck = ({ file, templatesPath }: Settings): Check => ({
  about: "settings",
  look: Effect.match(loadTemplates(templatesPath), {
    onFailure: ({ message }) => fail(message, "mend that template, or leave templates.path out for the built-in ones"),
    onSuccess: () => ok(file === undefined ? "no file: the defaults" : file),
  }),
})
