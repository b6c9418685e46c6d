import * as fs from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { fileFailure } from "../core/fileFailure.ts"
import { makeFolders } from "../log/folders.ts"

/* What a project begins with. The files are those of the folder `starter`, which the build puts beside the program. */

export class CannotStart extends Data.TaggedError("CannotStart")<{ readonly message: string }> {}

/** A file that a project begins with: its place there, and what it is. */
export interface StarterFile {
  readonly file: string
  readonly what: string
  readonly text: string
}

const folder = new URL("./starter/", import.meta.url)
const textOf = (name: string): string => fs.readFileSync(fileURLToPath(new URL(name, folder)), "utf8")

/** The files of a new project, below its folder. */
export const starterFiles = (): ReadonlyArray<StarterFile> => [
  { file: "ringback.yaml", what: "settings", text: textOf("settings.yaml") },
  { file: "scenarios/first-message.yaml", what: "a scenario", text: textOf("scenario.yaml") },
  { file: ".github/workflows/ringback.yml", what: "a workflow that plays it", text: textOf("workflow.yml") },
]

/** What became of a starter file: one that was there is left as it is. */
export interface Begun {
  readonly file: string
  readonly what: string
  readonly written: boolean
}

/** Writes the starter files that a folder lacks. Never writes over a file. */
export const beginIn = (place: string): Effect.Effect<ReadonlyArray<Begun>, CannotStart> =>
  Effect.try({
    try: () => starterFiles().map(({ file, text, what }) => ({ file, what, written: written(place, file, text) })),
    catch: (cause) =>
      new CannotStart({
        message: fileFailure({ doing: "written", file: place }, cause).replace(/; .*$/, "; name another folder"),
      }),
  })

const written = (place: string, file: string, text: string): boolean => {
  const target = path.resolve(place, file)
  makeFolders(path.dirname(target))
  try {
    fs.writeFileSync(target, text, { flag: "wx" })
    return true
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false
    throw cause
  }
}
