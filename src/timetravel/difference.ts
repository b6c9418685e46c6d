import * as Effect from "effect/Effect"
import type { Row } from "../core/Entry.ts"
import { apiResponded, callbackResent } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import { type Difference, differenceOf } from "../engine/difference.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"

/** An entry of one of two logs, with what it follows from: the entry before in the chain first. */
export interface Caused {
  readonly row: Row
  readonly causes: ReadonlyArray<Row>
}

/** Two entries in one place, or one where the other log has none; at least one is there. */
export interface Parting {
  readonly a: Caused | undefined
  readonly b: Caused | undefined
  /** The first column or field that differs; absent where one of the two is not there, or they are of different types. */
  readonly difference?: Difference
}

/** How two logs are alike. */
export type Comparison =
  | { readonly _tag: "Same"; readonly entries: number; readonly digest: string }
  | {
      readonly _tag: "Different"
      /** Entries up to this one are the same; 0: none is. */
      readonly same: number
      readonly first: Parting
      /** The first subject that fares differently afterwards, and where: what the first difference leads to. */
      readonly leadsTo: (Parting & { readonly subject: string }) | undefined
    }

/**
 * The first difference of two logs, by their hashes: equal hashes at one entry mean the same entries up to there, so it is
 * found by halving. That hashes are right is what `verify` says.
 */
export const compareLogs = (a: LogReader, b: LogReader): Effect.Effect<Comparison, LogUnavailable> =>
  Effect.gen(function* () {
    const [endA, endB] = [yield* a.head, yield* b.head]
    if (endA.seq === endB.seq && endA.hash === endB.hash)
      return { _tag: "Same", entries: endA.seq, digest: endA.hash } as const
    let [low, high] = [0, Math.min(endA.seq, endB.seq)]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const [rowA, rowB] = [yield* rowAt(a, middle), yield* rowAt(b, middle)]
      if (rowA !== undefined && rowA.hash === rowB?.hash) low = middle
      else high = middle - 1
    }
    const first = yield* partingOf([a, yield* rowAt(a, low + 1)], [b, yield* rowAt(b, low + 1)])
    return { _tag: "Different", same: low, first, leadsTo: yield* consequence(a, b, low) } as const
  })

const rowAt = (log: LogReader, seq: number): Effect.Effect<Row | undefined, LogUnavailable> =>
  Effect.map(log.read(seq - 1, 1), ([row]) => (row?.seq === seq ? row : undefined))

type Side = readonly [log: LogReader, row: Row | undefined]

const partingOf = ([logA, a]: Side, [logB, b]: Side): Effect.Effect<Parting, LogUnavailable> =>
  Effect.gen(function* () {
    const [causedA, causedB] = [yield* caused(logA, a), yield* caused(logB, b)]
    if (a === undefined || b === undefined || a.type !== b.type) return { a: causedA, b: causedB }
    // Behind the place where logs part, an entry of one has another seq in the other.
    const found = differenceOf(a, a.seq === b.seq ? b : { ...b, cause: a.cause })
    if (found === undefined) return { a: causedA, b: causedB }
    return { a: causedA, b: causedB, difference: found }
  })

/** Causes that are followed from one entry. */
const causesMax = 50

const caused = (log: LogReader, row: Row | undefined): Effect.Effect<Caused | undefined, LogUnavailable> =>
  Effect.gen(function* () {
    if (row === undefined) return undefined
    const causes: Array<Row> = []
    for (let here: Row = row; here.cause > 0 && here.cause < here.seq && causes.length < causesMax; ) {
      const before = yield* rowAt(log, here.cause)
      if (before === undefined) break
      causes.push(before)
      here = before
    }
    return { row, causes }
  })

/** Whatever is told about each subject after an entry, as far as it does not name places in the log. */
const tails = (
  log: LogReader,
  after: number,
): Effect.Effect<Map<string, Array<readonly [Row, string]>>, LogUnavailable> =>
  Effect.gen(function* () {
    const bySubject = new Map<string, Array<readonly [Row, string]>>()
    for (let [from, read] = [after, 0]; read < limits.comparedEntriesMax; ) {
      const rows = yield* log.read(from, limits.readEntriesMax)
      if (rows.length === 0) break
      for (const row of rows) {
        if (row.subject === "") continue
        const told = [row, toldBy(row)] as const
        const known = bySubject.get(row.subject)
        if (known === undefined) bySubject.set(row.subject, [told])
        else known.push(told)
      }
      from = rows.at(-1)?.seq ?? from
      read += rows.length
      yield* Effect.yieldNow()
    }
    return bySubject
  })

const toldBy = ({ at, data, type }: Row): string =>
  `${at} ${type} ${type === apiResponded.type || type === callbackResent.type ? data.replace(/"(?:rendered_at|of)":\d+/g, "") : data}`

/** Of all subjects the one whose entries part first. */
const consequence = (
  a: LogReader,
  b: LogReader,
  after: number,
): Effect.Effect<(Parting & { readonly subject: string }) | undefined, LogUnavailable> =>
  Effect.gen(function* () {
    const [ofA, ofB] = [yield* tails(a, after), yield* tails(b, after)]
    let first: { readonly subject: string; readonly a: Row | undefined; readonly b: Row | undefined } | undefined
    for (const subject of new Set([...ofA.keys(), ...ofB.keys()])) {
      const [listA, listB] = [ofA.get(subject) ?? [], ofB.get(subject) ?? []]
      const length = Math.max(listA.length, listB.length)
      let i = 0
      while (i < length && listA[i]?.[1] === listB[i]?.[1]) i++
      if (i === length) continue
      const found = { subject, a: listA[i]?.[0], b: listB[i]?.[0] }
      if (first === undefined || isBefore(found, first)) first = found
    }
    return first === undefined
      ? undefined
      : { subject: first.subject, ...(yield* partingOf([a, first.a], [b, first.b])) }
  })

interface Pair {
  readonly a: Row | undefined
  readonly b: Row | undefined
}

const isBefore = (one: Pair, other: Pair): boolean => {
  const [atOne, atOther] = [earliest(one, "at"), earliest(other, "at")]
  return atOne < atOther || (atOne === atOther && earliest(one, "seq") < earliest(other, "seq"))
}

const earliest = ({ a, b }: Pair, column: "at" | "seq"): number =>
  Math.min(a?.[column] ?? Number.POSITIVE_INFINITY, b?.[column] ?? Number.POSITIVE_INFINITY)
