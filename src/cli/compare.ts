import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CommandFailed, wrongUse } from "./failure.ts"
import { trafficArg } from "./fileArg.ts"
import { fileOption, jsonOption } from "./options.ts"

const options = {
  file: trafficArg,
  threshold: Options.float("threshold").pipe(
    Options.withDescription("Percent of answers and callbacks that have to be the same (default 100)"),
    Options.withDefault(100),
  ),
  seed: Options.integer("seed").pipe(Options.withDescription("Seed of the run (default 1)"), Options.withDefault(1)),
  json: jsonOption("The comparison as one line of JSON"),
  html: fileOption("html", "An HTML file to write, too").pipe(Options.optional),
}

/** `ringback compare FILE`: recorded traffic beside what the simulator makes of it. */
export const compare = Command.make("compare", options, (given) =>
  Effect.gen(function* () {
    // Most of what it needs is what scenarios need, which is loaded when it is asked for.
    const { runCompare } = yield* Effect.promise(() => import("./runCompare.ts"))
    const exitCode = yield* runCompare({ ...given, html: Option.getOrUndefined(given.html) }).pipe(
      Effect.mapError((message) => wrongUse(message)),
    )
    if (exitCode !== 0) return yield* new CommandFailed({ message: "", exitCode })
    return undefined
  }),
).pipe(
  Command.withDescription(
    "Ask the simulator what was recorded, and show field by field where it answers or calls back otherwise. Exit code 1: fewer than --threshold percent are the same. Example: ringback compare traffic.jsonl --html compare.html",
  ),
)
