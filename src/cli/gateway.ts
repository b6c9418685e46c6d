import * as Command from "@effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { readPolicy, underPolicy } from "../app/gatewayPolicy.ts"
import { machines } from "../app/machines.ts"
import { whatIf } from "../gateway/whatIf/whatIf.ts"
import { asWrongUse, CommandFailed, wrongUse } from "./failure.ts"
import { logArg } from "./fileArg.ts"
import { opened, refuseEdited } from "./looking.ts"
import { fileOption, jsonOption } from "./options.ts"
import { progress, progressDone, writeJson } from "./terminal.ts"
import { whatIfJson, whatIfLines } from "./whatIfTold.ts"

const options = {
  log: logArg(),
  policy: fileOption("policy", "What is to be otherwise: the gateway section of a settings file, in part").pipe(),
  json: jsonOption("Both sides as JSON"),
}

const whatIfCommand = Command.make("what-if", options, ({ json, log, policy: file }) =>
  Effect.gen(function* () {
    const policy = yield* Effect.mapError(readPolicy(file), asWrongUse)
    const source = yield* opened(log)
    yield* refuseEdited(log, source)
    const { reader } = source
    const found = yield* whatIf({
      reader,
      machines,
      settings: underPolicy(policy),
      progress: (doing, seq) => progress(`${seq} entries ${doing}`),
    }).pipe(
      Effect.ensuring(Effect.sync(progressDone)),
      Effect.mapError((error) =>
        error._tag === "RerunFailed" ? new CommandFailed({ message: error.message, exitCode: 1 }) : asWrongUse(error),
      ),
    )
    if (found.was.requests === 0) return yield* wrongUse(`${log} has no requests of the gateway`)
    if (json) yield* writeJson([JSON.stringify(whatIfJson(found, { log, policy: file })), "\n"])
    else yield* Console.log(whatIfLines(found, { log, policy: file }).join("\n"))
    return undefined
  }).pipe(Effect.scoped),
).pipe(
  Command.withDescription(
    "Run the same requests under other weights, limits or failover rules, and print both sides. Example: ringback gateway what-if run.db --policy policy.yaml",
  ),
)

/** `ringback gateway …`: questions about runs of the gateway. */
export const gateway = Command.make("gateway").pipe(
  Command.withDescription("Runs of the SMS gateway: what would have become of their requests"),
  Command.withSubcommands([whatIfCommand]),
)
