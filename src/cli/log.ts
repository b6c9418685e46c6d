import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { decode, type Row, toLine } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { openReader } from "../log/reader.ts"
import { rowsOf } from "../log/recording.ts"
import { gist } from "../timetravel/gist.ts"
import { instant } from "../timetravel/place.ts"
import { asWrongUse, wrongUse } from "./failure.ts"
import { logArg } from "./fileArg.ts"
import { jsonOption } from "./options.ts"
import { jsonLine, printable, styled } from "./terminal.ts"

const options = {
  log: logArg(),
  type: Options.text("type").pipe(
    Options.withDescription("Only entries of this type; a trailing * stands for the rest (message.*)"),
    Options.optional,
  ),
  subject: Options.text("subject").pipe(Options.withDescription("Only entries about this SID or id"), Options.optional),
  after: Options.integer("after").pipe(Options.withDescription("Only entries after this seq"), Options.optional),
  json: jsonOption("Each entry as one line of canonical JSON"),
  follow: Options.boolean("follow").pipe(Options.withDescription("Go on as entries come, until Ctrl-C")),
}

/** How often a followed log is looked at. */
const followEvery = Duration.millis(200)

/** `ringback log LOG`: a log as a readable table, or as JSON lines. */
export const log = Command.make("log", options, ({ after, follow, json, log: file, subject, type }) =>
  Effect.gen(function* () {
    const from = Option.getOrElse(after, () => 0)
    if (from < 0) return yield* wrongUse(`--after: expected a seq from 0, found ${from}`)
    const wanted = matcher(Option.getOrUndefined(type), Option.getOrUndefined(subject))
    const print = (row: Row) => Console.log(json ? jsonLine(toLine(row)) : tableLine(row))
    const printHead = json ? Effect.void : Console.log(styled("dim", tableHead))
    if (!follow) {
      const rows = yield* Effect.mapError(rowsOf(file), asWrongUse)
      // Once a row could be read: of a file that is no log nothing is shown.
      const head = yield* Effect.once(printHead)
      return yield* rows.pipe(
        Stream.tap(() => head),
        Stream.filter((row) => row.seq > from && wanted(row)),
        Stream.runForEach(print),
        Effect.mapError(asWrongUse),
        Effect.zipLeft(head),
      )
    }
    const reader = yield* Effect.mapError(openReader(file), asWrongUse)
    yield* printHead
    let seen = from
    return yield* Effect.forever(
      Effect.gen(function* () {
        const rows = yield* Effect.mapError(reader.read(seen, limits.readEntriesMax), asWrongUse)
        for (const row of rows) {
          if (wanted(row)) yield* print(row)
          seen = row.seq
        }
        if (rows.length === 0) yield* Effect.sleep(followEvery)
      }),
    )
  }).pipe(Effect.scoped),
).pipe(
  Command.withDescription("Show a log as a table. Example: ringback log data/ringback.db --type 'message.*' --follow"),
)

const matcher = (type: string | undefined, subject: string | undefined) => {
  const prefix = type?.endsWith("*") ? type.slice(0, -1) : undefined
  return (row: Row): boolean =>
    (type === undefined || (prefix === undefined ? row.type === type : row.type.startsWith(prefix))) &&
    (subject === undefined || row.subject === subject)
}

const column = (text: string, width: number): string => text.padEnd(width)
const tableHead = [
  column("virtual time", 24),
  "   seq",
  " cause",
  column("type", 22),
  column("subject", 34),
  "gist",
].join("  ")

const tableLine = (row: Row): string => {
  const { at, cause, seq, subject, type } = row
  return [
    column(instant(at), 24),
    String(seq).padStart(6),
    (cause === 0 ? "" : String(cause)).padStart(6),
    styled(row.kind === "input" ? "cyan" : "reset", column(printable(type), 22)),
    column(printable(subject), 34),
    printable(gistOf(row)).slice(0, 200),
  ].join("  ")
}

/** Of a log that was altered, what cannot be read is shown as it stands. */
const gistOf = (row: Row): string => {
  try {
    return gist(decode(row))
  } catch {
    return row.data
  }
}
