import { readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { type Started, startExchange } from "../app/exchange.ts"
import { loadScenario } from "../app/scenarios.ts"
import { parseSettings, settingsOf } from "../app/settings.ts"
import { checkSettings, problemLine } from "../app/settingsCheck.ts"
import type { SettingsFile } from "../app/settingsFile.ts"
import { type Pace, parsePace } from "../clock/pace.ts"
import { sha256 } from "../core/canonical.ts"
import { fileFailure } from "../core/fileFailure.ts"
import { parseInstant } from "../core/Instant.ts"
import { mergePatch } from "../core/mergePatch.ts"
import { liveSettings } from "../scenarios/endpoints.ts"
import { Exchange } from "../server/Exchange.ts"
import { serveHttp } from "../server/HttpServer.ts"
import { Waiters } from "../server/reading/waiting.ts"
import { calledFrom, RingbackError } from "./errors.ts"
import { keys, onlyKnown } from "./keys.ts"
import { promised } from "./promised.ts"
import { ringbackOf } from "./ringback.ts"
import type { Ringback, StartOptions } from "./types.ts"
import { withoutUndefined } from "./undefined.ts"
import { Patience, readWithin } from "./waiting.ts"

/** The token of an exchange whose settings name none: always the same, so that an application's test environment can hold it. */
const usualToken = sha256("ringback testing token").slice(0, 32)

/** Host ms for which nothing comes from the application under test before it counts as done: it may go on after it has answered. */
const usualQuietMs = 20

/** How long a wait lasts: less than the 5 s after which test runners end a test without saying why. */
const usualPatience = "4s"

/**
 * Starts an exchange of one test's own: a server on loopback in this process, with its log in memory. Several at once know nothing of each
 * other.
 *
 * Rejects when an option is wrong, naming it, what was expected and what was found, or when the port is taken.
 */
export const start = (options: StartOptions = {}): Promise<Ringback> =>
  promised(calledFrom(start), Effect.flatMap(readOptions(options), opened))

interface Options {
  readonly settings: SettingsFile
  readonly seed: number
  readonly pace: Pace
  readonly start: number | undefined
  readonly port: number
  readonly withinMs: number
}

const opened = (options: Options): Effect.Effect<Ringback, RingbackError> =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const { port, started, waiters } = yield* Scope.extend(listening(options), scope).pipe(
      Effect.mapError(({ message }) => new RingbackError(message)),
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause))),
    )
    return ringbackOf({
      exchange: started.exchange,
      authToken: Redacted.value(started.authToken),
      patience: new Patience(options.withinMs, waiters),
      port,
      close: Scope.close(scope, Exit.void),
    })
  })

const listening = ({ pace, port: wanted, seed, settings, start }: Options) =>
  Effect.gen(function* () {
    const started: Started = yield* startExchange({
      settings: { ...settingsOf(settings), db: ":memory:" },
      seed,
      pace,
      start,
    })
    const { allowedHosts, adminToken } = settingsOf(settings).server
    const { port } = yield* serveHttp({ host, port: wanted, allowedHosts, adminToken }).pipe(
      Effect.provideService(Exchange, started.exchange),
    )
    started.listensAt(`http://${host}:${port}`)
    const waiters = yield* Effect.provide(Waiters, Waiters.layer)
    return { port, started, waiters }
  })

const host = "127.0.0.1"

/** Throws when an option is none. */
const readOptions = (options: StartOptions): Effect.Effect<Options, RingbackError> =>
  Effect.gen(function* () {
    onlyKnown(options, keys.start)
    const scenario = options.scenario === undefined ? undefined : yield* readScenario(options.scenario)
    const {
      pace = "paused",
      port = 0,
      seed = scenario?.seed ?? 1,
      start = scenario?.start,
      within = usualPatience,
    } = options
    if (!Number.isSafeInteger(seed)) return yield* wrong("seed", "a whole number", seed)
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return yield* wrong("port", "0 to 65535", port)
    const settings = yield* readSettings(options.settings ?? {})
    const both = scenario === undefined ? settings : (mergePatch(scenario.settings, settings) as SettingsFile)
    return {
      settings: withDefaults(both),
      seed,
      pace: yield* Either.mapLeft(parsePace(pace), (why) => new RingbackError(`pace: ${why}`)),
      start: start === undefined ? undefined : yield* readStart(start),
      port,
      withinMs: yield* readWithin(within),
    }
  })

const wrong = (option: string, expected: string, found: unknown) =>
  Effect.fail(new RingbackError(`${option}: expected ${expected}, found ${JSON.stringify(found) ?? String(found)}`))

/** What a scenario says of a run, its settings as a settings file has them. */
const readScenario = (file: string) =>
  loadScenario(file).pipe(
    Effect.mapError(({ message }) => new RingbackError(message)),
    Effect.map((scenario) => ({
      seed: scenario.seed,
      start: new Date(scenario.start),
      settings: liveSettings(scenario),
    })),
  )

const readStart = (start: string | Date): Effect.Effect<number, RingbackError> => {
  const at = typeof start === "string" ? parseInstant(start) : start.getTime()
  return at === undefined || !Number.isSafeInteger(at) || at < 0
    ? wrong("start", "an instant from 1970 on such as 2026-01-01T00:00:00Z, or a Date", start)
    : Effect.succeed(at)
}

/** Settings as they are given, or of the file that is named. */
const readSettings = (settings: NonNullable<StartOptions["settings"]>): Effect.Effect<SettingsFile, RingbackError> =>
  Effect.gen(function* () {
    const checked =
      typeof settings === "string"
        ? Either.mapLeft(parseSettings(settings, yield* readText(settings)), ({ message }) => message)
        : Either.mapLeft(checkSettings(withoutUndefined(settings)), (problems) =>
            problems.map((problem) => problemLine({ ...problem, path: `settings.${problem.path}` })).join("\n"),
          )
    const written = yield* Either.mapLeft(checked, (message) => new RingbackError(message))
    if (written.database !== undefined)
      return yield* wrong(
        "settings.database",
        "nothing (the log is in memory; log.export writes it)",
        "a group of keys",
      )
    for (const key of ["host", "port"] as const)
      if (written.server?.[key] !== undefined)
        return yield* wrong(`settings.server.${key}`, "nothing (start's `port` says where it listens)", "this key")
    return written
  })

const readText = (file: string): Effect.Effect<string, RingbackError> =>
  Effect.try({
    try: () => readFileSync(file, "utf8"),
    catch: (error) => new RingbackError(fileFailure({ doing: "read", file, what: "settings file" }, error)),
  })

const withDefaults = (settings: SettingsFile): SettingsFile => ({
  ...settings,
  callbacks: { quiet_ms: usualQuietMs, ...settings.callbacks },
  twilio: { auth_token: usualToken, ...settings.twilio },
})
