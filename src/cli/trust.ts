import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { trustFilesOf } from "../app/reach.ts"
import { readSettings } from "../app/settings.ts"
import { trustTexts } from "../proxy/trustTexts.ts"
import { asWrongUse, wrongUse } from "./failure.ts"
import { wordArg } from "./fileArg.ts"
import { configOption, jsonOption } from "./options.ts"
import { styled } from "./terminal.ts"

const options = {
  system: wordArg("SYSTEM", "Only for this one: debian, fedora, alpine, macos, windows, node, python, java …").pipe(
    Args.optional,
  ),
  config: configOption("Settings file, which may name the CA's folder"),
  json: jsonOption("As JSON"),
}

/** `ringback trust [SYSTEM]`: how to trust the local CA. Makes the CA where there is none, and changes nothing else. */
export const trust = Command.make("trust", options, (given) =>
  Effect.gen(function* () {
    const settings = yield* readSettings({ config: Option.getOrUndefined(given.config) }).pipe(
      Effect.mapError(asWrongUse),
    )
    const files = yield* Effect.mapError(trustFilesOf(settings), asWrongUse)
    const all = trustTexts(files)
    const wanted = Option.getOrUndefined(given.system)
    const texts = all.filter(({ name }) => wanted === undefined || name === wanted)
    if (texts.length === 0)
      return yield* wrongUse(
        `expected one of ${all.map(({ name }) => name).join(", ")}, found ${JSON.stringify(wanted)}`,
      )
    if (given.json) return yield* Console.log(JSON.stringify({ files, systems: texts }, null, 2))
    const intro = [
      `The local CA is ${files.ca}. It can sign for names below twilio.com and for nothing else, and its key`,
      "never leaves this machine. ringback exec and ringback env need none of this: they name it in variables.",
    ]
    return yield* Console.log(
      [
        ...(wanted === undefined ? [...intro, ""] : []),
        ...texts.flatMap(({ lines, title }) => [styled("bold", title), ...lines.map((line) => `  ${line}`), ""]),
      ].join("\n"),
    )
  }),
).pipe(
  Command.withDescription(
    "Tell how to trust the local CA on a system or in a language; nothing is changed. Example: ringback trust debian",
  ),
)
