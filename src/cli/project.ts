import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { openProjection } from "../projection/ProjectionFile.ts"
import {
  checkProjection,
  follow as keepUp,
  type ProjectionDifference,
  project as projectAll,
} from "../projection/project.ts"
import { openSource } from "../timetravel/source.ts"
import { asWrongUse, CommandFailed, wrongUse } from "./failure.ts"
import { logArg } from "./fileArg.ts"
import { fileOption, jsonDone } from "./options.ts"
import { jsonLine, printable, progress, progressDone, styled } from "./terminal.ts"

const options = {
  log: logArg(),
  out: fileOption("out", "The SQLite file to make, or to bring up to the log's end"),
  follow: Options.boolean("follow").pipe(Options.withDescription("Go on as entries come, until Ctrl-C")),
  check: Options.boolean("check").pipe(
    Options.withDescription("Make the tables again from the first entry, and compare them with those of the file"),
  ),
  json: jsonDone,
}

/** `ringback project LOG --out FILE.db`: what the log tells, as SQLite tables. */
export const project = Command.make("project", options, ({ check, follow, json, log: file, out }) =>
  Effect.gen(function* () {
    if (check && follow) return yield* wrongUse("--check looks at an end, and --follow has none; give one of them")
    const { isLog, reader } = yield* openSource(file, (entries) => progress(`${entries} entries read`))
    if (follow && !isLog) return yield* wrongUse(`${file} is a recording, which does not go on; --follow needs a log`)
    const projection = yield* openProjection(out, { reader, name: file })
    const from = projection.position.seq
    const entries = yield* projectAll(reader, projection, { progress: (seq) => progress(`${seq} entries projected`) })
    const difference = check
      ? yield* checkProjection(reader, projection, (seq) => progress(`${seq} entries projected again`))
      : undefined
    progressDone()
    const { hash: digest, seq } = projection.position
    const tables = projection.counts()
    const checked = check ? { same: difference === undefined, ...(difference && { difference }) } : {}
    if (json)
      yield* Console.log(jsonLine(JSON.stringify({ log: file, out, from, entries, seq, digest, tables, ...checked })))
    else {
      yield* Console.log(`${out}: entries 1 to ${seq} of ${file}, ${entries} of them new`)
      for (const [table, rows] of Object.entries(tables)) yield* Console.log(`  ${table.padEnd(28)} ${rows}`)
      if (check && difference === undefined)
        yield* Console.log(`${styled("green", "sound")}: made again, they are the same`)
    }
    if (difference !== undefined)
      return yield* new CommandFailed({ message: json ? "" : differing(out, difference), exitCode: 1 })
    return follow ? yield* keepUp(reader, projection) : undefined
  }).pipe(
    Effect.ensuring(Effect.sync(progressDone)),
    Effect.mapError((error) => (error._tag === "CommandFailed" ? error : asWrongUse(error))),
    Effect.scoped,
  ),
).pipe(
  Command.withDescription(
    "Make SQLite tables of a log: messages, calls, callbacks, conversations. Example: ringback project data/ringback.db --out tables.db",
  ),
)

const differing = (out: string, { column, expected, found, row, table }: ProjectionDifference): string =>
  [
    `${out}: row ${row} of ${table} is not what the log makes; remove the file and project again`,
    ...(column === undefined ? [] : [`  column    ${column}`]),
    `  found     ${printable(shown(found))}`,
    `  expected  ${printable(shown(expected))}`,
  ].join("\n")

const shown = (value: unknown): string => (value === undefined ? "no row" : (JSON.stringify(value) ?? "").slice(0, 400))
