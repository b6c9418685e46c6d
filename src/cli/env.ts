import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { environment, reachOf, runningToken } from "../app/reach.ts"
import { readSettings } from "../app/settings.ts"
import { shells, written } from "../proxy/shells.ts"
import { variablesOf } from "../proxy/variables.ts"
import { asWrongUse } from "./failure.ts"
import { addressOf, within } from "./given.ts"
import { configOption, fileOption, jsonOption } from "./options.ts"

const options = {
  shell: Options.choice("shell", shells).pipe(
    Options.withDescription("How to write them: bash (default; sh and zsh, too), fish, powershell, dotenv or json"),
    Options.withDefault("bash" as const),
  ),
  config: configOption("The server's settings file"),
  host: Options.text("host").pipe(
    Options.withDescription("Where the server listens (default 127.0.0.1)"),
    Options.optional,
  ),
  port: Options.integer("port").pipe(Options.withDescription("Its port (default 8080)"), Options.optional),
  json: jsonOption("The same as --shell json"),
  db: fileOption("db", "Its log, whose keys file holds the auth token (default data/ringback.db)").pipe(
    Options.optional,
  ),
}

/** `ringback env`: variables that make official SDKs reach a running server. */
export const env = Command.make("env", options, (given) =>
  Effect.gen(function* () {
    const settings = yield* readSettings({
      config: Option.getOrUndefined(given.config),
      host: Option.getOrUndefined(given.host),
      port: Option.getOrUndefined(given.port),
      db: Option.getOrUndefined(given.db),
    }).pipe(Effect.mapError(asWrongUse))
    const { host, port } = settings.server
    yield* within("port", Option.some(port), { least: 1, most: 65_535 })
    const token = yield* runningToken(settings).pipe(Effect.mapError(asWrongUse))
    const variables = yield* reachOf(settings, addressOf({ host, port }), token).pipe(
      Effect.flatMap((reach) => variablesOf(reach, environment())),
      Effect.mapError(asWrongUse),
    )
    if (token === undefined)
      yield* Console.error(
        `warning: ${settings.db} has no keys file, so TWILIO_AUTH_TOKEN is left out; ringback serve prints it, or --db says where its log is`,
      )
    return yield* Console.log(written(variables, given.json ? "json" : given.shell))
  }),
).pipe(
  Command.withDescription(
    'Print the variables that make official SDKs reach a running server. Example: eval "$(ringback env)"',
  ),
)
