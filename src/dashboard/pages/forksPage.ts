import { diffArrays } from "diff"
import * as Effect from "effect/Effect"
import type { Row } from "../../core/Entry.ts"
import type { LogUnavailable } from "../../log/EventLog.ts"
import { compareLogs } from "../../timetravel/difference.ts"
import { gist } from "../../timetravel/gist.ts"
import { entryOf } from "../../timetravel/reading.ts"
import type { Shown, ShownFork } from "../Shown.ts"
import type { MakePage, Making } from "./Page.ts"

/** Rows of each run that stand side by side. */
const rowsShown = 200
/** Rows that both runs have, before the first that differs. */
const rowsBefore = 3

/** Forks, and how to make one: `/ui/forks?at=42`; `/ui/forks/1` is one beside the run. */
export const forksPage: MakePage = (making, { query }, rest) =>
  Effect.gen(function* () {
    const { fill, shown } = making
    const base = { status: 200, menu: "timetravel", drawer: "", parts: {} }
    if (rest !== "") {
      const fork = shown.forks().find(({ id }) => String(id) === rest)
      return fork && { ...base, title: `Fork ${fork.id}`, main: yield* sideBySide(making, fork) }
    }
    const head = shown.run.engine.head.seq
    const asked = Number(query.get("at") ?? head)
    const at = Number.isSafeInteger(asked) ? Math.min(head, Math.max(1, asked)) : head
    const main = fill("forks", {
      forks: shown
        .forks()
        .map((fork) => ({ ...fork, changed: changeOf(fork) }))
        .reverse(),
      at,
      head,
      swaps: swapsOf(yield* pendingAt(shown, at)),
    })
    return { ...base, title: "Forks", main }
  })

const changeOf = ({ asked: { answers, inputs, set, swap } }: ShownFork): string =>
  [
    ...set,
    ...answers.map((text) => `entry ${text.replace("=", " is answered ").slice(0, answerShown)}`),
    ...(swap === undefined ? [] : [`timers of entries ${swap[0]} and ${swap[1]} change places`]),
    ...(inputs === "drop" ? ["nothing more comes from outside"] : []),
  ].join("; ") || "nothing: it goes on by itself"

/** Letters of a changed answer that are shown. */
const answerShown = 100

/** Entries before a place that are looked through for timers that may be swapped. */
const timersWithin = 1_000

/** Timers that were set shortly before an entry and had not fired, by the entry that set them. */
const pendingAt = ({ run }: Shown, at: number): Effect.Effect<ReadonlyArray<Row>, LogUnavailable> =>
  Effect.map(run.log.read(Math.max(0, at - timersWithin), Math.min(at, timersWithin)), (rows) => {
    const pending = new Map<string, Row>()
    for (const row of rows) {
      const { data } = entryOf(row)
      if (row.type === "timer.set") pending.set(String(data.key), row)
      else if (row.type === "timer.fired") pending.delete(String(data.key))
      else if (row.type === "timer.cancelled")
        for (const key of Array.isArray(data.keys) ? data.keys : []) pending.delete(String(key))
    }
    return [...pending.values()].slice(-20)
  })

/** Pending timers that are offered for swapping, each with each. */
const swappable = 8

/** What changes places, as one chooses it. */
const swapsOf = (timers: ReadonlyArray<Row>) => {
  const last = timers.slice(-swappable)
  return last.flatMap((a, i) =>
    last.slice(i + 1).map((b) => ({
      value: `${a.seq},${b.seq}`,
      label: `#${a.seq} ${gist(entryOf(a))} ⇄ #${b.seq} ${gist(entryOf(b))}`.slice(0, 200),
    })),
  )
}

const sideBySide = ({ fill, shown }: Making, fork: ShownFork): Effect.Effect<string, LogUnavailable> =>
  Effect.gen(function* () {
    const { run } = shown
    const compared = yield* compareLogs(run.log, fork.reader)
    const from = Math.max(0, (compared._tag === "Same" ? compared.entries : compared.same) - rowsBefore)
    const [own, other] = [yield* run.log.read(from, rowsShown), yield* fork.reader.read(from, rowsShown)]
    const rows = aligned(own, other)
    return fill("fork", {
      fork,
      changed: changeOf(fork),
      compared,
      head: run.engine.head,
      difference: compared._tag === "Same" ? undefined : compared.first.difference,
      leadsTo: compared._tag === "Same" ? undefined : compared.leadsTo,
      rows,
      more: own.length === rowsShown || other.length === rowsShown,
    })
  })

/** What a row says, whatever its place: an entry that only one of the runs has must not make all behind it look different. */
const toldBy = ({ at, data, subject, type }: Row): string =>
  `${at} ${type} ${subject} ${data.replace(/"(?:rendered_at|of)":\d+/g, "")}`

interface Beside {
  readonly own: ReturnType<typeof sideOf>
  readonly other: ReturnType<typeof sideOf>
  /** The first row in which the runs differ. */
  readonly first: boolean
}

/** The rows of both runs side by side: those that say the same in one line, those that only one has beside nothing. */
export const aligned = (own: ReadonlyArray<Row>, other: ReadonlyArray<Row>): ReadonlyArray<Beside> => {
  const sides: Array<Omit<Beside, "first">> = []
  let [i, j] = [0, 0]
  for (const { added, count, removed } of diffArrays(own.map(toldBy), other.map(toldBy)))
    for (let n = 0; n < count; n++)
      sides.push({
        own: added ? undefined : sideOf(own[i++]),
        other: removed ? undefined : sideOf(other[j++]),
      })
  const first = sides.findIndex((side) => side.own === undefined || side.other === undefined)
  return sides.map((side, n) => ({ ...side, first: n === first }))
}

const sideOf = (row: Row | undefined) => row && { seq: row.seq, at: row.at, type: row.type, gist: gist(entryOf(row)) }
