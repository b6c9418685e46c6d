import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { rules } from "../app/rules.ts"
import { type Verdict, verifyPages } from "../engine/verify.ts"
import { pagesOf } from "../log/pagesOf.ts"
import { instant } from "../timetravel/place.ts"
import { asWrongUse, CommandFailed } from "./failure.ts"
import { logArg } from "./fileArg.ts"
import { jsonOption } from "./options.ts"
import { jsonLine, printable, progress, progressDone, styled } from "./terminal.ts"

const options = {
  log: logArg(),
  json: jsonOption("The verdict as one line of JSON"),
  edited: Options.boolean("edited").pipe(
    Options.withDescription("Take a log that something was erased of for what it is: exit code 0 if all else holds"),
  ),
}

/** `ringback verify LOG`: whether all entries are what the rules make of the inputs, byte for byte. */
export const verify = Command.make("verify", options, ({ edited, log, json }) =>
  Effect.gen(function* () {
    const verdict = yield* Effect.flatMap(pagesOf(log), (pages) =>
      verifyPages(pages, rules, (entries) => progress(`${entries} entries verified`)),
    ).pipe(
      Effect.ensuring(Effect.sync(progressDone)),
      // A file whose first line is no header is no recording that could be sound or not.
      Effect.mapError((error) =>
        error._tag === "RecordingError" && error.line !== undefined && error.line > 1
          ? new CommandFailed({ message: error.message, exitCode: 1 })
          : asWrongUse(error),
      ),
    )
    if (json) yield* Console.log(jsonLine(JSON.stringify({ log, ...verdict })))
    else if (verdict._tag === "Sound") yield* Console.log(sound(log, verdict))
    else if (verdict._tag === "Edited") yield* Console.log(editedLines(log, verdict))
    if (verdict._tag === "Edited" && !edited)
      return yield* new CommandFailed({
        message: json ? "" : `${log} cannot be called sound; --edited takes it for what it is`,
        exitCode: 1,
      })
    if (verdict._tag === "Unsound")
      return yield* new CommandFailed({ message: json ? "" : unsound(log, verdict), exitCode: 1 })
    return undefined
  }).pipe(Effect.scoped),
).pipe(
  Command.withDescription(
    "Check that every entry of a log is what these rules make of its inputs. Example: ringback verify data/ringback.db",
  ),
)

const sound = (log: string, { at, digest, entries }: Extract<Verdict, { _tag: "Sound" }>): string =>
  entries === 0
    ? `${log}: no entries yet`
    : [
        `${styled("green", "sound")}: all ${entries} entries of ${log} are what the rules make of its inputs`,
        `digest ${digest}`,
        `virtual time ${instant(at)}`,
      ].join("\n")

const editedLines = (log: string, verdict: Extract<Verdict, { _tag: "Edited" }>): string => {
  const { at, digest, entries, first, otherwise, passedOver, problem, turns } = verdict
  return [
    `${styled("yellow", "edited")}: ${log} was ${problem}`,
    `the hashes of all ${entries} entries are right; ${turns - passedOver - otherwise} of ${turns} turns are what the rules make, ${passedOver} cannot be worked out again`,
    ...(first === undefined
      ? []
      : [`${otherwise} come out otherwise, which what was erased may be the reason of: ${unsound(log, first)}`]),
    `digest ${digest}`,
    `virtual time ${instant(at)}`,
  ].join("\n")
}

const unsound = (log: string, { difference, problem }: Extract<Verdict, { _tag: "Unsound" }>): string =>
  [
    `${log}: ${printable(problem)}`,
    ...(difference === undefined
      ? []
      : [
          `  field     ${printable(difference.field)}`,
          `  recorded  ${printable(shortened(difference.recorded))}`,
          `  made      ${printable(shortened(difference.made))}`,
        ]),
  ].join("\n")

const shortened = (text: string): string =>
  text.length > 400 ? `${text.slice(0, 400)}… (${text.length} characters)` : text
