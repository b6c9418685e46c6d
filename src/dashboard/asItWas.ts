import * as Effect from "effect/Effect"
import type { SeenMessage } from "../carriers/delivery/seen.ts"
import type { Row } from "../core/Entry.ts"
import type { Run } from "../engine/Run.ts"
import type { LogUnavailable } from "../log/EventLog.ts"
import { glimpse } from "../timetravel/glimpse.ts"
import { indexLog, LogIndex } from "../timetravel/LogIndex.ts"
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
  { machines, messagesIn, run }: Shown,
  index: LogIndex,
  { at, size }: Wanted,
): Effect.Effect<ReadonlyArray<SeenMessage>, Error> =>
  Effect.gen(function* () {
    const { seqs } = index.newest("messages", at, { size })
    const world = yield* glimpse({ reader: run.log, index, machines, at, of: seqs })
    return [...(messagesIn(world).newest() ?? [])]
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
