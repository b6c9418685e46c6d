import * as path from "node:path"
import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Entry } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import type { LogReader } from "../log/EventLog.ts"
import { placeOf } from "../timetravel/place.ts"
import { entryOf } from "../timetravel/reading.ts"
import { traceHtml } from "../timetravel/trace.ts"
import { writeTrace } from "../timetravel/traceFile.ts"
import { type CommandFailed, wrongUse } from "./failure.ts"
import { logArg } from "./fileArg.ts"
import { opened, plain } from "./looking.ts"
import { fileOption, jsonDone } from "./options.ts"
import { storyAsked } from "./show.ts"
import { jsonLine } from "./terminal.ts"

const place = (name: string, what: string) =>
  Options.text(name).pipe(Options.withDescription(`${what}: its seq, or an instant`), Options.optional)

const options = {
  log: logArg(),
  subject: Options.text("subject").pipe(
    Options.withDescription("Only what happened to this SID or id, and what it follows from"),
    Options.optional,
  ),
  from: place("from", "The first entry"),
  to: place("to", "The last entry"),
  out: fileOption("out", "The HTML file to write"),
  json: jsonDone,
}

/** `ringback trace LOG --out trace.html`: one file with timeline and slider, for a CI job or a bug report. */
export const trace = Command.make("trace", options, (given) =>
  Effect.gen(function* () {
    const { json, log, out } = given
    const subject = Option.getOrUndefined(given.subject)
    const { reader } = yield* opened(log)
    const first = Option.isNone(given.from) ? 1 : (yield* plain(placeOf(reader, given.from.value))).seq
    const last = Option.isNone(given.to)
      ? (yield* plain(reader.head)).seq
      : (yield* plain(placeOf(reader, given.to.value))).seq
    if (first > last && last > 0)
      return yield* wrongUse(`--from is entry ${first} and --to is entry ${last}: nothing lies between them`)
    const story =
      subject === undefined
        ? { entries: yield* entriesBetween(reader, log, first, last), cut: false }
        : yield* storyAsked(reader, { log, subject, upTo: last })
    const entries = story.entries.filter(({ seq }) => seq >= first)
    const notes = story.cut ? [`Only its first ${limits.timelineEntriesMax} entries are here.`] : []
    yield* written(out, traceHtml(entries, { title: path.basename(log), subject, notes }))
    yield* Console.log(
      json
        ? jsonLine(JSON.stringify({ log, out, entries: entries.length, cut: story.cut }))
        : `${entries.length} entries written to ${out}`,
    )
    return undefined
  }).pipe(Effect.scoped),
).pipe(
  Command.withDescription(
    "Write one HTML file with timeline and slider that opens from disk. Example: ringback trace run.jsonl --subject SM1f… --out trace.html",
  ),
)

const entriesBetween = (
  reader: LogReader,
  log: string,
  first: number,
  last: number,
): Effect.Effect<ReadonlyArray<Entry>, CommandFailed> =>
  Effect.gen(function* () {
    const count = last - first + 1
    if (count > limits.timelineEntriesMax)
      return yield* wrongUse(
        `${log} has ${count} entries to be traced, and a trace holds ${limits.timelineEntriesMax}; name a --subject, or entries with --from and --to`,
      )
    const entries: Array<Entry> = []
    for (let after = first - 1; after < last; ) {
      const rows = yield* plain(reader.read(after, limits.readEntriesMax))
      if (rows.length === 0) break
      entries.push(...rows.filter(({ seq }) => seq <= last).map(entryOf))
      after = rows.at(-1)?.seq ?? last
    }
    return entries
  })

/** Replaces an older trace and nothing else. */
const written = (out: string, html: string): Effect.Effect<void, CommandFailed> =>
  Effect.try({ try: () => writeTrace(out, html), catch: (cause) => wrongUse((cause as Error).message) })
