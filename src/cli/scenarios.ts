import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CommandFailed, wrongUse } from "./failure.ts"
import { fileArg } from "./fileArg.ts"
import { folderOption, jsonOption } from "./options.ts"

/* Scenarios are a part of the program by themselves, which is loaded when it is asked for. */

const options = {
  paths: fileArg("PATH", "Scenario files, or folders of them (default scenarios)").pipe(Args.repeated),
  filter: Options.text("filter").pipe(
    Options.withDescription("Only scenarios whose file or name holds this text"),
    Options.optional,
  ),
  bail: Options.boolean("bail").pipe(Options.withDescription("End at the first scenario that does not pass")),
  update: Options.boolean("update").pipe(
    Options.withDescription("Write golden recordings instead of comparing with them"),
  ),
  recordings: folderOption("recordings", "Folder of the golden recordings").pipe(Options.withDefault("recordings")),
  keep: folderOption(
    "keep",
    "Folder to write each scenario's log to, as a recording, and a trace (HTML) of each that does not pass",
  ).pipe(Options.optional),
  reporter: Options.text("reporter").pipe(
    Options.withDescription(
      "pretty, junit, json, tap or github; NAME=FILE writes to a file; may be given several times (default pretty)",
    ),
    Options.repeated,
  ),
  json: jsonOption("The same as --reporter json"),
  seed: Options.integer("seed").pipe(
    Options.withDescription("Seed instead of each scenario's own; recordings are not compared then"),
    Options.optional,
  ),
}

/** `ringback run [PATH…]`: plays scenarios, each on a run of its own, and says what is not as expected. */
export const run = Command.make("run", options, (given) =>
  Effect.gen(function* () {
    const { runScenarios } = yield* Effect.promise(() => import("./runScenarios.ts"))
    const reporters = [...(given.json ? ["json"] : []), ...given.reporter]
    const exitCode = yield* runScenarios({
      ...given,
      paths: given.paths.length === 0 ? ["scenarios"] : given.paths,
      filter: Option.getOrUndefined(given.filter),
      keep: Option.getOrUndefined(given.keep),
      seed: Option.getOrUndefined(given.seed),
      reporters: reporters.length === 0 ? ["pretty"] : reporters,
    }).pipe(Effect.mapError((message) => wrongUse(message)))
    if (exitCode !== 0) return yield* new CommandFailed({ message: "", exitCode })
    return undefined
  }),
).pipe(
  Command.withDescription(
    "Play scenarios, each in memory on virtual time, and compare with their golden recordings. Example: ringback run scenarios --reporter github",
  ),
)

const schemaOptions = {
  fragment: Options.boolean("fragment").pipe(
    Options.withDescription("Of the files that scenarios include, whose names begin with _, instead"),
  ),
}

/** `ringback schema`: the JSON Schema of scenario files or of what they include, for editors. */
export const schema = Command.make("schema", schemaOptions, ({ fragment }) =>
  Effect.gen(function* () {
    const { fragmentSchema, scenarioSchema } = yield* Effect.promise(() => import("../app/scenarios.ts"))
    yield* Console.log(JSON.stringify(fragment ? fragmentSchema() : scenarioSchema(), null, 2))
  }),
).pipe(
  Command.withDescription(
    "Print the JSON Schema of scenario files, for editors. Example: ringback schema > scenarios/schema.json",
  ),
)
