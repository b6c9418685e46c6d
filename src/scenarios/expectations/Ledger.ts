import * as Effect from "effect/Effect"
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
import type { LogUnavailable } from "../../log/EventLog.ts"
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

/** A request by its row: what it says is read when somebody looks into it, which of most requests nobody does. */
class AskedRow implements Asked {
  readonly row: Row
  outcome: number | string | undefined
  #request: OutboundRequested | undefined

  constructor(row: Row) {
    this.row = row
    this.outcome = undefined
  }

  get seq() {
    return this.row.seq
  }

  get at() {
    return this.row.at
  }

  get subject() {
    return this.row.subject
  }

  get request(): OutboundRequested {
    this.#request ??= JSON.parse(this.row.data) as OutboundRequested
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
  readonly #asked = new Map<number, AskedRow>()
  readonly #events = new Map<string, Event>()
  readonly #statuses = new Map<string, Array<string>>()
  readonly #calls = new Map<string, PlacedCall>()

  private constructor(stage: Stage) {
    this.stage = stage
  }

  /** A ledger of what is in the log, and of what comes from here on. */
  static begin(stage: Stage): Effect.Effect<Ledger, LogUnavailable> {
    return Effect.gen(function* () {
      const ledger = new Ledger(stage)
      for (;;) {
        const rows = yield* stage.run.log.read(ledger.#rows.length, limits.readEntriesMax)
        for (const row of rows) ledger.#take(row, decode(row))
        if (rows.length === 0) break
      }
      stage.run.engine.onCommitted((made) => {
        for (const { entry, row } of made) ledger.#take(row, entry)
      })
      return ledger
    })
  }

  /** The whole log. */
  get rows(): ReadonlyArray<Row> {
    this.stage.run.log.makeHashes?.()
    return this.#rows
  }

  /** Requests that left the world, oldest first. */
  get asked(): Iterable<Asked> {
    return this.#asked.values()
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
    return this.#rows.filter((row) => row.subject === subject).map(decode)
  }

  #take(row: Row, entry: Entry<unknown>): void {
    this.#rows.push(row)
    if (outboundRequested.is(entry)) {
      const { purpose, token } = entry.data
      const asked = new AskedRow(row)
      this.#asked.set(row.seq, asked)
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
    const asked = this.#asked.get(seq)
    if (asked !== undefined) asked.outcome = outcome
  }

  /** What was cleared is no longer expected, nor in the way. */
  #clear(what: Parameters<typeof forgets>[0]): void {
    const gone = ({ request, subject }: Asked) =>
      forgets(what, subject) || (what === "callbacks" && request.purpose === "callback")
    for (const sid of this.#calls.keys()) if (forgets(what, sid)) this.#calls.delete(sid)
    for (const [seq, asked] of this.#asked) if (gone(asked)) this.#asked.delete(seq)
    for (const [token, [first]] of this.#events) if (gone(first)) this.#events.delete(token)
  }
}
