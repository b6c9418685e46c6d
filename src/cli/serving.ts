import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Started, startExchange } from "../app/exchange.ts"
import { metricsOfRun } from "../app/metrics.ts"
import { logProcess } from "../app/processLog.ts"
import { keepProjection } from "../app/projecting.ts"
import { proxyOf } from "../app/proxy.ts"
import { readSettings, type Settings } from "../app/settings.ts"
import { stderrLogger } from "../app/stderrLogger.ts"
import { traceRun } from "../app/tracing.ts"
import { formatPace, type Pace } from "../clock/pace.ts"
import { iso, parseInstant } from "../core/Instant.ts"
import { providerPath } from "../gateway/providers/place.ts"
import { gatewaySettings } from "../gateway/settings.ts"
import { isLoopback } from "../network/isLoopback.ts"
import { Exchange } from "../server/Exchange.ts"
import { serveHttp } from "../server/HttpServer.ts"
import { providersPort, providersPortFlag, serveProviders } from "../server/providerPorts.ts"
import { asWrongUse, CommandFailed, wrongUse } from "./failure.ts"
import { addressOf, paceOf, portOf, within } from "./given.ts"
import type { ServeOptions } from "./plainServe.ts"
import { jsonLine, printable, styled } from "./terminal.ts"

/** Serves what the options of `ringback serve` ask for, until the process is told to stop. */
export const serveGiven = (given: ServeOptions): Effect.Effect<void, CommandFailed> =>
  Effect.gen(function* () {
    const port = yield* portOf("port", given.port)
    const providersAt = yield* readProviders(given)
    const tlsPort = yield* readTlsPort(given)
    const pace = Option.isNone(given.pace) ? undefined : yield* paceOf(given.pace.value)
    const start = yield* readStart(given.start)
    const settings = yield* readSettings({
      config: Option.getOrUndefined(given.config),
      host: Option.getOrUndefined(given.host),
      port,
      db: Option.getOrUndefined(given.db),
      profile: Option.getOrUndefined(given.profile),
      logFormat: Option.getOrUndefined(given.logFormat),
      tlsPort,
    }).pipe(Effect.mapError(asWrongUse))
    const { json } = given
    const seed = Option.getOrUndefined(given.seed)
    yield* serveSettings(settings, { json, seed, pace, start, providersAt }).pipe(
      Logger.withMinimumLogLevel(settings.logLevel),
      Effect.provide(stderrLogger(settings.operations)),
    )
  }).pipe(Effect.scoped)

/** The port of the first simulated provider; undefined where they are not opened. */
const readProviders = (given: {
  readonly providers: boolean
  readonly providersPort: Option.Option<number>
}): Effect.Effect<number | undefined, CommandFailed> => {
  const port = Option.getOrUndefined(given.providersPort)
  if (port !== undefined && !given.providers) return wrongUse(`${providersPortFlag} needs --providers`)
  return Effect.map(within(providersPortFlag.slice(2), given.providersPort, { least: 0, most: 65_500 }), (port) =>
    given.providers ? (port ?? providersPort) : undefined,
  )
}

/** The port for TLS; `undefined` where the command line says nothing of it. */
const readTlsPort = (given: {
  readonly tls: boolean
  readonly tlsPort: Option.Option<number>
}): Effect.Effect<number | undefined, CommandFailed> =>
  Effect.map(portOf("tls-port", given.tlsPort), (port) => port ?? (given.tls ? 443 : undefined))

const readStart = (text: Option.Option<string>): Effect.Effect<number | undefined, CommandFailed> =>
  Option.match(text, {
    onNone: () => Effect.succeed(undefined),
    onSome: (instant) => {
      const start = parseInstant(instant)
      return start === undefined || start < 0
        ? wrongUse(
            `--start: expected an instant from 1970 on such as 2026-01-01T00:00:00Z, found ${JSON.stringify(instant)}`,
          )
        : Effect.succeed(start)
    },
  })

const serveSettings = (
  settings: Settings,
  {
    json,
    providersAt,
    ...run
  }: {
    readonly json: boolean
    readonly seed: number | undefined
    readonly pace: Pace | undefined
    readonly start: number | undefined
    readonly providersAt: number | undefined
  },
) =>
  Effect.gen(function* () {
    const started = yield* startExchange({ settings, ...run }).pipe(Effect.mapError(asWrongUse))
    const { exchange, warnings } = started
    const { publicUrl, allowedHosts } = settings.server
    const console = yield* Effect.console
    const names = publicUrl === undefined ? allowedHosts : [...allowedHosts, new URL(publicUrl).hostname]
    const proxy = yield* proxyOf(settings, (line) => console.unsafe.error(`proxy: ${printable(line)}`))
    const listening = serveHttp({
      ...settings.server,
      allowedHosts: names,
      pages: started.pages,
      metrics: metricsOfRun(exchange.run),
      proxy,
      tlsPort: settings.proxy.tlsPort,
    })
    const { port, tlsPort } = yield* Effect.provide(listening, Layer.succeed(Exchange, exchange)).pipe(
      Effect.mapError(asWrongUse),
    )
    started.listensAt(addressOf({ host: settings.server.host, port }))
    yield* logProcess(exchange.run, settings.logLevel, settings.operations.logFormat)
    const { projection, tracing } = settings.operations
    if (projection !== undefined) yield* keepProjection(settings.db, projection)
    if (tracing !== undefined) yield* traceRun(exchange.run, tracing, exchange.version)
    for (const warning of warnings) yield* Console.error(`warning: ${printable(warning)}`)
    const providers = providersAt === undefined ? [] : yield* openProviders(settings, exchange, providersAt)
    const told = json ? listeningLine : greeting
    yield* Console.log(told(settings, started, { port, providers, tlsPort }))
    if (
      !isLoopback(settings.server.host) &&
      settings.server.host !== "localhost" &&
      settings.server.adminToken === undefined
    )
      yield* (json ? Console.error : Console.log)(
        "Pages and /admin answer only loopback callers; set server.admin_token to open them. The carrier API answers everybody.\n",
      )
    return yield* Effect.async<never, CommandFailed>((resume) => {
      const remove = exchange.run.engine.onStopped((why) =>
        resume(new CommandFailed({ message: `stopped: ${why.message}`, exitCode: 1 })),
      )
      return Effect.sync(remove)
    })
  })

/** A simulated provider, and where it is reached. */
interface Opened {
  readonly id: string
  readonly url: string
}

/** Opens the simulated providers, where the server itself listens. */
const openProviders = (settings: Settings, exchange: typeof Exchange.Service, port: number) =>
  Effect.gen(function* () {
    const { providers } = gatewaySettings(exchange.run.engine.world.settings)
    const { host } = settings.server
    const listening = serveProviders(providers.length, { host, port })
    const ports = yield* Effect.provideService(listening, Exchange, exchange).pipe(Effect.mapError(asWrongUse))
    return ports.map((each, i): Opened => {
      const id = providers[i]?.id ?? ""
      return { id, url: `${addressOf({ host, port: each })}${providerPath(id)}` }
    })
  })

/** What was opened. */
interface Open {
  readonly port: number
  readonly providers: ReadonlyArray<Opened>
  readonly tlsPort: number | undefined
}

/** What a program that has started the server needs to know. */
const listeningLine = (
  settings: Settings,
  { authToken, exchange }: Started,
  { port, providers, tlsPort }: Open,
): string => {
  const { run, version } = exchange
  return jsonLine(
    JSON.stringify({
      event: "listening",
      address: addressOf({ host: settings.server.host, port }),
      version,
      account_sid: settings.run.twilio.account_sid,
      auth_token: Redacted.value(authToken),
      log: run.log.place,
      resumed: run.resumed,
      seed: run.seed,
      clock: iso(run.engine.now),
      pace: formatPace(run.engine.pace),
      ...(providers.length === 0 ? {} : { providers: Object.fromEntries(providers.map(({ id, url }) => [id, url])) }),
      ...(tlsPort === undefined ? {} : { tls_port: tlsPort }),
    }),
  )
}

/** What a user needs to know, and one line that sends a message as it stands. */
const greeting = (settings: Settings, { exchange, authToken }: Started, { port, providers, tlsPort }: Open): string => {
  const { run, version } = exchange
  const { twilio } = settings.run
  const address = addressOf({ host: settings.server.host, port })
  const from = twilio.allowed_from_numbers[0] ?? "+15550000001"
  const to = twilio.registered_numbers[0] ?? "+15551234567"
  const log = `${run.log.place} (${run.resumed ? `goes on after entry ${run.engine.head.seq - 1}` : "new"}, seed ${run.seed})`
  return [
    `${styled("bold", `Ringback ${version}`)} listens on ${styled("bold", address)}`,
    "",
    `  account SID  ${twilio.account_sid}`,
    `  auth token   ${Redacted.value(authToken)}`,
    `  log          ${log}`,
    `  clock        ${iso(run.engine.now)}, pace ${formatPace(run.engine.pace)}`,
    ...providers.map(({ id, url }) => `  ${id.padEnd(11)}  ${url}`),
    ...(tlsPort === undefined
      ? []
      : [`  TLS          ${settings.server.host}:${tlsPort}, as *.twilio.com (ringback trust)`]),
    "",
    "Send a message:",
    "",
    `  curl ${address}/2010-04-01/Accounts/${twilio.account_sid}/Messages.json \\`,
    `    -u ${quoted(`${twilio.account_sid}:${Redacted.value(authToken)}`)} \\`,
    `    --data-urlencode ${quoted(`To=${to}`)} --data-urlencode ${quoted(`From=${from}`)} --data-urlencode 'Body=Hello'`,
    "",
    `Then look: ${address}/ui, ${address}/health, ${address}/docs. Ctrl-C stops.`,
    "",
  ].join("\n")
}

/** A word for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
