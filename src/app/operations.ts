import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as LogLevel from "effect/LogLevel"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { isLoopback } from "../network/isLoopback.ts"
import type { SettingsProblem } from "../server/Exchange.ts"
import { databaseFileOf } from "./databaseUrl.ts"
import { expects, HttpUrl, optional, section, Text } from "./settingsParts.ts"
import { variable } from "./variable.ts"

/*
 * How a process is run: what is strict, what it tells and where. None of it is in the log, and no rule sees it.
 */

export const profiles = ["development", "staging", "production"] as const
export type Profile = (typeof profiles)[number]

export const logFormats = ["text", "json"] as const
export type LogFormat = (typeof logFormats)[number]

/** The sections of the settings file. */
export const operationsSections = {
  profile: optional(expects(Schema.Literal(...profiles), `one of ${profiles.join(", ")}`)),
  logging: section(() =>
    Schema.Struct({ format: optional(expects(Schema.Literal(...logFormats), `one of ${logFormats.join(", ")}`)) }),
  ),
  tracing: section(() => Schema.Struct({ endpoint: optional(HttpUrl), service: optional(Text) })),
}

interface OperationsFile {
  readonly profile?: Profile | undefined
  readonly logging?: { readonly format?: LogFormat | undefined } | undefined
  readonly tracing?: { readonly endpoint?: string | undefined; readonly service?: string | undefined } | undefined
}

export interface Operations {
  readonly profile: Profile
  readonly logFormat: LogFormat
  /** Where spans go; undefined: there are none. */
  readonly tracing: Tracing | undefined
  /** The SQLite file that the log is projected into while it is served. */
  readonly projection: string | undefined
}

export interface Tracing {
  /** The collector's base URL: spans go to `<endpoint>/v1/traces`. */
  readonly endpoint: string
  readonly service: string
  /** Headers with each export, such as a key: `name=value`, separated by commas. */
  readonly headers: Redacted.Redacted<string> | undefined
}

export interface OperationsFlags {
  readonly profile?: string | undefined
  readonly logFormat?: string | undefined
}

/** What the environment says, as far as it is set and not empty. */
export interface OperationsEnvironment {
  readonly profile?: Profile
  readonly logFormat?: LogFormat
  readonly endpoint?: string
  readonly headers?: Redacted.Redacted<string>
  readonly service?: string
  readonly projection?: string
}

/** Reads the environment; the lines say what is wrong with it. */
export const readOperationsEnvironment: Effect.Effect<{
  readonly environment: OperationsEnvironment
  readonly lines: ReadonlyArray<string>
}> = Effect.gen(function* () {
  const [profile, format, endpoint, headers, service, database] = yield* Effect.orDie(
    Config.all([
      variable("RINGBACK_PROFILE"),
      variable("LOG_FORMAT"),
      variable("OTEL_EXPORTER_OTLP_ENDPOINT"),
      variable("OTEL_EXPORTER_OTLP_HEADERS"),
      variable("OTEL_SERVICE_NAME"),
      variable("DATABASE_URL"),
    ]),
  )
  const lines: Array<string> = []
  const read = <A>(
    name: string,
    text: string | undefined,
    parse: (text: string) => Either.Either<A, string>,
  ): A | undefined => {
    if (text === undefined) return undefined
    const found = parse(text)
    if (Either.isRight(found)) return found.right
    lines.push(`environment ${name}: ${found.left}`)
    return undefined
  }
  const environment = {
    profile: read("RINGBACK_PROFILE", profile, oneOf(profiles)),
    logFormat: read("LOG_FORMAT", format, oneOf(logFormats)),
    endpoint: read("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint, endpointIn),
    headers: headers === undefined ? undefined : Redacted.make(headers),
    service,
    projection: read("DATABASE_URL", database, databaseFileOf),
  }
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined))
  return { environment: given as OperationsEnvironment, lines }
})

const oneOf =
  <A extends string>(words: ReadonlyArray<A>) =>
  (text: string): Either.Either<A, string> => {
    const found = words.find((word) => word === text.toLowerCase())
    return found === undefined
      ? Either.left(`expected ${words.join(", ")}, found ${JSON.stringify(text.slice(0, 40))}`)
      : Either.right(found)
  }

const endpointIn = (text: string): Either.Either<string, string> =>
  /^https?:\/\/[^/]/i.test(text) && URL.canParse(text)
    ? Either.right(text)
    : Either.left(`expected a URL that begins with http:// or https://, found a text of ${text.length} characters`)

/** What is wrong with flags. */
export const checkOperationsFlags = ({ logFormat, profile }: OperationsFlags): ReadonlyArray<string> =>
  [
    profile === undefined ? undefined : Either.mapLeft(oneOf(profiles)(profile), (why) => `--profile: ${why}`),
    logFormat === undefined ? undefined : Either.mapLeft(oneOf(logFormats)(logFormat), (why) => `--log-format: ${why}`),
  ].flatMap((found) => (found !== undefined && Either.isLeft(found) ? [found.left] : []))

/** Flags over environment over file over defaults, which follow from the profile. */
export const operationsOf = (
  flags: OperationsFlags,
  env: OperationsEnvironment,
  { logging = {}, profile: written, tracing = {} }: OperationsFile,
): Operations => {
  const flag = <A extends string>(words: ReadonlyArray<A>, text: string | undefined) =>
    text === undefined ? undefined : Either.getOrUndefined(oneOf(words)(text))
  const profile = flag(profiles, flags.profile) ?? env.profile ?? written ?? "development"
  const endpoint = env.endpoint ?? tracing.endpoint
  return {
    profile,
    logFormat:
      flag(logFormats, flags.logFormat) ?? env.logFormat ?? logging.format ?? (isStrict(profile) ? "json" : "text"),
    tracing:
      endpoint === undefined
        ? undefined
        : { endpoint, service: env.service ?? tracing.service ?? "ringback", headers: env.headers },
    projection: env.projection,
  }
}

/** Staging and production are run where others reach them: nothing is left open, numbers are masked. */
export const isStrict = (profile: Profile): boolean => profile !== "development"

/** What a strict profile does not start with, and is not changed to while it runs. */
interface Guarded {
  readonly host: string
  readonly hasAdminToken: boolean
  readonly requireAuth: boolean
  /** Whether the conversation service lets unsigned webhooks in. */
  readonly unsignedWebhooks: boolean
}

export const strictProblems = (profile: Profile, guarded: Guarded): ReadonlyArray<SettingsProblem> => {
  if (!isStrict(profile)) return []
  const { hasAdminToken, host, requireAuth, unsignedWebhooks } = guarded
  const open = !isLoopback(host) && host !== "localhost"
  const under = `under profile ${profile}`
  return [
    open && !hasAdminToken
      ? {
          path: "server.admin_token",
          expected: `a token ${under} where server.host is not this machine's own`,
          found: "none",
        }
      : undefined,
    requireAuth ? undefined : { path: "twilio.validation.require_auth", expected: `true ${under}`, found: "false" },
    unsignedWebhooks ? { path: "conversations.signatures", expected: `required ${under}`, found: "off" } : undefined,
  ].filter((problem) => problem !== undefined)
}

/** The level in force: a strict profile tells nothing below INFO. */
export const levelUnder = (profile: Profile, level: LogLevel.LogLevel): LogLevel.LogLevel =>
  isStrict(profile) && LogLevel.lessThan(level, LogLevel.Info) ? LogLevel.Info : level
