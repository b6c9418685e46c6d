import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { SeenMessage } from "../carriers/delivery/seen.ts"
import type { SeenCall } from "../carriers/twilio/calls/seenCalls.ts"
import type { Row } from "../core/Entry.ts"
import type { Run } from "../engine/Run.ts"
import type { WorldState } from "../engine/World.ts"
import type { LogUnavailable } from "../log/EventLog.ts"
import { glimpse } from "../timetravel/glimpse.ts"
import { indexLog, indexSome, LogIndex } from "../timetravel/LogIndex.ts"
import { entryOf } from "../timetravel/reading.ts"
import { type CallbackRow, callbackRows } from "./lists/callbackList.ts"
import type { Shown } from "./Shown.ts"

/* A run as it was at an entry, as far as pages show it. */

interface Indexing {
  readonly index: LogIndex
  readonly turns: Effect.Semaphore
}

const indexes = new WeakMap<Run, Indexing>()

const indexingOf = (run: Run): Indexing => {
  const known = indexes.get(run)
  if (known !== undefined) return known
  const made = { index: new LogIndex(), turns: Effect.unsafeMakeSemaphore(1) }
  indexes.set(run, made)
  return made
}

/**
 * The index of a run's log up to its end. Made at the first look back, by one pass over the log that lets other work go on; later
 * looks read only what has come since.
 */
export const indexOf = (run: Run): Effect.Effect<LogIndex, LogUnavailable> =>
  Effect.suspend(() => {
    const { index, turns } = indexingOf(run)
    return turns.withPermits(1)(indexLog(run.log, index))
  })

/** Host ms of rest after a page of the log at least, and for each ms it took. */
const restMs = 5

/**
 * Makes the index while nobody waits for it: as soon as pages are looked at at all, so that a first look back finds it there. It
 * rests as long as it works, and lets whoever waits for it go first.
 */
export const indexAhead = (run: Run): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { index, turns } = indexingOf(run)
    for (;;) {
      const began = run.clock.hostMonotonic()
      if (!(yield* turns.withPermits(1)(indexSome(run.log, index)))) return
      yield* Effect.sleep(Duration.millis(Math.max(restMs, run.clock.hostMonotonic() - began)))
    }
  }).pipe(
    Effect.catchAll(({ message }) => Effect.logWarning(`the index for time travel is not ready: ${message}`)),
    Effect.asVoid,
  )

/** How far the index of a run has come, without waiting for it. */
export const indexedUpTo = (run: Run): number => indexingOf(run).index.seq

/** A counter as it was, and what the entry has changed of it. */
export interface Counter {
  readonly name: string
  readonly count: number
  readonly by: number
}

export const countersAt = (index: LogIndex, seq: number): ReadonlyArray<Counter> => {
  const [now, before] = [index.countersAt(seq), index.countersAt(seq - 1)]
  return [...new Set([...now.keys(), ...before.keys()])].sort().map((name) => {
    const count = now.get(name) ?? 0
    return { name, count, by: count - (before.get(name) ?? 0) }
  })
}

/** Where a page of a list as it was begins. */
export interface Wanted {
  readonly at: number
  readonly size: number
}

/** The newest messages as they were. */
export const messagesAt = (
  shown: Shown,
  index: LogIndex,
  wanted: Wanted,
): Effect.Effect<ReadonlyArray<SeenMessage>, Error> =>
  Effect.map(worldOf("messages", shown, index, wanted), (world) => [...(shown.messagesIn(world).newest() ?? [])])

/** The newest calls as they were. */
export const callsAt = (shown: Shown, index: LogIndex, wanted: Wanted): Effect.Effect<ReadonlyArray<SeenCall>, Error> =>
  Effect.map(worldOf("calls", shown, index, wanted), (world) => [...(shown.callsIn(world).newest() ?? [])])

/** A world with the newest of a list. */
const worldOf = (
  list: "calls" | "messages",
  { machines, run }: Shown,
  index: LogIndex,
  { at, size }: Wanted,
): Effect.Effect<WorldState, Error> =>
  glimpse({ reader: run.log, index, machines, at, of: index.newest(list, at, { size }).seqs })

/** What was in force at an entry. */
export interface InForce {
  /** The entries since which settings and templates were as they then were. */
  readonly settings: number
  readonly templates: number
  /** The templates, and which of them are others than at the run's beginning. */
  readonly texts: ReadonlyArray<{ readonly name: string; readonly text: string; readonly edited: boolean }>
}

/** What was in force at an entry: settings and templates. */
export const inForceAt = ({ run }: Shown, index: LogIndex, at: number): Effect.Effect<InForce, LogUnavailable> =>
  Effect.gen(function* () {
    const [settings, templates] = [index.settingsAt(at).at(-1) ?? 1, index.templatesAt(at)]
    const [first, now] = [yield* textsIn(run, 1), yield* textsIn(run, templates)]
    const texts = [...now].map(([name, text]) => ({ name, text, edited: text !== first.get(name) }))
    return { settings, templates, texts }
  })

/** The templates an entry tells; what is no text of an altered log is none. */
const textsIn = (run: Run, seq: number): Effect.Effect<ReadonlyMap<string, string>, LogUnavailable> =>
  Effect.map(run.log.read(Math.max(0, seq - 1), 1), (rows) => {
    const templates = rows[0] === undefined ? undefined : entryOf(rows[0]).data.templates
    const told = typeof templates === "object" && templates !== null ? Object.entries(templates) : []
    return new Map(told.filter((pair): pair is [string, string] => typeof pair[1] === "string"))
  })

/** The newest callbacks as they were. */
export const callbacksAt = (
  { run }: Shown,
  index: LogIndex,
  { at, now, size }: Wanted & { readonly now: number },
): Effect.Effect<ReadonlyArray<CallbackRow>, LogUnavailable> =>
  callbackRows(run.log, index.newest("callbacks", at, { size }).seqs, now, at)

/** Entries before and behind one. */
export const rowsAround = (
  { log }: Run,
  seq: number,
  { after, before }: { readonly before: number; readonly after: number },
): Effect.Effect<ReadonlyArray<Row>, LogUnavailable> =>
  log.read(Math.max(0, seq - 1 - before), Math.min(before, seq - 1) + 1 + after)
