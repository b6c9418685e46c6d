import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { decode, type Entry, type Row } from "../../core/Entry.ts"
import { limits } from "../../core/limits.ts"
import type { CheckedType, Progress } from "../recording.ts"
import { RecordingError } from "../recordingLines.ts"
import { checkedRowsOf, kindOfLog, type RewriteError, writeAnew } from "../rewrite.ts"
import { upcast } from "../upcasts.ts"
import { closedReasons } from "./closedReasons.ts"
import { Eraser, markedAsEdited, Search, type Sought } from "./eraser.ts"

export interface EraseOptions {
  /** A log or a recording; what comes out is of the same kind. */
  readonly file: string
  /** It must not exist. */
  readonly out: string
  readonly sought: Sought
  /** Host ms since the Unix epoch. */
  readonly at: number
  /** The types of entries there are: of others nothing is known, and all that they say goes. */
  readonly types: ReadonlyArray<CheckedType>
  readonly progress?: (entries: number) => void
}

export interface Erased extends Progress {
  /** Entries of which something was erased. */
  readonly changed: number
  /** Messages, calls, verifications … whose content was. */
  readonly subjects: number
}

/**
 * Makes a new log without what is sought, marked as edited in its first entry; undefined, and nothing written, when there is nothing to
 * erase. The old one is left as it is. Entries are brought to today's shape on the way.
 *
 * Reads the old one three times: to find what is about a number, to count what goes, because the first entry tells that, and to write.
 */
export const eraseLog = ({
  at,
  file,
  out,
  progress = () => {},
  sought,
  types,
}: EraseOptions): Effect.Effect<Erased | undefined, RewriteError> =>
  Effect.gen(function* () {
    const kind = yield* kindOfLog(file)
    let read = 0
    const entries = Stream.tap(Stream.mapEffect(checkedRowsOf(file), entryOf(file)), () =>
      Effect.sync(() => progress(++read)),
    )
    const search = new Search(sought)
    let last = 0
    yield* Stream.runForEach(entries, (entry) =>
      Effect.sync(() => {
        search.look(entry)
        last = entry.seq
      }),
    )
    if (!search.found) return undefined
    // A log that is being written may have more by now.
    const upTo = Stream.takeWhile(entries, ({ seq }) => seq <= last)
    const kept = (eraser: Eraser) => Stream.mapConcat(turns(upTo), (turn) => eraser.turn(turn))
    const closed = closedReasons(types)
    const counted = new Eraser(sought, search.subjects, closed)
    yield* Stream.runDrain(kept(counted))
    const edit = { at, entries: counted.entries }
    const written = Stream.map(kept(new Eraser(sought, search.subjects, closed)), (row) =>
      row.seq === 1 ? markedAsEdited(row, edit) : row,
    )
    const progressed = yield* writeAnew(kind, out, written)
    return { ...progressed, changed: counted.entries, subjects: search.subjects.size }
  })

const entryOf =
  (file: string) =>
  (row: Row): Effect.Effect<Entry, RecordingError> =>
    Effect.try({
      try: () => upcast(decode(row)),
      catch: (cause) =>
        new RecordingError({ reason: "not-json", file, message: `${file}: entry ${row.seq} cannot be read: ${cause}` }),
    })

/** Entries by their turns: an input and the outcomes behind it. */
const turns = <E>(entries: Stream.Stream<Entry, E>): Stream.Stream<ReadonlyArray<Entry>, E> =>
  Stream.suspend(() => {
    let turn: Array<Entry> = []
    const taken = (): ReadonlyArray<ReadonlyArray<Entry>> => {
      const whole = turn
      turn = []
      return whole.length === 0 ? [] : [whole]
    }
    const take = (entry: Entry): ReadonlyArray<ReadonlyArray<Entry>> => {
      const before = entry.kind === "input" || turn.length >= limits.turnEntriesMax ? taken() : []
      turn.push(entry)
      return before
    }
    return Stream.concat(
      Stream.mapConcat(entries, take),
      Stream.mapConcat(
        Stream.suspend(() => Stream.succeed(0)),
        taken,
      ),
    )
  })
