import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import { jsonOption, settingsFlags } from "./options.ts"
import { serveGiven } from "./serving.ts"

/* What is plain to read of a command line that serves is read without this file (plainServe.ts): its options are said there, too. */

export const options = {
  ...settingsFlags,
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
  tls: Options.boolean("tls").pipe(
    Options.withDescription(
      "Listen for TLS, too, under Twilio's names: for hosts files and network aliases (port 443)",
    ),
  ),
  tlsPort: Options.integer("tls-port").pipe(
    Options.withDescription("The port of --tls (0 for any free one)"),
    Options.optional,
  ),
  start: Options.text("start").pipe(
    Options.withDescription("First instant of a new log, ISO 8601 (2026-01-01T00:00:00Z)"),
    Options.optional,
  ),
  providers: Options.boolean("providers").pipe(
    Options.withDescription("Open the simulated SMS providers on ports of their own (8071, 8072, 8073)"),
  ),
  providersPort: Options.integer("providers-port").pipe(
    Options.withDescription("With --providers: the first of these ports (0 for any free ones)"),
    Options.optional,
  ),
  json: jsonOption("Where it listens as one line of JSON, instead of a greeting"),
}

/** `ringback serve`: the exchange as an HTTP server, until it is told to stop. */
export const serve = Command.make("serve", options, serveGiven).pipe(
  Command.withDescription("Serve the exchange over HTTP. Example: ringback serve --port 8080 --pace 10x"),
)
