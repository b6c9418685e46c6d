import { canonical, type JsonObject } from "../../core/canonical.ts"
import { type Entry, encodeUnhashed, type Row } from "../../core/Entry.ts"
import { apiRequested, apiResponded, outboundAnswered, outboundFailed } from "../../core/entries.ts"
import { erased, erasedOne } from "../../core/erase/mark.ts"
import { soughtNumber } from "../../core/erase/numberForms.ts"
import { type Erasure, withoutContent, withoutNumbers } from "./content.ts"

/** What is to be erased: numbers (E.164) and short codes wherever they stand, and all that is about these subjects. */
export interface Sought {
  readonly numbers: ReadonlyArray<string>
  readonly subjects: ReadonlyArray<string>
}

/** Finds out what of a log is about what is sought; is shown every entry, in order. */
export class Search {
  readonly #numbers: Numbers
  /** Messages, calls and the like that are about it, those asked for among them. */
  readonly subjects: Set<string>
  readonly #asked: ReadonlySet<string>
  #found = false

  constructor(sought: Sought) {
    this.#numbers = numbersOf(sought)
    this.#asked = new Set(sought.subjects)
    this.subjects = new Set(sought.subjects)
  }

  /** Whether there is anything to be erased among the entries that were looked at. */
  get found(): boolean {
    return this.#found
  }

  look(entry: Entry): void {
    if (this.#asked.has(entry.subject)) this.#found = true
    if (!this.#numbers.areIn(entry)) return
    this.#found = true
    if (!isSetUp(entry.type) && isContact.test(entry.subject)) this.subjects.add(entry.subject)
  }
}

/**
 * Takes numbers, and everything said to and by who has them, out of entries; is shown every turn, in order.
 *
 * Of what is about them (that holds a number, is about the message or call it belongs to, or led to that within a turn) only the
 * shape stays; of settings and other set-up the numbers alone go. Places, instants, causes and types stay. Hashes of texts that were not
 * kept go from there on, because one number can be tried out after the other.
 */
export class Eraser {
  readonly #numbers: Numbers
  readonly #subjects: ReadonlySet<string>
  /** What was asked for by its id: its addresses go too, whoever's they are. */
  readonly #asked: ReadonlySet<string>
  readonly #closedReasons: ReadonlySet<string>
  /** Requests that are about them and have no answer yet; the value as in `#about`. */
  readonly #unanswered = new Map<number, boolean>()
  #begun = false
  #entries = 0

  /** `subjects` are those that a search of the whole log has found; `closedReasons` as of an erasure. */
  constructor(sought: Sought, subjects: ReadonlySet<string>, closedReasons: ReadonlySet<string>) {
    this.#numbers = numbersOf(sought)
    this.#asked = new Set(sought.subjects)
    this.#subjects = subjects
    this.#closedReasons = closedReasons
  }

  /** Entries of which something was erased. */
  get entries(): number {
    return this.#entries
  }

  /** The entries of one turn as they may be kept, without their hashes. */
  turn(entries: ReadonlyArray<Entry>): ReadonlyArray<Omit<Row, "hash">> {
    const about = this.#about(entries)
    return entries.map((entry) => {
      const kept = this.#kept(entry, about)
      const row = encodeUnhashed(kept)
      if (row.data !== canonical(entry.data) || row.subject !== entry.subject) this.#entries++
      return row
    })
  }

  /** Seqs of a turn's entries that are about what is sought; the value says whether addresses go whoever's they are. */
  #about(entries: ReadonlyArray<Entry>): ReadonlyMap<number, boolean> {
    const about = new Map<number, boolean>()
    const bySeq = new Map(entries.map((entry) => [entry.seq, entry]))
    const add = (entry: Entry, all: boolean): void => {
      if (isSetUp(entry.type) || about.get(entry.seq) === true || about.get(entry.seq) === all) return
      about.set(entry.seq, all)
      if (apiRequested.is(entry)) this.#unanswered.set(entry.seq, all)
      // What led to it within the turn says the same: the request, the TwiML, the message from a phone.
      const cause = bySeq.get(entry.cause)
      if (cause !== undefined) add(cause, all)
    }
    for (const entry of entries) {
      const named = this.#namedBy(entry)
      if (named !== undefined) add(entry, named)
      else if (this.#numbers.areIn(entry)) add(entry, false)
      const asked = about.get(entry.cause) ?? this.#unanswered.get(entry.cause)
      if (asked !== undefined && isAnswer(entry)) add(entry, asked)
      if (apiResponded.is(entry)) this.#unanswered.delete(entry.cause)
    }
    return about
  }

  /** Whether an entry is about a subject that is sought, or names one; the value as in `#about`. */
  #namedBy(entry: Entry): boolean | undefined {
    if (this.#subjects.has(entry.subject)) return this.#asked.has(entry.subject)
    let named: boolean | undefined
    for (const [sid] of canonical(entry.data).matchAll(sids))
      if (this.#subjects.has(sid)) named = (named ?? false) || this.#asked.has(sid)
    for (const subject of this.#asked)
      if (!isContact.test(subject) && canonical(entry.data).includes(JSON.stringify(subject).slice(1, -1))) named = true
    return named
  }

  #kept(entry: Entry, about: ReadonlyMap<number, boolean>): Entry {
    const subject = this.#numbers.without(entry.subject)
    const all = about.get(entry.seq)
    if (all === undefined) {
      const data = withoutNumbers(entry.data, this.#numbers.without) as JsonObject
      return { ...entry, subject, data: this.#begun ? withoutHash(entry, data) : data }
    }
    this.#begun = true
    const erasure: Erasure = {
      withoutNumbers: this.#numbers.without,
      address: all ? () => erased : this.#numbers.without,
      closedReasons: this.#closedReasons,
    }
    return { ...entry, subject, data: withoutContent(entry.data as JsonObject, entry.type, erasure) }
  }
}

interface Numbers {
  readonly areIn: (entry: Entry) => boolean
  readonly without: (text: string) => string
}

const numbersOf = ({ numbers }: Sought): Numbers => {
  const sought = numbers.map(soughtNumber)
  const holds = (text: string) => sought.some(({ isIn }) => isIn(text))
  return {
    areIn: ({ data, subject }) => sought.length > 0 && (holds(subject) || someText(data, holds)),
    without: (text) => sought.reduce((made, { without }, index) => without(made, erasedOne(index)), text),
  }
}

/** The first entry, marked as one of a log that was edited. */
export const markedAsEdited = (row: Omit<Row, "hash">, edit: { readonly at: number; readonly entries: number }) => {
  const data = JSON.parse(row.data)
  return { ...row, data: canonical({ ...data, edited: [...(data.edited ?? []), edit] }) }
}

/** An answer or a refused body of which only the hash was kept: what it was made of may be tried out. */
const withoutHash = (entry: Entry, data: JsonObject): JsonObject => {
  if (apiResponded.is(entry) && "sha256" in data) return { ...data, sha256: erased }
  if (apiRequested.is(entry) && typeof data.body === "object" && data.body !== null && !Array.isArray(data.body))
    return { ...data, body: { ...(data.body as JsonObject), sha256: erased } }
  return data
}

const someText = (value: unknown, holds: (text: string) => boolean): boolean => {
  if (typeof value === "string") return holds(value)
  if (typeof value === "number") return holds(String(value))
  if (typeof value !== "object" || value === null) return false
  if (Array.isArray(value)) return value.some((each) => someText(each, holds))
  return Object.entries(value).some(([name, each]) => holds(name) || someText(each, holds))
}

const isAnswer = (entry: Entry): boolean =>
  apiResponded.is(entry) || outboundAnswered.is(entry) || outboundFailed.is(entry)

const uuid = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
/** Messages, calls, verifications, conferences; by UUIDs conversations and what the gateway sends: what somebody is at the other end of. */
const isContact = new RegExp(`^(?:(?:SM|MM|CA|VE|CF)[0-9a-f]{32}|${uuid})$`)
const sids = new RegExp(`\\b(?:[A-Z]{2}[0-9a-f]{32}|${uuid})\\b`, "g")

/** Entries that say how things are set up and when they are due: of these the numbers go, and nothing else. */
export const isSetUp = (type: string): boolean => setUp.test(type)
const setUp =
  /^(?:run|settings|clock|data|timer|timers|client|fault|account|api-key|number|service|sender|application|verify-service)\./
