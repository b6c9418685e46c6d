import * as Options from "@effect/cli/Options"

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
