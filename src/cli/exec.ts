import * as fs from "node:fs"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { fileFailure } from "../core/fileFailure.ts"
import { asWrongUse, CommandFailed, wrongUse } from "./failure.ts"
import { paceOf } from "./given.ts"
import { configOption, fileOption } from "./options.ts"

const options = {
  config: configOption(),
  scenario: fileOption(
    "scenario",
    "Scenario file: its settings and endpoints hold, its steps happen while the command runs",
  ).pipe(Options.optional),
  expect: fileOption("expect", "Scenario file with steps: [] whose expectations are judged at the end").pipe(
    Options.optional,
  ),
  pace: Options.text("pace").pipe(
    Options.withDescription("How virtual time moves: real (default), <n>x (10x), fast"),
    Options.withDefault("real"),
  ),
  db: fileOption("db", "Where to write the log, a new file (default: a folder below the system's temporary one)").pipe(
    Options.optional,
  ),
  seed: Options.integer("seed").pipe(Options.withDescription("Seed of the run"), Options.optional),
  json: fileOption("json", "Write the summary as JSON to a file, or to an open descriptor as fd:3").pipe(
    Options.optional,
  ),
  command: Args.text({ name: "COMMAND" }).pipe(
    Args.withDescription("The command and its arguments, behind --"),
    Args.repeated,
  ),
}

/** `ringback exec -- COMMAND…`: a command beside a fresh exchange that its SDK takes for Twilio. */
export const exec = Command.make("exec", options, (given) =>
  Effect.gen(function* () {
    if (given.command.length === 0) return yield* wrongUse("expected a command behind --: ringback exec -- npm test")
    const pace = yield* paceOf(given.pace)
    const write = yield* writerOf(Option.getOrUndefined(given.json))
    const { exec: execute } = yield* Effect.promise(() => import("../app/exec.ts"))
    const { exitCodeOf, summary, summaryJson } = yield* Effect.promise(() => import("./execTold.ts"))
    // A signal is for the command, which ends when it ends; only then is there something to tell.
    const running = yield* Effect.forkDaemon(
      execute({
        command: given.command,
        config: Option.getOrUndefined(given.config),
        scenario: Option.getOrUndefined(given.scenario),
        expect: Option.getOrUndefined(given.expect),
        db: Option.getOrUndefined(given.db),
        seed: Option.getOrUndefined(given.seed),
        pace,
      }).pipe(
        Effect.mapError(asWrongUse),
        Effect.flatMap((executed) =>
          Effect.gen(function* () {
            process.stderr.write(`${summary(executed)}\n`)
            yield* write(summaryJson(executed))
            process.exitCode = exitCodeOf(executed)
          }),
        ),
      ),
    )
    return yield* Effect.uninterruptible(Fiber.join(running))
  }),
).pipe(
  Command.withDescription(
    "Run a command beside a fresh exchange that its SDK takes for Twilio, without a change of its code. Example: ringback exec --pace fast -- npm test",
  ),
)

/** Writes a text where `--json` says, which is opened before anything begins. */
const writerOf = (
  given: string | undefined,
): Effect.Effect<(text: string) => Effect.Effect<void, CommandFailed>, CommandFailed> =>
  Effect.gen(function* () {
    if (given === undefined) return () => Effect.void
    const descriptor = /^fd:(\d{1,4})$/.exec(given)?.[1]
    const file = yield* Effect.try({
      try: () => {
        if (descriptor === undefined) return fs.openSync(given, "w")
        fs.fstatSync(Number(descriptor))
        return Number(descriptor)
      },
      catch: (cause) => wrongUse(`--json: ${fileFailure({ doing: "written", file: given }, cause)}`),
    })
    return (text) =>
      Effect.try({
        try: () => {
          fs.writeFileSync(file, `${text}\n`)
        },
        catch: (cause) =>
          new CommandFailed({
            message: `--json: ${fileFailure({ doing: "written", file: given }, cause)}`,
            exitCode: 1,
          }),
      })
  })
