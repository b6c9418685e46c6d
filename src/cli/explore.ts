import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { asWrongUse, CommandFailed, wrongUse } from "./failure.ts"
import { fileArg } from "./fileArg.ts"
import { fileOption, jsonOption } from "./options.ts"
import { jsonLine, printable, progress, progressDone, styled } from "./terminal.ts"

const options = {
  scenario: fileArg("SCENARIO", "A scenario file; `explore` in it says what may go wrong, and how much"),
  seeds: Options.integer("seeds").pipe(
    Options.withDescription("How many seeds are tried; each draws other faults (default 1000)"),
    Options.withDefault(1_000),
  ),
  from: Options.integer("from").pipe(Options.withDescription("The first seed (default 1)"), Options.withDefault(1)),
  out: fileOption(
    "out",
    "Where the scenario that fails again is written (default beside the scenario: NAME-seed-N.yaml)",
  ).pipe(Options.optional),
  json: jsonOption("What was found as one line of JSON"),
}

/** `ringback explore SCENARIO`: looks for faults that make a scenario fail, and for the fewest that do. */
export const explore = Command.make("explore", options, ({ from, json, out, scenario: file, seeds }) =>
  Effect.gen(function* () {
    const { exploreScenario, exploredSaid, loadScenario, replayFileOf, seedsMax, writeReplay } = yield* Effect.promise(
      () => import("../app/explore.ts"),
    )
    if (seeds < 1 || seeds > seedsMax) return yield* wrongUse(`--seeds: expected 1 to ${seedsMax}, found ${seeds}`)
    const scenario = yield* loadScenario(file)
    const explored = yield* exploreScenario(scenario, {
      seeds,
      from,
      onSeed: (done) => progress(`${done} of ${seeds} seeds`),
    }).pipe(Effect.ensuring(Effect.sync(progressDone)))
    if (!json) yield* Console.log(exploredSaid(explored, { paint: styled, safe: printable }).join("\n"))
    const written =
      explored._tag === "Found" ? Option.getOrElse(out, () => replayFileOf(file, explored.seed)) : undefined
    if (explored._tag === "Found" && written !== undefined) {
      yield* writeReplay(scenario, explored, written)
      if (!json) yield* Console.log(`\n  again: ringback run ${printable(written)}`)
    }
    if (json) yield* Console.log(jsonLine(JSON.stringify({ scenario: file, ...explored, written: written ?? null })))
    if (explored._tag === "NothingFound") return undefined
    return yield* new CommandFailed({ message: "", exitCode: 1 })
  }).pipe(Effect.catchTag("ScenarioBroken", asWrongUse)),
).pipe(
  Command.withDescription(
    "Look for faults that make a scenario fail, and for the fewest that do. Example: ringback explore scenarios/otp.yaml --seeds 1000",
  ),
)
