import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { version } from "../app/version.ts"
import { type DescribedVerb, describedVerb } from "./describedVerbs.ts"
import { exitCodeOf } from "./failure.ts"
import { services } from "./services.ts"
import { usageLine } from "./usage.ts"

/** Every verb, loaded when it is asked for: a server needs nothing of the others. */
export const verbs = {
  init: async () => (await import("./init.ts")).init,
  doctor: async () => (await import("./doctor.ts")).doctor,
  serve: async () => (await import("./serve.ts")).serve,
  exec: async () => (await import("./exec.ts")).exec,
  env: async () => (await import("./env.ts")).env,
  trust: async () => (await import("./trust.ts")).trust,
  run: async () => (await import("./scenarios.ts")).run,
  explore: async () => (await import("./explore.ts")).explore,
  schema: async () => (await import("./scenarios.ts")).schema,
  inbound: async () => (await import("./inbound.ts")).inbound,
  call: async () => (await import("./call.ts")).call,
  verify: async () => (await import("./verify.ts")).verify,
  log: async () => (await import("./log.ts")).log,
  show: async () => (await import("./show.ts")).show,
  at: async () => (await import("./at.ts")).at,
  diff: async () => (await import("./diff.ts")).diff,
  fork: async () => (await import("./fork.ts")).fork,
  trace: async () => (await import("./trace.ts")).trace,
  project: async () => (await import("./project.ts")).project,
  export: async () => (await import("./recordings.ts")).exportCommand,
  import: async () => (await import("./recordings.ts")).importCommand,
  upgrade: async () => (await import("./upgrade.ts")).upgrade,
  erase: async () => (await import("./erase.ts")).erase,
  record: async () => (await import("./record.ts")).record,
  playback: async () => (await import("./playback.ts")).playback,
  traffic: async () => (await import("./trafficCommands.ts")).traffic,
  compare: async () => (await import("./compare.ts")).compare,
  gateway: async () => (await import("./gateway.ts")).gateway,
  completions: async () => (await import("./completions/completions.ts")).completionsOf(Effect.promise(describedVerbs)),
}
type Verb = Awaited<ReturnType<(typeof verbs)[keyof typeof verbs]>>

/** The verbs a command line is about: the one it begins with, else all, so that they can be told. */
const verbsOf = ([, , word = ""]: ReadonlyArray<string>): Promise<ReadonlyArray<Verb>> => {
  const named = Object.entries(verbs).filter(([verb]) => verb === word)
  return Promise.all((named.length > 0 ? named : Object.entries(verbs)).map(([, load]) => load()))
}

const commandOf = ([first, ...others]: ReadonlyArray<Verb>) =>
  first === undefined
    ? Effect.dieMessage("there are no verbs")
    : Effect.succeed(
        Command.make("ringback").pipe(
          Command.withDescription(
            "A local telephone exchange: your SDK sends messages, Ringback answers, delivers and calls back, on a clock you move. " +
              "Exit codes: 0 fine, 1 the thing checked does not hold, 2 wrong use.",
          ),
          Command.withSubcommands([first, ...others]),
        ),
      )

/** What each verb says of itself. */
export const describedVerbs = async (): Promise<ReadonlyArray<DescribedVerb>> =>
  Promise.all(
    Object.entries(verbs).map(async ([name, load]) =>
      describedVerb([name], (await load()) as unknown as Parameters<typeof describedVerb>[1]),
    ),
  )

/** What the library says of wrong use is not printed: `run` says it in the words of all other errors. */
const cli = (argv: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    let begun = false
    const console = yield* Effect.console
    const ringback = yield* commandOf(yield* Effect.promise(() => verbsOf(argv)))
    const told = Command.transformHandler(ringback, (effect) =>
      Effect.suspend(() => {
        begun = true
        return effect
      }),
    )
    return yield* Command.run(told, { name: "Ringback", executable: "ringback", version })(argv).pipe(
      Console.withConsole({
        ...console,
        error: (...texts) => (begun ? console.error(...texts) : Effect.void),
      }),
    )
  })

const refused = (argv: ReadonlyArray<string>, refusal: ValidationError.ValidationError) =>
  Effect.promise(async () => {
    process.stderr.write(`ringback: ${usageLine(await describedVerbs(), argv.slice(2), refusal)}\n`)
    return 2
  })

/** Runs a command line; the result is the exit code. What went wrong is one plain line on standard error. */
export const run = (argv: ReadonlyArray<string>): Effect.Effect<number> =>
  exitCodeOf(
    cli(argv.length <= 2 ? [...argv, "--help"] : argv).pipe(
      Effect.as(0),
      Effect.catchIf(ValidationError.isValidationError, (refusal) => refused(argv, refusal)),
    ),
  ).pipe(Effect.provide(Layer.merge(services, CliConfig.layer({ showBuiltIns: false }))), Effect.orDie)
