import * as Command from "@effect/cli/Command"
import * as Options from "@effect/cli/Options"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { limits } from "../core/limits.ts"
import type { LogReader } from "../log/EventLog.ts"
import { nearestSubjects } from "../timetravel/nearest.ts"
import { placeOf } from "../timetravel/place.ts"
import { type Story, storyOf } from "../timetravel/story.ts"
import { timelineOf } from "../timetravel/timeline.ts"
import { type Paint, timelineLines } from "../timetravel/timelineText.ts"
import { type CommandFailed, wrongUse } from "./failure.ts"
import { logArg, wordArg } from "./fileArg.ts"
import { opened, plain } from "./looking.ts"
import { jsonOption } from "./options.ts"
import { jsonLine, printable, progress, styled } from "./terminal.ts"

const options = {
  log: logArg(),
  subject: wordArg("SUBJECT", "A SID or id: a message, a call"),
  at: Options.text("at").pipe(
    Options.withDescription("As it was at this entry: its seq, or an instant (2026-01-01T00:00:05Z)"),
    Options.optional,
  ),
  json: jsonOption("The timeline as one line of JSON"),
}

/** `ringback show LOG SUBJECT`: everything that happened to one subject, in swim lanes. */
export const show = Command.make("show", options, ({ at, json, log, subject }) =>
  Effect.gen(function* () {
    const { reader } = yield* opened(log)
    const asked = Option.getOrUndefined(at)
    const upTo = asked === undefined ? undefined : (yield* plain(placeOf(reader, asked))).seq
    const story = yield* storyAsked(reader, { log, subject, upTo })
    const timeline = timelineOf(story.entries, subject)
    if (json) return yield* Console.log(jsonLine(JSON.stringify({ ...timeline, cut: story.cut })))
    for (const line of timelineLines(timeline, { paint, safe: printable })) yield* Console.log(line)
    if (story.cut)
      yield* Console.error(
        `only the first ${limits.timelineEntriesMax} entries are shown; ringback log --subject has all`,
      )
    return undefined
  }).pipe(Effect.scoped),
).pipe(
  Command.withDescription(
    "Show what happened to one message or call, with what follows from what. Example: ringback show data/ringback.db SM1f… --at 120",
  ),
)

/** What there is about a subject; a line that says which subjects are like it where there is nothing. */
export const storyAsked = (
  reader: LogReader,
  { log, subject, upTo }: { readonly log: string; readonly subject: string; readonly upTo: number | undefined },
): Effect.Effect<Story, CommandFailed> =>
  Effect.gen(function* () {
    const story = yield* plain(storyOf(reader, subject, upTo))
    if (story !== undefined) return story
    const named = JSON.stringify(printable(subject.slice(0, 80)))
    const [first] = yield* plain(reader.readSubject(subject, 0, 1))
    if (first !== undefined)
      return yield* wrongUse(`${named} is not there at entry ${upTo} yet; it begins at entry ${first.seq}`)
    const nearest = yield* plain(nearestSubjects(reader, subject, (seq) => progress(`${seq} entries looked through`)))
    const like = nearest.length === 0 ? "it is about nothing yet" : `nearest: ${nearest.map(printable).join(", ")}`
    return yield* wrongUse(`nothing in ${log} is about ${named}; ${like}`)
  })

const looks = { done: "green", failed: "red", waiting: "yellow", told: "reset", faint: "dim", bold: "bold" } as const

const paint: Paint = (look, text) => styled(looks[look], text)
