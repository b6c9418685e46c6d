import * as path from "node:path"
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type Begun, beginIn } from "../app/starter.ts"
import { asWrongUse } from "./failure.ts"
import { wordArg } from "./fileArg.ts"
import { jsonOption } from "./options.ts"
import { jsonLine, printable, styled } from "./terminal.ts"

const options = {
  folder: wordArg("FOLDER", "Where to write; it is made if need be (default: here)").pipe(Args.optional),
  json: jsonOption("What was written as one line of JSON"),
}

/** `ringback init`: settings, a scenario and a CI workflow to begin with. */
export const init = Command.make("init", options, ({ folder, json }) =>
  Effect.gen(function* () {
    const place = Option.getOrElse(folder, () => ".")
    const begun = yield* Effect.mapError(beginIn(place), asWrongUse)
    yield* Console.log(json ? jsonLine(JSON.stringify({ folder: place, files: begun })) : told(place, begun))
  }),
).pipe(
  Command.withDescription(
    "Write settings, a scenario and a CI workflow to begin with; never over a file that is there. Example: ringback init .",
  ),
)

const told = (place: string, begun: ReadonlyArray<Begun>): string => {
  const at = (file: string) => printable(path.join(place, file))
  const into = path.normalize(place) === "." ? "" : `cd ${printable(place)} && `
  return [
    ...begun.map(({ file, what, written }) =>
      written
        ? `${styled("green", "written")}  ${at(file)}  ${what}`
        : `${styled("dim", "kept")}     ${at(file)}  was there already`,
    ),
    "",
    "What next:",
    `  ${into}ringback doctor              is everything in place?`,
    `  ${into}ringback run scenarios       play the scenario`,
    `  ${into}ringback serve --config ringback.yaml`,
  ].join("\n")
}
