import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { type Pace, parsePace } from "../clock/pace.ts"
import type { ListeningAt } from "../server/listening.ts"
import { type CommandFailed, wrongUse } from "./failure.ts"

/* Options that several verbs have, each said once. */

/** An option whose value is a file. */
export const fileOption = (name: string, description: string): Options.Options<string> =>
  Options.text(name).pipe(Options.withPseudoName("FILE"), Options.withDescription(description))

/** An option whose value is a folder. */
export const folderOption = (name: string, description: string): Options.Options<string> =>
  Options.text(name).pipe(Options.withPseudoName("FOLDER"), Options.withDescription(description))

/** `--config FILE`. */
export const configOption = (what = "Settings file (YAML)") =>
  fileOption("config", `${what}; otherwise CONFIG_PATH, otherwise defaults`).pipe(Options.optional)

/** `--json`. */
export const jsonOption = (what: string): Options.Options<boolean> =>
  Options.boolean("json").pipe(Options.withDescription(what))

/** `--json` of a verb that makes something. */
export const jsonDone = jsonOption("What was done as one line of JSON")

/** `--json` of a verb that goes on. */
export const jsonHappens = jsonOption("What happens as lines of JSON")

const hostWords = "Address to listen on (default 127.0.0.1)"
const portWords = "Port (default 8080; 0 for any free one)"

/** Flags that win over the environment and the settings file. */
export const settingsFlags = {
  config: configOption(),
  host: Options.text("host").pipe(Options.withDescription(hostWords), Options.optional),
  port: Options.integer("port").pipe(Options.withDescription(portWords), Options.optional),
  db: fileOption("db", "Log file, or :memory: (default data/ringback.db)").pipe(Options.optional),
}

/** Where a verb listens that has no settings. */
export const listeningOptions = {
  host: Options.text("host").pipe(Options.withDescription(hostWords), Options.withDefault("127.0.0.1")),
  port: Options.integer("port").pipe(Options.withDescription(portWords), Options.withDefault(8080)),
}

/** What is redacted of traffic. */
export const redactionOptions = {
  keepNumbers: Options.boolean("keep-numbers").pipe(Options.withDescription("Keep phone numbers as they are")),
  keepBodies: Options.boolean("keep-bodies").pipe(Options.withDescription("Keep texts and codes as they are")),
  salt: fileOption(
    "salt",
    "A file with the salt of stand-ins, made if it is not there: the same salt, the same stand-ins",
  ).pipe(Options.optional),
}

/** The pace of `--pace`. */
export const paceOf = (text: string): Either.Either<Pace, CommandFailed> =>
  Either.mapLeft(parsePace(text), (why) => wrongUse(`--pace: ${why}`))

/** The whole number an option has to be, in its range; undefined where it was not given. */
export const within = (
  option: string,
  given: Option.Option<number>,
  { least, most }: { readonly least: number; readonly most: number },
): Effect.Effect<number | undefined, CommandFailed> =>
  Option.match(given, {
    onNone: () => Effect.succeed(undefined),
    onSome: (value) =>
      value >= least && value <= most
        ? Effect.succeed(value)
        : wrongUse(`--${option}: expected ${least} to ${most}, found ${value}`),
  })

const ports = { least: 0, most: 65_535 }

/** A port to listen on. */
export const portOf = (option: string, given: Option.Option<number>) => within(option, given, ports)

/** Where to listen, or what is wrong with it. */
export const listeningAt = ({ host, port }: ListeningAt): Effect.Effect<ListeningAt, CommandFailed> =>
  Effect.as(portOf("port", Option.some(port)), { host, port })

/** The address of a server that listens, for people. */
export const addressOf = ({ host, port }: ListeningAt): string => {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`
}

/** A server's URL on the command line; `undefined` where the option was not given. */
export const serverUrl = (
  option: string,
  given: Option.Option<string>,
): Effect.Effect<URL | undefined, CommandFailed> => {
  if (Option.isNone(given)) return Effect.succeed(undefined)
  const url = URL.canParse(given.value) ? new URL(given.value) : undefined
  const fits = url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === ""
  if (!fits)
    return wrongUse(`--${option}: expected a URL such as http://localhost:3000, found ${JSON.stringify(given.value)}`)
  return url.username === "" && url.password === ""
    ? Effect.succeed(url)
    : wrongUse(`--${option}: expected a URL without a user; the requests bring their own credentials`)
}
