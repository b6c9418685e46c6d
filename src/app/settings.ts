import * as fs from "node:fs"
import * as path from "node:path"
import * as Config from "effect/Config"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as LogLevel from "effect/LogLevel"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { LineCounter, parseDocument } from "yaml"
import { authTokenSecret, subaccountTokenSecret, type TwilioSettings } from "../carriers/twilio/settings.ts"
import type { ConversationsSettings } from "../conversations/settings.ts"
import { sha256 } from "../core/canonical.ts"
import { parseE164 } from "../core/E164.ts"
import { fileFailure } from "../core/fileFailure.ts"
import type { GatewaySettings } from "../gateway/settings.ts"
import type { CallbacksSettings, ScriptedEndpoint } from "../network/settings.ts"
import type { SettingsProblem } from "../server/Exchange.ts"
import { callSettings } from "./callSettings.ts"
import { conversationSecrets, conversationSettings, type MonitorEnvironment } from "./conversationSettings.ts"
import { deliverySettings } from "./deliverySettings.ts"
import { aimedFaults, apiFaults, callbackFaults } from "./faultSettings.ts"
import {
  type GatewayEnvironment,
  gatewayVariables,
  noGatewayEnvironment,
  readGatewayVariables,
} from "./gatewayEnvironment.ts"
import { gatewaySecrets, gatewaySettingsOf } from "./gatewaySettings.ts"
import { messagingSettings } from "./messagingSettings.ts"
import {
  checkOperationsFlags,
  levelUnder,
  type Operations,
  type OperationsEnvironment,
  type OperationsFlags,
  operationsOf,
  readOperationsEnvironment,
  strictProblems,
} from "./operations.ts"
import { checkSettings, problemLine } from "./settingsCheck.ts"
import type { SettingsFile } from "./settingsFile.ts"
import { AccountSid, basisPoints, isHttpUrl, secondsMs, whole } from "./settingsParts.ts"
import { stateFolder } from "./stateFolder.ts"
import { variable } from "./variable.ts"
import { verifySettings } from "./verifySettings.ts"

/** Settings that cannot be used: each line names the place, what was expected and what was found. */
export class BadSettings extends Data.TaggedError("BadSettings")<{ readonly lines: ReadonlyArray<string> }> {
  override get message() {
    return this.lines.join("\n")
  }
}

/** What flags say; they win over the environment, which wins over the file, which wins over the defaults. */
export interface Flags extends OperationsFlags {
  readonly config?: string | undefined
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly db?: string | undefined
  readonly tlsPort?: number | undefined
}

/** Everything a process needs to know to serve a run. */
export interface Settings {
  readonly server: {
    readonly host: string
    readonly port: number
    readonly publicUrl: string | undefined
    readonly allowedHosts: ReadonlyArray<string>
    readonly adminToken: Redacted.Redacted<string> | undefined
  }
  readonly proxy: {
    /** Nothing said: callers on this machine pass, others are refused. */
    readonly others: "pass" | "refuse" | undefined
    /** The folder of the local CA. */
    readonly caPath: string
    /** Where it listens for TLS under the carrier's names, if anywhere. */
    readonly tlsPort: number | undefined
  }
  /** A file, or `:memory:`. */
  readonly db: string
  readonly templatesPath: string | undefined
  readonly logLevel: LogLevel.LogLevel
  /** How the process is run; nothing of it is in the log. */
  readonly operations: Operations
  /** Given by file or environment; a log without one gets its own. */
  readonly authToken: Redacted.Redacted<string> | undefined
  /** Of the test credentials, where there are any. */
  readonly testAuthToken: Redacted.Redacted<string> | undefined
  /** Further tokens, by their names in the keys file. */
  readonly secrets: ReadonlyArray<readonly [name: string, value: Redacted.Redacted<string>]>
  /** What people are told of settings that do nothing. */
  readonly notes: ReadonlyArray<string>
  /** What the rules look at: one tree, kept in the log. URLs in it may still hold userinfo. */
  readonly run: {
    readonly callbacks: CallbacksSettings
    readonly conversations?: ConversationsSettings
    readonly endpoints: ReadonlyArray<ScriptedEndpoint>
    readonly gateway?: GatewaySettings
    readonly twilio: TwilioSettings
  }
  /** The settings file that was read, if any. */
  readonly file: string | undefined
  /** What a file said, or what it would say of settings that were changed since. */
  readonly written: SettingsFile
  /** These settings with another file under the same flags and environment. */
  readonly resettle: (written: SettingsFile) => Settings
}

/** The account of a run whose settings name none: the same everywhere, so that snippets keep working. */
export const defaultAccountSid = `AC${sha256("ringback default account").slice(0, 32)}`

/** Reads the settings: flags over environment over file over defaults. */
export const readSettings = (flags: Flags): Effect.Effect<Settings, BadSettings> =>
  Effect.gen(function* () {
    const wrong = checkOperationsFlags(flags)
    if (wrong.length > 0) return yield* new BadSettings({ lines: wrong })
    const environment = yield* readEnvironment
    const file = flags.config ?? environment.configPath
    const written = file === undefined ? {} : yield* readFile(file)
    const settings = settle(flags, environment, written, file)
    const lines = notStrict(settings).map(problemLine)
    return lines.length > 0 ? yield* new BadSettings({ lines }) : settings
  })

/** What the profile does not permit. */
export const notStrict = ({ operations, run, server }: Settings): ReadonlyArray<SettingsProblem> =>
  strictProblems(operations.profile, {
    host: server.host,
    hasAdminToken: server.adminToken !== undefined,
    requireAuth: run.twilio.validation.require_auth,
    unsignedWebhooks: run.conversations?.signatures === "off",
  })

interface Environment {
  readonly operations: OperationsEnvironment
  readonly adminToken: Redacted.Redacted<string> | undefined
  readonly configPath: string | undefined
  readonly logLevel: LogLevel.LogLevel
  readonly accountSid: string | undefined
  readonly authToken: Redacted.Redacted<string> | undefined
  readonly phoneNumber: string | undefined
  readonly monitor: MonitorEnvironment
  readonly gateway: GatewayEnvironment
}

const readEnvironment: Effect.Effect<Environment, BadSettings> = Effect.gen(function* () {
  const [adminToken, configPath, level, accountSid, token, phoneNumber, monitorUrl, monitorToken, gatewayGiven] =
    yield* Effect.orDie(
      Config.all([
        variable("RINGBACK_ADMIN_TOKEN"),
        variable("CONFIG_PATH"),
        variable("LOG_LEVEL"),
        variable("TWILIO_ACCOUNT_SID"),
        variable("TWILIO_AUTH_TOKEN"),
        variable("TWILIO_PHONE_NUMBER"),
        variable("MONITOR_API_URL"),
        variable("MONITOR_API_TOKEN"),
        gatewayVariables,
      ]),
    )
  const { environment: gateway, problems } = readGatewayVariables(gatewayGiven)
  const operations = yield* readOperationsEnvironment
  const lines: Array<string> = [...problems, ...operations.lines]
  if (accountSid !== undefined && Either.isLeft(Schema.decodeUnknownEither(AccountSid)(accountSid)))
    lines.push(
      `environment TWILIO_ACCOUNT_SID: expected AC and 32 letters or digits, found a text of ${accountSid.length} characters`,
    )
  if (phoneNumber !== undefined && parseE164(phoneNumber) === undefined)
    lines.push(
      `environment TWILIO_PHONE_NUMBER: expected a phone number such as +15550000001, found ${foundNumber(phoneNumber)}`,
    )
  if (monitorUrl !== undefined && !isHttpUrl(monitorUrl))
    lines.push(
      `environment MONITOR_API_URL: expected a URL that begins with http:// or https://, found a text of ${monitorUrl.length} characters`,
    )
  const logLevel = level === undefined ? LogLevel.Info : levels.get(level.toUpperCase())
  if (logLevel === undefined)
    lines.push(`environment LOG_LEVEL: expected ${[...levels.keys()].join(", ")}, found ${JSON.stringify(level)}`)
  if (lines.length > 0 || logLevel === undefined) return yield* new BadSettings({ lines })
  return {
    operations: operations.environment,
    adminToken: adminToken === undefined ? undefined : Redacted.make(adminToken),
    configPath,
    logLevel,
    accountSid,
    authToken: token === undefined ? undefined : Redacted.make(token),
    phoneNumber,
    monitor: { url: monitorUrl, token: monitorToken === undefined ? undefined : Redacted.make(monitorToken) },
    gateway,
  }
})

/** A wrong number; what is longer than any may be a token in the wrong place. */
const foundNumber = (text: string): string =>
  text.length > 16 ? `a text of ${text.length} characters` : JSON.stringify(text)

const levels: ReadonlyMap<string, LogLevel.LogLevel> = new Map([
  ["DEBUG", LogLevel.Debug],
  ["INFO", LogLevel.Info],
  ["WARNING", LogLevel.Warning],
  ["ERROR", LogLevel.Error],
])

const readFile = (file: string): Effect.Effect<SettingsFile, BadSettings> =>
  Effect.try({
    try: () => fs.readFileSync(file, "utf8"),
    catch: (error) => new BadSettings({ lines: [fileFailure({ doing: "read", file, what: "settings file" }, error)] }),
  }).pipe(Effect.flatMap((text) => parseSettings(file, text)))

/** Checks the text of a settings file. */
export const parseSettings = (file: string, text: string): Either.Either<SettingsFile, BadSettings> => {
  const lineCounter = new LineCounter()
  const document = parseDocument(text, {
    lineCounter,
    maxAliasCount: 100,
    prettyErrors: false,
    logLevel: "error",
  } as never)
  const syntax = document.errors.map(
    ({ message, pos }) => `${file}:${lineCounter.linePos(pos[0]).line}: ${said(message)}`,
  )
  if (syntax.length > 0) return Either.left(new BadSettings({ lines: syntax }))
  let value: unknown
  try {
    value = given(document.toJS({ maxAliasCount: 100 })) ?? {}
  } catch (error) {
    return Either.left(new BadSettings({ lines: [`${file}: ${said((error as Error).message)}`] }))
  }
  return Either.mapLeft(checkSettings(value), (problems) => {
    const lines = problems.map((problem) => {
      const line = lineOf(document, lineCounter, problem.keys)
      return `${file}${line === undefined ? "" : `:${line}`}: ${problemLine({ ...problem, path: problem.path || "(the whole file)" })}`
    })
    return new BadSettings({ lines: [...new Set(lines)] })
  })
}

/** What the parser says, less the piece of the file at its end: that may be a secret. */
const said = (message: string): string => message.replace(/: .*$/s, "")

/** What a file gives: a key without a value is as good as none. */
const given = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => given(item) ?? item)
  if (typeof value !== "object" || value === null) return value ?? undefined
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const kept = given(inner)
      return kept === undefined ? [] : [[key, kept]]
    }),
  )
}

const lineOf = (
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: ReadonlyArray<PropertyKey>,
): number | undefined => {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined
    const start = node?.range?.[0]
    if (start !== undefined) return lines.linePos(start).line
  }
  return undefined
}

/** The settings of a file's content alone: no flags, no environment. */
export const settingsOf = (written: SettingsFile): Settings =>
  settle(
    {},
    {
      operations: {},
      adminToken: undefined,
      configPath: undefined,
      logLevel: LogLevel.Info,
      accountSid: undefined,
      authToken: undefined,
      phoneNumber: undefined,
      monitor: { url: undefined, token: undefined },
      gateway: noGatewayEnvironment,
    },
    written,
    undefined,
  )

const proxyOf = (flags: Flags, proxy: SettingsFile["proxy"] = {}): Settings["proxy"] => ({
  others: proxy.others,
  caPath: path.resolve(proxy.ca_path ?? stateFolder()),
  tlsPort: flags.tlsPort ?? proxy.tls_port,
})

const settle = (flags: Flags, env: Environment, written: SettingsFile, file: string | undefined): Settings => {
  const { server = {}, twilio = {}, callbacks = {} } = written
  const own = twilio.callbacks ?? {}
  const test = twilio.test_credentials
  const checks = twilio.validation ?? {}
  const allowed = [...(twilio.allowed_from_numbers ?? []), ...(env.phoneNumber === undefined ? [] : [env.phoneNumber])]
  const operations = operationsOf(flags, env.operations, written)
  const token = env.authToken ?? (twilio.auth_token === undefined ? undefined : Redacted.make(twilio.auth_token))
  return {
    server: {
      host: flags.host ?? server.host ?? "127.0.0.1",
      port: flags.port ?? server.port ?? 8080,
      publicUrl: server.public_url,
      allowedHosts: server.allowed_hosts ?? [],
      adminToken: env.adminToken ?? (server.admin_token === undefined ? undefined : Redacted.make(server.admin_token)),
    },
    proxy: proxyOf(flags, written.proxy),
    db: flags.db ?? written.database?.path ?? "data/ringback.db",
    templatesPath: written.templates?.path,
    logLevel: levelUnder(operations.profile, env.logLevel),
    operations,
    authToken: token,
    secrets: [...conversationSecrets(written.conversations, env.monitor), ...gatewaySecrets(written.gateway)],
    notes: env.gateway.notes,
    testAuthToken: test === undefined ? undefined : Redacted.make(test.auth_token),
    file,
    written,
    resettle: (other) => settle(flags, env, other, file),
    run: {
      callbacks: {
        ...(callbacks.allow === undefined ? {} : { allow: callbacks.allow }),
        ...aimedFaults(callbacks.aimed),
        ...callbackFaults(callbacks.faults),
        in_flight: callbacks.in_flight ?? 1,
        quiet_ms: whole(callbacks.quiet_ms ?? 0),
        rewrite: callbacks.rewrite ?? [],
      },
      ...conversationSettings(written.conversations, env.monitor),
      endpoints: endpointsOf(written.endpoints),
      ...gatewaySettingsOf(written.gateway, env.gateway),
      twilio: {
        account_sid: env.accountSid ?? twilio.account_sid ?? defaultAccountSid,
        allowed_from_numbers: allowed.map(normal),
        auth_token: { secret: authTokenSecret },
        callbacks: {
          delay_ms: secondsMs(own.delay_seconds ?? 2),
          enabled: own.enabled ?? true,
          retry_attempts: own.retry_attempts ?? 3,
          retry_delay_ms: secondsMs(own.retry_delay_seconds ?? 5),
          ...(own.retry_on === undefined ? {} : { retry_on: own.retry_on }),
        },
        default_behavior: twilio.default_behavior ?? "success",
        failure_error_code: twilio.failure_error_code ?? 30008,
        failure_numbers: (twilio.failure_numbers ?? []).map(normal),
        from_not_owned_code: twilio.from_not_owned_code ?? 21606,
        ...messagingSettings(twilio),
        ...deliverySettings(twilio),
        ...callSettings(twilio),
        ...apiFaults(twilio.faults),
        ...verifySettings(twilio),
        ...(twilio.missing_parameter_code === undefined
          ? {}
          : { missing_parameter_code: twilio.missing_parameter_code }),
        registered_numbers: (twilio.registered_numbers ?? []).map(normal),
        ...(test === undefined
          ? {}
          : {
              test: { account_sid: test.account_sid, auth_token: { secret: subaccountTokenSecret(test.account_sid) } },
            }),
        validation: {
          check_from_numbers: checks.check_from_numbers ?? true,
          require_auth: checks.require_auth ?? true,
          require_parameters: checks.require_parameters ?? true,
          validate_phone_format: checks.validate_phone_format ?? true,
        },
      },
    },
  }
}

/** Scripted endpoints as the log keeps them, no default missing. */
const endpointsOf = (endpoints: SettingsFile["endpoints"] = []): ReadonlyArray<ScriptedEndpoint> =>
  endpoints.map(({ answers, fail_percent = 0, url }) => ({
    answers: (answers ?? [{}]).map(({ after_ms = 0, body = "", content_type, drop, status = 200, when }) => ({
      after_ms: whole(after_ms),
      body,
      ...(content_type === undefined ? {} : { content_type }),
      ...(drop === undefined ? {} : { drop }),
      status,
      ...(when === undefined ? {} : { when: Object.entries(when) }),
    })) as unknown as ScriptedEndpoint["answers"],
    fail_bp: basisPoints(fail_percent),
    url,
  }))

/** Numbers of the lists are compared in E.164 form; what has none (a short code) as it is written. */
const normal = (number: string): string => parseE164(number) ?? number
