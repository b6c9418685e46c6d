import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as ValidationError from "@effect/cli/ValidationError"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { version } from "../app/version.ts"
import { at } from "./at.ts"
import { call } from "./call.ts"
import { diff } from "./diff.ts"
import { explore } from "./explore.ts"
import { CommandFailed } from "./failure.ts"
import { fork } from "./fork.ts"
import { inbound } from "./inbound.ts"
import { log } from "./log.ts"
import { record } from "./record.ts"
import { exportCommand, importCommand } from "./recordings.ts"
import { run as runCommand, schema } from "./scenarios.ts"
import { serve } from "./serve.ts"
import { show } from "./show.ts"
import { withPlainConsole } from "./terminal.ts"
import { trace } from "./trace.ts"
import { verify } from "./verify.ts"

const ringback = Command.make("ringback").pipe(
  Command.withDescription(
    "A local telephone exchange: your SDK sends messages, Ringback answers, delivers and calls back, on a clock you move. " +
      "Exit codes: 0 fine, 1 the thing checked does not hold, 2 wrong use.",
  ),
  Command.withSubcommands([
    serve,
    runCommand,
    explore,
    schema,
    inbound,
    call,
    verify,
    log,
    show,
    at,
    diff,
    fork,
    trace,
    exportCommand,
    importCommand,
    record,
  ]),
)

const cli = Command.run(ringback, { name: "Ringback", executable: "ringback", version })

/** Runs a command line; the result is the exit code. What went wrong is one plain line on standard error. */
export const run = (argv: ReadonlyArray<string>): Effect.Effect<number> =>
  cli(argv.length <= 2 ? [...argv, "--help"] : argv).pipe(
    Effect.as(0),
    Effect.catchIf(ValidationError.isValidationError, () => Effect.succeed(2)),
    Effect.catchIf(
      (error): error is CommandFailed => error instanceof CommandFailed,
      ({ exitCode, message }) =>
        Effect.sync(() => {
          if (message !== "") process.stderr.write(`ringback: ${message}\n`)
          return exitCode
        }),
    ),
    withPlainConsole,
    Effect.provide(Layer.merge(NodeContext.layer, CliConfig.layer({ showBuiltIns: false }))),
    Effect.orDie,
  )
