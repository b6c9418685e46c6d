import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { formats } from "../traffic/import/formats.ts"
import { CommandFailed, wrongUse } from "./failure.ts"
import { fileArg, trafficArg } from "./fileArg.ts"
import { serverUrl } from "./given.ts"
import { fileOption, jsonDone, jsonHappens, jsonOption, redactionOptions } from "./options.ts"

/* What is made of recorded traffic. Each is a part of the program by itself, which is loaded when it is asked for. */

const importOptions = {
  file: fileArg("FILE", `A file of another format: ${formats.join(", ")}; which one is found from what it holds`),
  out: fileOption("out", "The recording to write (.jsonl); it must not exist"),
  from: Options.choice("from", formats).pipe(
    Options.withDescription("Only exchanges of this format are used"),
    Options.optional,
  ),
  ...redactionOptions,
  json: jsonOption("What became of the file as one line of JSON"),
}

const importTraffic = Command.make("import", importOptions, (given) =>
  Effect.gen(function* () {
    const { runImport } = yield* Effect.promise(() => import("./trafficImport.ts"))
    const [from, salt] = [Option.getOrUndefined(given.from), Option.getOrUndefined(given.salt)]
    return yield* ended(runImport({ ...given, from, salt }))
  }),
).pipe(
  Command.withDescription(
    "Make a recording of traffic out of a HAR, a cassette, or another format. Exit codes: 0 nothing was lost, 1 something was and is listed, 2 nothing of it can be used. Example: ringback traffic import session.har --out session.jsonl",
  ),
)

const toScenarioOptions = {
  file: trafficArg,
  out: fileOption("out", "The scenario to write (.yaml); it must not exist"),
  json: jsonDone,
}

const toScenario = Command.make("to-scenario", toScenarioOptions, (given) =>
  Effect.gen(function* () {
    const { runToScenario } = yield* Effect.promise(() => import("./trafficToScenario.ts"))
    return yield* ended(runToScenario(given))
  }),
).pipe(
  Command.withDescription(
    "Make a scenario of recorded traffic: its requests as steps, the application's answers as endpoints, what was seen as expectations. Exit code 1: not all of it is in the scenario. Example: ringback traffic to-scenario traffic.jsonl --out scenarios/tuesday.yaml",
  ),
)

const replayOptions = {
  file: trafficArg,
  to: Options.text("to").pipe(Options.withDescription("The application, such as http://localhost:3000")),
  pace: Options.text("pace").pipe(
    Options.withDescription("real, as fast as recorded; 10x, so many times as fast; fast, without waiting (default)"),
    Options.withDefault("fast"),
  ),
  authToken: Options.redacted("auth-token").pipe(
    Options.withFallbackConfig(Config.redacted("TWILIO_AUTH_TOKEN")),
    Options.withDescription("The token to sign with (or TWILIO_AUTH_TOKEN); nothing said: without a signature"),
    Options.optional,
  ),
  signAs: Options.text("sign-as").pipe(
    Options.withDescription("The address the application believes to have, which is what is signed (default --to)"),
    Options.optional,
  ),
  json: jsonHappens,
}

const replay = Command.make("replay", replayOptions, (given) =>
  Effect.gen(function* () {
    const { runReplay } = yield* Effect.promise(() => import("./trafficReplay.ts"))
    const to = yield* serverUrl("to", Option.some(given.to))
    const signAs = yield* serverUrl("sign-as", given.signAs)
    if (to === undefined) return yield* Effect.dieMessage("an option that has to be given is always there")
    const token = Option.getOrUndefined(given.authToken)
    return yield* ended(runReplay({ ...given, to, signAs, token }))
  }),
).pipe(
  Command.withDescription(
    "Send the webhooks of recorded traffic to an application and compare its answers with the recorded ones. Exit code 1: they differ. Example: ringback traffic replay traffic.jsonl --to http://localhost:3000",
  ),
)

/** Ends a command with its exit code, or with what is wrong with its use. */
const ended = (running: Effect.Effect<0 | 1, string>): Effect.Effect<undefined, CommandFailed> =>
  Effect.gen(function* () {
    const exitCode = yield* Effect.mapError(running, (message) => wrongUse(message))
    if (exitCode !== 0) return yield* new CommandFailed({ message: "", exitCode })
    return undefined
  })

/** `ringback traffic …`: recordings of traffic, made and used. */
export const traffic = Command.make("traffic").pipe(
  Command.withDescription("Recordings of traffic: made out of other formats, into scenarios, sent to an application"),
  Command.withSubcommands([importTraffic, toScenario, replay]),
)
