import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { type Started, startExchange } from "../app/exchange.ts"
import { metricsOfRun } from "../app/metrics.ts"
import { logProcess } from "../app/processLog.ts"
import { keepProjection } from "../app/projecting.ts"
import { readSettings, type Settings } from "../app/settings.ts"
import { stderrLogger } from "../app/stderrLogger.ts"
import { traceRun } from "../app/tracing.ts"
import { formatPace, type Pace, parsePace } from "../clock/pace.ts"
import { iso, parseInstant } from "../core/Instant.ts"
import { isLoopback } from "../server/access.ts"
import { Exchange } from "../server/Exchange.ts"
import { serveHttp } from "../server/HttpServer.ts"
import { CommandFailed, wrongUse } from "./failure.ts"
import { printable, styled } from "./terminal.ts"

const options = {
  config: Options.text("config").pipe(
    Options.withDescription("Settings file (YAML); otherwise CONFIG_PATH, otherwise defaults"),
    Options.optional,
  ),
  host: Options.text("host").pipe(
    Options.withDescription("Address to listen on (default 127.0.0.1)"),
    Options.optional,
  ),
  port: Options.integer("port").pipe(
    Options.withDescription("Port (default 8080; 0 for any free one)"),
    Options.optional,
  ),
  db: Options.text("db").pipe(
    Options.withDescription("Log file, or :memory: (default data/ringback.db)"),
    Options.optional,
  ),
  seed: Options.integer("seed").pipe(
    Options.withDescription("Seed of a new log; the same seed and requests give the same bytes"),
    Options.optional,
  ),
  pace: Options.text("pace").pipe(
    Options.withDescription("How virtual time moves: real, <n>x (10x), paused, fast (default real)"),
    Options.optional,
  ),
  profile: Options.text("profile").pipe(
    Options.withDescription(
      "development, staging or production: what is strict, and what is logged (default development)",
    ),
    Options.optional,
  ),
  logFormat: Options.text("log-format").pipe(
    Options.withDescription("text or json: lines on standard error (default text, json under staging and production)"),
    Options.optional,
  ),
  start: Options.text("start").pipe(
    Options.withDescription("First instant of a new log, ISO 8601 (2026-01-01T00:00:00Z)"),
    Options.optional,
  ),
}

/** `ringback serve`: the exchange as an HTTP server, until it is told to stop. */
export const serve = Command.make("serve", options, (given) =>
  Effect.gen(function* () {
    const port = Option.getOrUndefined(given.port)
    if (port !== undefined && (port < 0 || port > 65_535))
      return yield* wrongUse(`--port: expected 0 to 65535, found ${port}`)
    const pace = yield* readPace(given.pace)
    const start = yield* readStart(given.start)
    const settings = yield* readSettings({
      config: Option.getOrUndefined(given.config),
      host: Option.getOrUndefined(given.host),
      port,
      db: Option.getOrUndefined(given.db),
      profile: Option.getOrUndefined(given.profile),
      logFormat: Option.getOrUndefined(given.logFormat),
    }).pipe(Effect.mapError((error) => wrongUse(error.message)))
    yield* serveSettings(settings, { seed: Option.getOrUndefined(given.seed), pace, start }).pipe(
      Logger.withMinimumLogLevel(settings.logLevel),
      Effect.provide(stderrLogger(settings.operations)),
    )
  }).pipe(Effect.scoped),
).pipe(Command.withDescription("Serve the exchange over HTTP. Example: ringback serve --port 8080 --pace 10x"))

const readPace = (text: Option.Option<string>): Effect.Effect<Pace | undefined, CommandFailed> =>
  Option.match(text, {
    onNone: () => Effect.succeed(undefined),
    onSome: (pace) => Either.mapLeft(parsePace(pace), (why) => wrongUse(`--pace: ${why}`)),
  })

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
  run: { readonly seed: number | undefined; readonly pace: Pace | undefined; readonly start: number | undefined },
) =>
  Effect.gen(function* () {
    const started = yield* startExchange({ settings, ...run }).pipe(Effect.mapError((error) => wrongUse(error.message)))
    const { exchange, warnings } = started
    const { publicUrl, allowedHosts } = settings.server
    const names = publicUrl === undefined ? allowedHosts : [...allowedHosts, new URL(publicUrl).hostname]
    const listening = serveHttp({
      ...settings.server,
      allowedHosts: names,
      pages: started.pages,
      metrics: metricsOfRun(exchange.run),
    })
    const { port } = yield* Effect.provide(listening, Layer.succeed(Exchange, exchange)).pipe(
      Effect.mapError((error) => wrongUse(error.message)),
    )
    started.listensAt(addressOf(settings, port))
    yield* logProcess(exchange.run, settings.logLevel, settings.operations.logFormat)
    const { projection, tracing } = settings.operations
    if (projection !== undefined) yield* keepProjection(settings.db, projection)
    if (tracing !== undefined) yield* traceRun(exchange.run, tracing, exchange.version)
    for (const warning of warnings) yield* Console.error(`warning: ${printable(warning)}`)
    yield* Console.log(greeting(settings, started, port))
    if (
      !isLoopback(settings.server.host) &&
      settings.server.host !== "localhost" &&
      settings.server.adminToken === undefined
    )
      yield* Console.log(
        "Pages and /admin answer only loopback callers; set server.admin_token to open them. The carrier API answers everybody.\n",
      )
    return yield* Effect.async<never, CommandFailed>((resume) => {
      const remove = exchange.run.engine.onStopped((why) =>
        resume(new CommandFailed({ message: `stopped: ${why.message}`, exitCode: 1 })),
      )
      return Effect.sync(remove)
    })
  })

/** Where the server is found from this machine. */
const addressOf = ({ server }: Settings, port: number): string => {
  const host = server.host === "0.0.0.0" || server.host === "::" ? "127.0.0.1" : server.host
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`
}

/** What a user needs to know, and one line that sends a message as it stands. */
const greeting = (settings: Settings, { exchange, authToken }: Started, port: number): string => {
  const { run, version } = exchange
  const { twilio } = settings.run
  const address = addressOf(settings, port)
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
    "",
    "Send a message:",
    "",
    `  curl ${address}/2010-04-01/Accounts/${twilio.account_sid}/Messages.json \\`,
    `    -u ${quoted(`${twilio.account_sid}:${Redacted.value(authToken)}`)} \\`,
    `    --data-urlencode ${quoted(`To=${to}`)} --data-urlencode ${quoted(`From=${from}`)} --data-urlencode 'Body=Hello'`,
    "",
    `Then look: ${address}/health, ${address}/admin/log, ${address}/docs. Ctrl-C stops.`,
    "",
  ].join("\n")
}

/** A word for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
