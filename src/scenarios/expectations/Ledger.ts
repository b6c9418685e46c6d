import { messageCreated, messageStatusChanged } from "../../carriers/delivery/entries.ts"
import { type CallCreated, callCreated, callStatusChanged } from "../../carriers/twilio/calls/entries.ts"
import { forgets } from "../../core/cleared.ts"
import { decode, type Entry, type Row } from "../../core/Entry.ts"
import {
  dataCleared,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
} from "../../core/entries.ts"
import { limits } from "../../core/limits.ts"
import type { Made } from "../../engine/turn.ts"
import { whyFailed } from "../../network/callbackStories.ts"
import type { Stage } from "../Stage.ts"

/** One request to an endpoint: an attempt of a callback, or a webhook. */
export interface Asked {
  readonly seq: number
  /** Virtual ms. */
  readonly at: number
  readonly subject: string
  readonly request: OutboundRequested
  /** The status it was answered with, or why it was not; undefined while it is on its way. */
  readonly outcome: number | string | undefined
}

/** A request by its place: what it says is read when somebody looks into it, which of most requests nobody does. */
class AskedEntry implements Asked {
  readonly seq: number
  readonly at: number
  readonly subject: string
  outcome: number | string | undefined
  readonly #stage: Stage
  #request: OutboundRequested | undefined

  constructor({ at, seq, subject }: Entry<unknown>, stage: Stage) {
    this.seq = seq
    this.at = at
    this.subject = subject
    this.outcome = undefined
    this.#stage = stage
  }

  get request(): OutboundRequested {
    this.#request ??= JSON.parse(this.#stage.rows(this.seq - 1, 1)[0]?.data ?? "") as OutboundRequested
    return this.#request
  }
}

/** A callback across its attempts and copies, which have one token. */
export type Event = [first: Asked, ...more: Array<Asked>]

/** A call as it was made. */
export interface PlacedCall {
  readonly sid: string
  /** Virtual ms. */
  readonly at: number
  readonly data: CallCreated
}

/** What a scenario's log tells, as it is written: what expectations look at. */
export class Ledger {
  readonly stage: Stage
  readonly #rows: Array<Row> = []
  #asked: Array<AskedEntry> = []
  /** Of these, those on their way, by their seq. */
  readonly #underWay = new Map<number, AskedEntry>()
  readonly #events = new Map<string, Event>()
  readonly #statuses = new Map<string, Array<string>>()
  readonly #calls = new Map<string, PlacedCall>()

  private constructor(stage: Stage) {
    this.stage = stage
  }

  /** A ledger of what is in the log, and of what comes from here on. */
  static begin(stage: Stage): Ledger {
    const ledger = new Ledger(stage)
    for (const row of ledger.rows) ledger.#take(decode(row))
    stage.run.engine.onCommitted((made) => {
      for (let i = 0; i < made.length; i++) ledger.#take((made[i] as Made).entry)
    })
    return ledger
  }

  /** The whole log; of what nobody has looked at yet the rows are made then. */
  get rows(): ReadonlyArray<Row> {
    for (;;) {
      const page = this.stage.rows(this.#rows.length, limits.readEntriesMax)
      if (page.length === 0) return this.#rows
      for (const row of page) this.#rows.push(row)
    }
  }

  /** Requests that left the world, oldest first. */
  get asked(): Iterable<Asked> {
    return this.#asked
  }

  /** Callbacks, in the order of their first attempts. */
  get events(): Iterable<Event> {
    return this.#events.values()
  }

  /** Calls, oldest first. */
  get calls(): Iterable<PlacedCall> {
    return this.#calls.values()
  }

  /** The statuses a message or a call has had, oldest first. */
  statusesOf(sid: string): ReadonlyArray<string> {
    return this.#statuses.get(sid) ?? []
  }

  /** Entries about a subject. */
  about(subject: string): ReadonlyArray<Entry> {
    return this.rows.filter((row) => row.subject === subject).map(decode)
  }

  #take(entry: Entry<unknown>): void {
    if (outboundRequested.is(entry)) {
      const { purpose, token } = entry.data
      const asked = new AskedEntry(entry, this.stage)
      this.#asked.push(asked)
      this.#underWay.set(entry.seq, asked)
      if (purpose !== "callback") return
      const event = this.#events.get(token)
      if (event === undefined) this.#events.set(token, [asked])
      else event.push(asked)
    } else if (outboundAnswered.is(entry)) this.#end(entry.cause, entry.data.status)
    else if (outboundFailed.is(entry)) this.#end(entry.cause, whyFailed(entry.data))
    else if (messageCreated.is(entry)) this.#statuses.set(entry.subject, [entry.data.status])
    else if (messageStatusChanged.is(entry)) this.#statuses.get(entry.subject)?.push(entry.data.status)
    else if (callCreated.is(entry)) {
      const { at, data, subject: sid } = entry
      this.#calls.set(sid, { sid, at, data })
      this.#statuses.set(sid, [data.status])
    } else if (callStatusChanged.is(entry)) this.#statuses.get(entry.subject)?.push(entry.data.status)
    else if (dataCleared.is(entry)) this.#clear(entry.data.what)
  }

  #end(seq: number, outcome: number | string): void {
    const asked = this.#underWay.get(seq)
    if (asked === undefined) return
    asked.outcome = outcome
    this.#underWay.delete(seq)
  }

  /** What was cleared is no longer expected, nor in the way. */
  #clear(what: Parameters<typeof forgets>[0]): void {
    const gone = ({ request, subject }: Asked) =>
      forgets(what, subject) || (what === "callbacks" && request.purpose === "callback")
    for (const sid of this.#calls.keys()) if (forgets(what, sid)) this.#calls.delete(sid)
    this.#asked = this.#asked.filter((asked) => !gone(asked))
    for (const [token, [first]] of this.#events) if (gone(first)) this.#events.delete(token)
  }
}
