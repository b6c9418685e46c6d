import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { version } from "../app/version.ts"
import { Redactor, redactionOf } from "../core/traffic/redact/Redactor.ts"
import type { Format } from "../traffic/import/formats.ts"
import { type Imported, importTraffic, type Tally } from "../traffic/import/importTraffic.ts"
import { saltOf } from "../traffic/saltFile.ts"
import { jsonLine, printable, progress, progressDone, styled } from "./terminal.ts"

export interface ImportGiven {
  readonly file: string
  readonly out: string
  readonly from: Format | undefined
  readonly keepNumbers: boolean
  readonly keepBodies: boolean
  readonly salt: string | undefined
  readonly json: boolean
}

/** Lines about what was lost, or is odd, that are printed; JSON has more. */
const linesMax = 50

/** Imports a file and tells about it. Gives the exit code; fails with why nothing came of it. */
export const runImport = (given: ImportGiven): Effect.Effect<0 | 1, string> =>
  Effect.gen(function* () {
    const { file, from: format, json, keepBodies, keepNumbers, out } = given
    const salt = yield* Effect.mapError(saltOf(given.salt), ({ message }) => `--salt: ${message}`)
    const rules = { keepBodies, keepNumbers, salt }
    const redactor = new Redactor(rules)
    const imported = yield* importTraffic({
      file,
      out,
      format,
      redact: (exchange) => redactor.exchange(exchange),
      redaction: redactionOf(rules),
      by: `ringback ${version}`,
      progress: ({ bytes, exchanges }) => progress(`${(bytes / 1e6).toFixed(0)} MB read, ${exchanges} exchanges`),
    }).pipe(
      Effect.ensuring(Effect.sync(progressDone)),
      Effect.mapError(({ message }) => message),
    )
    if (json) yield* Console.log(jsonLine(JSON.stringify({ file, out, ...imported })))
    else yield* Console.log(linesOf(file, out, imported).join("\n"))
    return imported.lost.count === 0 ? 0 : 1
  })

const linesOf = (file: string, out: string, { exchanges, formats, lost, notes }: Imported): ReadonlyArray<string> => [
  `${exchanges} exchanges of ${formats.join(" and ")} written to ${out}`,
  ...section(file, styled("red", "lost"), lost),
  ...section(file, "noted", notes),
]

const section = (file: string, what: string, { count, told }: Tally): ReadonlyArray<string> => {
  if (count === 0) return []
  const lines = told.slice(0, linesMax).map(({ place, reason }) => `  ${file}: ${printable(`${place}: ${reason}`)}`)
  return [`${count} ${what}:`, ...lines, ...(count > lines.length ? [`  and ${count - lines.length} more`] : [])]
}
