import * as fs from "node:fs"
import * as path from "node:path"
import * as Either from "effect/Either"
import { byCodeUnit } from "../core/canonical.ts"
import { limits } from "./limits.ts"

/*
 * Which files are played: those that are named, and of folders all that end in .yaml or .yml, in folders below, too. What begins
 * with `_` or `.` is there to be included.
 */

/** The files that names stand for, each once, those of a folder by name; the left says which name stands for nothing. */
export const scenarioFiles = (names: ReadonlyArray<string>): Either.Either<ReadonlyArray<string>, string> => {
  const files = new Set<string>()
  for (const name of names) {
    const found = filesAt(name)
    if (found === undefined)
      return Either.left(
        `${name}: no such file or folder; name scenarios, or let ringback init write one to begin with`,
      )
    if (found.length === 0)
      return Either.left(`${name}: no scenario is there; name files that end in .yaml, or their folder`)
    for (const file of found) files.add(path.normalize(file))
    if (files.size > limits.scenariosMax)
      return Either.left(`${name}: there are more than ${limits.scenariosMax} scenarios`)
  }
  return Either.right([...files])
}

const filesAt = (name: string): ReadonlyArray<string> | undefined => {
  const stat = fs.statSync(name, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  return stat.isDirectory() ? within(name) : [name]
}

const within = (folder: string): ReadonlyArray<string> =>
  fs
    .readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !/^[._]/.test(name))
    .toSorted((a, b) => byCodeUnit(a.name, b.name))
    .flatMap((entry) => {
      const file = path.join(folder, entry.name)
      if (entry.isDirectory()) return within(file)
      return /\.ya?ml$/.test(entry.name) ? [file] : []
    })

/** Two files whose recordings would be one; undefined when there are none. */
export const sameRecording = (files: ReadonlyArray<string>): readonly [string, string] | undefined => {
  const seen = new Map<string, string>()
  for (const file of files) {
    const name = path.basename(file).replace(/\.ya?ml$/, "")
    const other = seen.get(name)
    if (other !== undefined) return [other, file]
    seen.set(name, file)
  }
  return undefined
}
