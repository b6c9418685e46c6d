import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { genesis, type Row } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { EventLog, type Head, LogUnavailable } from "./EventLog.ts"
import { LateHashes } from "./lateHashes.ts"

const place = ":memory:"

/** A log in memory: the same encoded rows as on disk, gone with the process. */
export const makeMemory = (): typeof EventLog.Service => {
  const rows: Array<Row> = []
  const bySubject = new Map<string, Array<Row>>()
  let indexed = 0
  let closed: Either.Either<never, LogUnavailable> | undefined
  const head = (): Head => {
    const last = rows[rows.length - 1]
    return last === undefined ? { seq: 0, at: 0, hash: genesis } : { seq: last.seq, at: last.at, hash: last.hash }
  }
  /** Every row about a subject. They are sorted by subject when somebody asks: most runs in memory are never asked. */
  const allAbout = (subject: string): ReadonlyArray<Row> => {
    for (; indexed < rows.length; indexed++) {
      const row = rows[indexed] as Row
      const known = bySubject.get(row.subject)
      if (known === undefined) bySubject.set(row.subject, [row])
      else known.push(row)
    }
    return bySubject.get(subject) ?? []
  }
  const about = (subject: string, after: number, limit: number): ReadonlyArray<Row> => {
    const all = allAbout(subject)
    const from = firstAfter(all, after)
    return all.slice(from, from + pageOf(limit))
  }
  return {
    place,
    append: (group) => {
      if (closed !== undefined) return closed
      const wrong = group.find((row, i) => row.seq !== rows.length + i + 1)
      if (wrong !== undefined) {
        const cause = new Error(`the next entry after ${rows.length} was given as ${wrong.seq}`)
        closed = Either.left(new LogUnavailable({ file: place, doing: "Appending to", cause }))
        return closed
      }
      for (const row of group) rows.push(row)
      return Either.void
    },
    read: (after, limit) => Effect.sync(() => rows.slice(Math.max(0, after), Math.max(0, after) + pageOf(limit))),
    readSubject: (subject, after, limit) => Effect.sync(() => about(subject, after, limit)),
    readSameSubjects: (seqs, after, limit) =>
      Effect.sync(() => {
        const subjects = new Set(seqs.flatMap((seq) => rows[seq - 1]?.subject ?? []))
        const all = [...subjects].flatMap(allAbout)
        return all
          .filter(({ seq }) => seq > after)
          .sort((a, b) => a.seq - b.seq)
          .slice(0, pageOf(limit))
      }),
    head: Effect.sync(head),
  }
}

/** A log in memory that makes hashes late, for an engine to write: it has a thread for them, which ends with the scope. */
export const openMemory: Effect.Effect<typeof EventLog.Service, never, Scope.Scope> = Effect.gen(function* () {
  const memory = makeMemory()
  const late = yield* Effect.acquireRelease(
    Effect.sync(() => new LateHashes()),
    (made) => Effect.promise(() => made.stop()),
  )
  const hashed = <A>(reading: Effect.Effect<A, LogUnavailable>) => Effect.zipRight(Effect.sync(late.make), reading)
  return {
    ...memory,
    append: (rows) => Either.map(memory.append(rows), () => late.add(rows)),
    makeHashes: late.make,
    read: (after, limit) => hashed(memory.read(after, limit)),
    readSubject: (subject, after, limit) => hashed(memory.readSubject(subject, after, limit)),
    readSameSubjects: (seqs, after, limit) => hashed(memory.readSameSubjects(seqs, after, limit)),
    head: hashed(memory.head),
  }
})

export const layerMemory: Layer.Layer<EventLog> = Layer.sync(EventLog, makeMemory)

/** Rows one read may bring, for a limit asked for. */
const pageOf = (limit: number) => Math.max(0, Math.min(limit, limits.readEntriesMax))

/** Index of the first row whose seq is greater than `after`. */
const firstAfter = (rows: ReadonlyArray<Row>, after: number): number => {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle]?.seq ?? 0) > after) high = middle
    else low = middle + 1
  }
  return low
}
