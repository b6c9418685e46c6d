import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { formats } from "../traffic/import/formats.ts"
import { CommandFailed, wrongUse } from "./failure.ts"
import { fileArg } from "./fileArg.ts"
import { redactionOptions } from "./traffic.ts"

/* What is made of recorded traffic. Each is a part of the program by itself, which is loaded when it is asked for. */

const importOptions = {
  file: fileArg("FILE", `A file of another format: ${formats.join(", ")}; which one is found from what it holds`),
  out: Options.text("out").pipe(Options.withDescription("The recording to write (.jsonl); it must not exist")),
  from: Options.choice("from", formats).pipe(
    Options.withDescription("Only exchanges of this format are used"),
    Options.optional,
  ),
  ...redactionOptions,
  json: Options.boolean("json").pipe(Options.withDescription("What became of the file as one line of JSON")),
}

const importTraffic = Command.make("import", importOptions, (given) =>
  Effect.gen(function* () {
    const { runImport } = yield* Effect.promise(() => import("./trafficImport.ts"))
    const exitCode = yield* runImport({
      ...given,
      from: Option.getOrUndefined(given.from),
      salt: Option.getOrUndefined(given.salt),
    }).pipe(Effect.mapError((message) => wrongUse(message)))
    if (exitCode !== 0) return yield* new CommandFailed({ message: "", exitCode })
    return undefined
  }),
).pipe(
  Command.withDescription(
    "Make a recording of traffic out of a HAR, a cassette, or another format. Exit codes: 0 nothing was lost, 1 something was and is listed, 2 nothing of it can be used. Example: ringback traffic import session.har --out session.jsonl",
  ),
)

/** `ringback traffic …`: recordings of traffic, made and used. */
export const traffic = Command.make("traffic").pipe(
  Command.withDescription("Recordings of traffic: made out of other formats, into scenarios, sent to an application"),
  Command.withSubcommands([importTraffic]),
)
