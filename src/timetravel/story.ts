import * as Effect from "effect/Effect"
import { clientTold } from "../core/clientTold.ts"
import type { Entry, Row } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"
import { entryOf, textIn } from "./reading.ts"

/** What a subject's timeline is made of, in the order of the log. */
export interface Story {
  readonly entries: ReadonlyArray<Entry>
  /** Whether there is more about it than one timeline holds; the oldest are here. */
  readonly cut: boolean
}

/**
 * The entries about a subject up to one, with those they follow from, and those about others that follow from them: replies to
 * a message. One that the client library sent has what the library told of it before it was there. Costs the subject's own entries,
 * however long the log is. Undefined when nothing is about it.
 */
export const storyOf = (
  reader: LogReader,
  subject: string,
  upTo = Number.MAX_SAFE_INTEGER,
): Effect.Effect<Story | undefined, LogUnavailable> =>
  Effect.gen(function* () {
    const own: Array<Row> = []
    let after = 0
    for (let more = true; more; ) {
      const rows = yield* reader.readSubject(subject, after, limits.readEntriesMax)
      own.push(...rows.filter(({ seq }) => seq <= upTo))
      after = rows.at(-1)?.seq ?? upTo
      more = rows.length > 0 && after < upTo && own.length <= limits.timelineEntriesMax
    }
    if (own.length === 0) return undefined
    const cut = own.length > limits.timelineEntriesMax
    const story = new Map(own.slice(0, limits.timelineEntriesMax).map((row) => [row.seq, row]))
    for (const row of [...story.values()]) yield* addCall(reader, story, row)
    for (const row of [...story.values()]) yield* addCauses(reader, story, row)
    for (const row of own.slice(0, answersFollowed)) yield* addReplies(reader, story, row, upTo)
    const entries = [...story.values()].sort((a, b) => a.seq - b.seq).map(entryOf)
    return { entries, cut }
  })

/** Entries of a subject whose consequences for others are looked for. */
const answersFollowed = 200
/** How far back causes of other subjects are followed from one entry. */
const causesFollowed = 20
/** Entries behind one that are looked through for what follows from it. */
const repliesWithin = 50

/** What the client library did until the message was sent is told of its call: nobody knew the message then. */
const addCall = (reader: LogReader, story: Map<number, Row>, of: Row): Effect.Effect<void, LogUnavailable> =>
  Effect.gen(function* () {
    const call = of.type === clientTold.type ? textIn(entryOf(of), "call_id") : undefined
    if (call === undefined) return
    for (const row of yield* reader.readSubject(call, 0, limits.timelineEntriesMax)) story.set(row.seq, row)
  })

const addCauses = (reader: LogReader, story: Map<number, Row>, of: Row): Effect.Effect<void, LogUnavailable> =>
  Effect.gen(function* () {
    let { cause } = of
    for (let n = 0; n < causesFollowed && cause > 0 && !story.has(cause); n++) {
      const [row] = yield* reader.read(cause - 1, 1)
      if (row?.seq !== cause) return
      story.set(cause, row)
      cause = row.cause
    }
  })

/** What an answer to a webhook makes lies in its turn: right behind it, before the next input. */
const addReplies = (
  reader: LogReader,
  story: Map<number, Row>,
  { seq, subject, type }: Row,
  upTo: number,
): Effect.Effect<void, LogUnavailable> =>
  Effect.gen(function* () {
    if (!type.startsWith("outbound.") || type === "outbound.requested") return
    for (const row of yield* reader.read(seq, repliesWithin)) {
      if (row.kind === "input" || row.seq > upTo) return
      if (row.cause === seq && row.subject !== subject) story.set(row.seq, row)
    }
  })
