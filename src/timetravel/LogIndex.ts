import * as Effect from "effect/Effect"
import { forgets } from "../core/cleared.ts"
import type { Row } from "../core/Entry.ts"
import {
  apiRequested,
  type Cleared,
  dataCleared,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  runResumed,
  runStarted,
  settingsChanged,
} from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"
import { Counters } from "./counters.ts"
import { entryOf, numberIn, textIn } from "./reading.ts"

/** What there are lists of. */
export const listed = ["messages", "calls", "callbacks", "alerts"] as const
export type Listed = (typeof listed)[number]

/** Things that have a status, by how the types of their entries begin. */
const lives: ReadonlyArray<{ readonly list: "messages" | "calls"; readonly noun: string }> = [
  { list: "messages", noun: "message" },
  { list: "calls", noun: "call" },
]

const bringSettings: ReadonlySet<string> = new Set([runStarted.type, runResumed.type, settingsChanged.type])

/** A page of a list as it was, newest first: the entries that items began with, and whether older ones follow. */
export interface ListedPage {
  readonly seqs: ReadonlyArray<number>
  readonly older: boolean
}

/**
 * What lists and counters were at any entry, without folding: for each entry what it does to the counters, and where the items
 * of each list begin. In memory, two bytes an entry and some for each message, call and callback; made by one pass over the log, then kept up with what is committed.
 * It is a cache of the log and nothing is ever kept of it.
 */
export class LogIndex {
  #seq = 0
  readonly #counters = new Counters()
  readonly #begins: { readonly [List in Listed]: Array<number> } = {
    messages: [],
    calls: [],
    callbacks: [],
    alerts: [],
  }
  readonly #cleared: { readonly [List in Listed]: Array<number> } = {
    messages: [],
    calls: [],
    callbacks: [],
    alerts: [],
  }
  /** When an item of a list was deleted, by the seq it began with. */
  readonly #deleted = new Map<number, number>()
  /** What has a status, by its subject: the status it has, and where it began. */
  readonly #living = new Map<string, { status: string; readonly began: number }>()
  /** Attempts of callbacks that are on their way. */
  readonly #calling = new Set<number>()
  readonly #settings: Array<number> = []
  readonly #templates: Array<number> = []

  /** The newest entry that was taken. */
  get seq(): number {
    return this.#seq
  }

  /** Takes the next entry; others are passed over, so that pages and commits may overlap. */
  take(row: Row): void {
    if (row.seq !== this.#seq + 1) return
    this.#seq = row.seq
    this.#look(row)
    this.#counters.end()
  }

  /** Every counter that is not zero, by name: `messages`, `messages.delivered`, `callbacks`, `callbacks.failed`, `requests` … */
  countersAt(seq: number): ReadonlyMap<string, number> {
    return this.#counters.at(seq)
  }

  /** The newest items of a list as it was at an entry; with `before` those that began before that one. */
  newest(
    list: Listed,
    at: number,
    { before = at + 1, size = 50 }: { before?: number; size?: number } = {},
  ): ListedPage {
    const begins = this.#begins[list]
    const clearedUpTo = newestUpTo(this.#cleared[list], at)
    const seqs: Array<number> = []
    for (let i = placeOf(begins, Math.min(at, before - 1)); i >= 0; i--) {
      const began = begins[i] as number
      if (began < clearedUpTo) break
      if ((this.#deleted.get(began) ?? at + 1) <= at) continue
      if (seqs.length === size) return { seqs, older: true }
      seqs.push(began)
    }
    return { seqs, older: false }
  }

  /** The entries that say which settings were in force: the first one, and the newest up to an entry. */
  settingsAt(seq: number): ReadonlyArray<number> {
    const newest = newestUpTo(this.#settings, seq)
    return newest > 1 ? [1, newest] : [1]
  }

  /** The newest entry up to one that says which templates were in force; 0 for none. */
  templatesAt(seq: number): number {
    return newestUpTo(this.#templates, seq)
  }

  #look(row: Row): void {
    const { seq, subject, type } = row
    if (type === apiRequested.type) this.#counters.add("requests", 1)
    else if (bringSettings.has(type)) {
      this.#settings.push(seq)
      if (entryOf(row).data.templates !== undefined) this.#templates.push(seq)
    } else if (type === dataCleared.type) this.#clear(seq, textIn(entryOf(row), "what") as Cleared)
    else if (type === outboundRequested.type) this.#call(row)
    else if (type === outboundAnswered.type || type === outboundFailed.type) this.#answer(row)
    else if (type === "alert.raised") {
      this.#begins.alerts.push(seq)
      this.#counters.add("alerts", 1)
    } else
      for (const { list, noun } of lives)
        if (type.startsWith(noun) && type[noun.length] === ".")
          this.#live(list, subject, type.slice(noun.length + 1), row)
  }

  #answer(row: Row): void {
    if (!this.#calling.delete(row.cause)) return
    const status = row.type === outboundAnswered.type ? (numberIn(entryOf(row), "status") ?? 0) : 0
    this.#counters.add(status >= 200 && status < 300 ? "callbacks.answered" : "callbacks.failed", 1)
  }

  #call(row: Row): void {
    const entry = entryOf(row)
    if (textIn(entry, "purpose") !== "callback") return
    this.#calling.add(row.seq)
    this.#counters.add("callbacks", 1)
    if (numberIn(entry, "attempt") === 1) this.#begins.callbacks.push(row.seq)
  }

  #live(list: "messages" | "calls", subject: string, what: string, row: Row): void {
    const known = this.#living.get(subject)
    if (what === "created") {
      const status = textIn(entryOf(row), "status") ?? "unknown"
      this.#living.set(subject, { status, began: row.seq })
      this.#begins[list].push(row.seq)
      this.#counters.add(list, 1)
      this.#counters.add(`${list}.${status}`, 1)
    } else if (known === undefined) return
    else if (what === "status-changed") {
      const status = textIn(entryOf(row), "status") ?? "unknown"
      this.#counters.add(`${list}.${known.status}`, -1)
      this.#counters.add(`${list}.${status}`, 1)
      known.status = status
    } else if (what === "deleted") {
      this.#living.delete(subject)
      this.#deleted.set(known.began, row.seq)
      this.#counters.add(list, -1)
      this.#counters.add(`${list}.${known.status}`, -1)
    }
  }

  #clear(seq: number, what: Cleared): void {
    const forgotten = listed.filter((list) => what === list || what === "all")
    for (const list of forgotten) {
      this.#cleared[list].push(seq)
      this.#counters.zero(list)
    }
    if (forgotten.includes("callbacks")) this.#calling.clear()
    for (const subject of this.#living.keys()) if (forgets(what, subject)) this.#living.delete(subject)
  }
}

/** Where the last of ascending numbers is that is at most `max`; -1 for none. */
const placeOf = (ascending: ReadonlyArray<number>, max: number): number => {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) <= max) low = middle + 1
    else high = middle
  }
  return low - 1
}

const newestUpTo = (ascending: ReadonlyArray<number>, max: number): number => ascending[placeOf(ascending, max)] ?? 0

/** Brings an index up to the end of its log. Lets other work go on between pages. */
export const indexLog = (
  reader: Pick<LogReader, "read">,
  index: LogIndex,
  progress: (seq: number) => void = () => {},
): Effect.Effect<LogIndex, LogUnavailable> =>
  Effect.gen(function* () {
    while (yield* indexSome(reader, index)) {
      progress(index.seq)
      yield* Effect.yieldNow()
    }
    return index
  })

/** Takes one page of the log into an index; false when there was nothing more. */
export const indexSome = (reader: Pick<LogReader, "read">, index: LogIndex): Effect.Effect<boolean, LogUnavailable> =>
  Effect.map(reader.read(index.seq, limits.readEntriesMax), (rows) => {
    for (const row of rows) index.take(row)
    return rows.length > 0 && index.seq >= (rows.at(-1)?.seq ?? 0)
  })
