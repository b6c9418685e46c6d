import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { limits } from "../core/limits.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"
import { openProjection, ProjectionError, type ProjectionFile } from "./ProjectionFile.ts"
import { tables } from "./parts.ts"

/** How often a followed log is looked at, in host time. */
const followEvery = Duration.millis(200)

/**
 * Takes what a projection lacks of a log, up to its end now, or up to an entry. Gives how many entries that were. Lets other work go on
 * between pages.
 */
export const project = (
  log: Pick<LogReader, "read">,
  projection: ProjectionFile,
  { progress = () => {}, upTo = Number.MAX_SAFE_INTEGER }: { progress?: (seq: number) => void; upTo?: number } = {},
): Effect.Effect<number, LogUnavailable | ProjectionError> =>
  Effect.gen(function* () {
    const from = projection.position.seq
    for (;;) {
      const { seq } = projection.position
      const rows = yield* log.read(seq, Math.min(limits.readEntriesMax, upTo - seq))
      if (rows.length === 0) return seq - from
      if (rows[0]?.seq !== seq + 1 || rows.at(-1)?.seq !== seq + rows.length)
        return yield* new ProjectionError({
          message: `entries are missing after ${seq}; run ringback verify on the log`,
        })
      yield* Effect.try({ try: () => projection.take(rows), catch: asProjectionError })
      progress(projection.position.seq)
      yield* Effect.yieldNow()
    }
  })

/** Keeps a projection up with a log that is being written, until it is interrupted. */
export const follow = (
  log: Pick<LogReader, "read">,
  projection: ProjectionFile,
): Effect.Effect<never, LogUnavailable | ProjectionError> =>
  Effect.forever(Effect.zipRight(project(log, projection), Effect.sleep(followEvery)))

/** Keeps a projection up until it is told to end, then takes what is left; fails as soon as it cannot be kept up. */
export const followUntil = (
  log: Pick<LogReader, "read">,
  projection: ProjectionFile,
  told: Effect.Effect<void>,
): Effect.Effect<void, LogUnavailable | ProjectionError> =>
  // Not `race`, which waits for the first that succeeds: a failure would be told when the server ends.
  Effect.asVoid(Effect.zipRight(Effect.raceFirst(follow(log, projection), told), project(log, projection)))

const asProjectionError = (cause: unknown): ProjectionError =>
  cause instanceof ProjectionError ? cause : new ProjectionError({ message: String(cause) })

/** The first place where a projection is not what its log makes. Undefined: there is no row there. */
export interface ProjectionDifference {
  readonly table: string
  /** Its place in the table, from 1 in the order in which rows were made, and the column; undefined: the whole row. */
  readonly row: number
  readonly column: string | undefined
  readonly found: unknown
  readonly expected: unknown
}

/** Makes the tables again from the log's first entry to where the projection is, and compares every value of them. */
export const checkProjection = (
  log: Pick<LogReader, "read">,
  projection: ProjectionFile,
  progress: (seq: number) => void = () => {},
): Effect.Effect<ProjectionDifference | undefined, LogUnavailable | ProjectionError> =>
  Effect.gen(function* () {
    const again = yield* openProjection("")
    yield* project(log, again, { progress, upTo: projection.position.seq })
    for (const table of tables) {
      const difference = firstDifference(table, projection.rows(table), again.rows(table))
      if (difference !== undefined) return difference
    }
    return undefined
  }).pipe(Effect.scoped)

/** The first difference of two tables whose rows come in the same order. */
export const firstDifference = (
  table: string,
  found: Iterable<Readonly<Record<string, unknown>>>,
  expected: Iterable<Readonly<Record<string, unknown>>>,
): ProjectionDifference | undefined => {
  const [left, right] = [found[Symbol.iterator](), expected[Symbol.iterator]()]
  try {
    for (let row = 1; ; row++) {
      const [a, b] = [left.next(), right.next()]
      if (a.done === true && b.done === true) return undefined
      if (a.done === true || b.done === true)
        return { table, row, column: undefined, found: a.value ?? undefined, expected: b.value ?? undefined }
      for (const column of Object.keys(b.value))
        if (a.value[column] !== b.value[column])
          return { table, row, column, found: a.value[column], expected: b.value[column] }
    }
  } finally {
    left.return?.()
    right.return?.()
  }
}
