import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import type { JsonObject } from "../core/canonical.ts"
import { type Draft, decode, genesis, type Row } from "../core/Entry.ts"
import { runResumed, settingsChanged, timersSwapped } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import { NotFoldable, worldOfLog } from "../engine/fold.ts"
import { Recorded, type RerunFailed, runOn } from "../engine/rerun.ts"
import type { Snapshot } from "../engine/snapshot.ts"
import { type AnyMachine, WorldState } from "../engine/World.ts"
import type { EventLog, Head, LogReader, LogUnavailable } from "../log/EventLog.ts"
import { upcast } from "../log/upcasts.ts"
import { answering, beforeAnswers, type ChangedAnswer, replacing } from "./changedAnswers.ts"
import { instant, placeOf } from "./place.ts"
import { NotThere } from "./reading.ts"
import { nextDue, pendingTimers } from "./worldJson.ts"

/** What a fork changes; nothing: the run goes on as it would by itself. */
export interface Change {
  /** Makes other settings of those that are in force, also of those that a later restart or order brings. Throws what is wrong. */
  readonly settings?: (inForce: JsonObject) => JsonObject
  /** Answers to single attempts. */
  readonly answers?: ReadonlyArray<ChangedAnswer>
  /** Two pending timers, by the seq of the entries that set them, that change places. */
  readonly swap?: readonly [number, number]
}

export interface ForkOptions {
  readonly reader: LogReader
  readonly machines: ReadonlyArray<AnyMachine>
  /** The entry after which things go otherwise; undefined: the last one before the attempts whose answers change. */
  readonly at: number | undefined
  readonly change: Change
  /** Whether requests and orders that the log has after the cut come again, at their instants. */
  readonly inputs: "keep" | "drop"
  readonly snapshot?: (() => Either.Either<Snapshot, string>) | undefined
  readonly progress?: (doing: string, seq: number) => void
}

/** What came of a fork. */
export interface Forked {
  /** The last entry that both runs have: the one asked for, or the newest before it after which a change can enter. */
  readonly cut: number
  readonly head: Head
}

/**
 * Forks a log into another: copies it up to a cut, enters what is changed, and goes on by the rules of running again. The log it
 * is made of is only read.
 */
export const forkLog = (
  options: ForkOptions,
  into: Pick<typeof EventLog.Service, "append">,
): Effect.Effect<Forked, LogUnavailable | NotFoldable | NotThere | RerunFailed> =>
  Effect.gen(function* () {
    const { inputs, machines, progress = () => {}, reader, snapshot } = options
    const at =
      options.at === undefined
        ? yield* beforeAnswers(reader, options.change.answers ?? [])
        : (yield* placeOf(reader, String(options.at))).seq
    const cut = yield* cutUpTo(reader, at, (seq) => progress("looked through", seq))
    const folded = { upTo: cut, progress: (seq: number) => progress("folded", seq) }
    const { world } = yield* worldOfLog({ log: reader, machines, snapshot, ...folded })
    const changes = yield* changesIn(reader, world, options.change, cut)
    const recorded = new Recorded(cut)
    const { seq: end } = yield* reader.head
    const head = yield* copy(reader, { cut, end }, recorded, into, (seq) => progress("read", seq))
    const { settings } = options.change
    const made = (rows: ReadonlyArray<Row>) => {
      progress("made", rows.at(-1)?.seq ?? cut)
      return into.append(rows)
    }
    const amend = settings === undefined ? {} : { amend: (input: Draft) => amended(input, settings) }
    const entriesMax = limits.forkEntriesMax
    const answer = answering(changes)
    return {
      cut,
      head: yield* runOn({ world, head, recorded, changes, ...amend, ...answer, inputs, entriesMax, made }),
    }
  })

/** A later restart or order brings its own settings: what the fork changes stays changed. */
const amended = (input: Draft, settings: (inForce: JsonObject) => JsonObject): Draft => {
  if (input.type !== runResumed.type && input.type !== settingsChanged.type) return input
  const data = input.data as JsonObject
  return { ...input, data: { ...data, settings: settings(data.settings as JsonObject) } }
}

/** The first inputs of the fork. */
const changesIn = (
  reader: LogReader,
  world: WorldState,
  { answers = [], settings, swap }: Change,
  cut: number,
): Effect.Effect<Array<Draft>, LogUnavailable | NotThere> =>
  Effect.gen(function* () {
    const changes: Array<Draft> = []
    if (settings !== undefined) {
      const changed = yield* Effect.try({
        try: () => settings(world.settings),
        catch: (error) => new NotThere({ message: error instanceof Error ? error.message : String(error) }),
      })
      changes.push(settingsChanged.draft("", { settings: changed }))
    }
    if (swap !== undefined) {
      const [one, other] = [yield* pendingKey(world, swap[0], cut), yield* pendingKey(world, swap[1], cut)]
      changes.push(timersSwapped.draft("", { keys: [one, other] }))
    }
    for (const each of answers) changes.push(yield* replacing(reader, world, each, cut))
    return changes
  })

/** Timers that an error names. */
const namedMax = 10

const pendingKey = (world: WorldState, set: number, cut: number): Effect.Effect<string, NotThere> => {
  const pending = pendingTimers(world)
  const found = pending.find((timer) => timer.set === set)
  if (found !== undefined) return Effect.succeed(found.key)
  const named = pending.slice(0, namedMax).map(({ due, key, set: seq }) => `${seq} (${key}, due ${instant(due)})`)
  const there = named.length === 0 ? "nothing is" : `pending are ${named.join(", ")}`
  return new NotThere({ message: `entry ${set} set no timer that is pending after entry ${cut}; ${there}` })
}

/**
 * The newest entry up to `at` after which an input can enter: the end of a turn at an instant at which nothing more is due.
 * Timers alone decide that, so nothing else is folded.
 */
export const cutUpTo = (
  reader: LogReader,
  at: number,
  progress: (seq: number) => void = () => {},
): Effect.Effect<number, LogUnavailable | NotFoldable | NotThere> =>
  Effect.gen(function* () {
    const timers = new WorldState([])
    let cut = 0
    for (let after = 0; after < at; ) {
      const rows = yield* reader.read(after, limits.readEntriesMax)
      const last = rows.at(-1)
      if (last === undefined) break
      const [following] = yield* reader.read(last.seq, 1)
      yield* eachRow(rows, (row, i) => {
        if (row.seq > at) return
        if (timers.evolvesBy(row.type)) timers.evolve(upcast(decode(row)))
        const ends = (rows[i + 1] ?? following)?.kind !== "outcome"
        if (ends && (nextDue(timers) ?? Number.POSITIVE_INFINITY) > row.at) cut = row.seq
      })
      after = last.seq
      progress(after)
      yield* Effect.yieldNow()
    }
    if (cut === 0) return yield* new NotThere({ message: `no change can enter up to entry ${at}; name a later one` })
    return cut
  })

/** Looks at rows one after the other; one that cannot be read is named. */
const eachRow = (rows: ReadonlyArray<Row>, look: (row: Row, i: number) => void): Effect.Effect<void, NotFoldable> =>
  Effect.suspend(() => {
    for (const [i, row] of rows.entries())
      try {
        look(row, i)
      } catch (cause) {
        return new NotFoldable({ seq: row.seq, type: row.type, cause })
      }
    return Effect.void
  })

/** Copies the entries up to the cut, and lets everything up to the end be known that may be asked for after it. */
const copy = (
  reader: LogReader,
  { cut, end }: { readonly cut: number; readonly end: number },
  recorded: Recorded,
  into: Pick<typeof EventLog.Service, "append">,
  progress: (seq: number) => void,
): Effect.Effect<Head, LogUnavailable | NotFoldable> =>
  Effect.gen(function* () {
    let head: Head = { seq: 0, at: 0, hash: genesis }
    for (let after = 0; after < end; ) {
      const rows = (yield* reader.read(after, limits.readEntriesMax)).filter(({ seq }) => seq <= end)
      const last = rows.at(-1)
      if (last === undefined) return head
      const kept = rows.filter(({ seq }) => seq <= cut)
      yield* into.append(kept)
      head = kept.at(-1) ?? head
      yield* eachRow(rows, (row) => {
        if (row.type.startsWith("outbound.") || (row.kind === "input" && row.seq > cut))
          recorded.take(upcast(decode(row)))
      })
      after = last.seq
      progress(after)
      yield* Effect.yieldNow()
    }
    return head
  })
