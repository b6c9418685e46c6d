import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { genesis, type Row } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import { EventLog, LogUnavailable } from "./EventLog.ts"
import { PackedRows } from "./PackedRows.ts"

const place = ":memory:"

/** What keeps the rows of a log in memory. Places count from 0. */
interface Kept {
  readonly length: number
  readonly add: (rows: ReadonlyArray<Row>) => void
  readonly at: (index: number) => Row
  readonly subjectAt: (index: number) => string
}

/** A log in memory: the same encoded rows as on disk, gone with the process. It takes rows with their hashes, and keeps them as they are. */
export const makeMemory = (): typeof EventLog.Service => memoryOf(new PlainRows())

/** A log in memory for an engine to write: its rows are packed, and it has a thread for their hashes, which ends with the scope. */
export const openMemory: Effect.Effect<typeof EventLog.Service, never, Scope.Scope> = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => new PackedRows()),
    (rows) => Effect.promise(() => rows.stop()),
  ),
  (rows) => ({
    ...memoryOf(rows),
    packed: {
      encode: rows.encode,
      hashAt: (seq) => rows.hashAt(seq - 1),
      read: (after, limit) => slice(rows, after, limit),
    },
  }),
)

export const layerMemory: Layer.Layer<EventLog> = Layer.sync(EventLog, makeMemory)

const memoryOf = (rows: Kept): typeof EventLog.Service => {
  const bySubject = new BySubject(rows)
  let closed: Either.Either<never, LogUnavailable> | undefined
  const at = (places: ReadonlyArray<number>, limit: number) =>
    places.slice(0, pageOf(limit)).map((index) => rows.at(index))
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
      rows.add(group)
      return Either.void
    },
    read: (after, limit) => Effect.sync(() => slice(rows, after, limit)),
    readSubject: (subject, after, limit) =>
      Effect.sync(() => {
        const about = bySubject.of(subject)
        const from = firstFrom(about, after)
        return at(about.slice(from, from + pageOf(limit)), limit)
      }),
    readSameSubjects: (seqs, after, limit) =>
      Effect.sync(() => {
        const known = seqs.filter((seq) => seq >= 1 && seq <= rows.length)
        const subjects = new Set(known.map((seq) => rows.subjectAt(seq - 1)))
        const about = [...subjects].flatMap((subject) => bySubject.of(subject)).filter((index) => index >= after)
        return at(
          about.sort((a, b) => a - b),
          limit,
        )
      }),
    head: Effect.sync(() => {
      if (rows.length === 0) return { seq: 0, at: 0, hash: genesis }
      const last = rows.at(rows.length - 1)
      return { seq: last.seq, at: last.at, hash: last.hash }
    }),
  }
}

/** Rows as they were given. */
class PlainRows implements Kept {
  readonly #rows: Array<Row> = []

  get length() {
    return this.#rows.length
  }

  add(rows: ReadonlyArray<Row>): void {
    for (const row of rows) this.#rows.push(row)
  }

  at(index: number): Row {
    return this.#rows[index] as Row
  }

  subjectAt(index: number): string {
    return this.at(index).subject
  }
}

/** Where the rows about each subject are. They are sorted by it when somebody asks: most runs in memory are never asked. */
class BySubject {
  readonly #rows: Kept
  readonly #places = new Map<string, Array<number>>()
  #indexed = 0

  constructor(rows: Kept) {
    this.#rows = rows
  }

  of(subject: string): ReadonlyArray<number> {
    for (; this.#indexed < this.#rows.length; this.#indexed++) {
      const about = this.#rows.subjectAt(this.#indexed)
      const known = this.#places.get(about)
      if (known === undefined) this.#places.set(about, [this.#indexed])
      else known.push(this.#indexed)
    }
    return this.#places.get(subject) ?? []
  }
}

const slice = (rows: Kept, after: number, limit: number): ReadonlyArray<Row> => {
  const page: Array<Row> = []
  const from = Math.max(0, after)
  for (let i = from; i < Math.min(from + pageOf(limit), rows.length); i++) page.push(rows.at(i))
  return page
}

/** Rows one read may bring, for a limit asked for. */
const pageOf = (limit: number) => Math.max(0, Math.min(limit, limits.readEntriesMax))

/** Where in ascending places the first stands that is at least `place`. */
const firstFrom = (places: ReadonlyArray<number>, place: number): number => {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((places[middle] ?? 0) >= place) high = middle
    else low = middle + 1
  }
  return low
}
