import * as Context from "effect/Context"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Tracer from "effect/Tracer"
import type { Entry } from "../../core/Entry.ts"
import {
  apiRequested,
  apiResponded,
  type OutboundAnswered,
  type OutboundFailed,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  outboundRequested,
  timerFired,
  timerSet,
} from "../../core/entries.ts"
import { dropOldest } from "../../core/oldest.ts"
import { routeOf } from "../../core/routes.ts"

/** Causes that are remembered, for what follows from them: timers that are set, requests without an answer. The oldest go first. */
const causesMax = 50_000

/** A turn: the span that began with its input, and what it was. */
interface Turn {
  readonly span: Tracer.Span
  entries: number
  /** An API's request is open until its answer, which may come in a later turn. */
  readonly open: boolean
}

/**
 * Spans of a run, made of what is committed: one for each turn that has an input, one for each request that leaves, from its entry to its
 * answer. A span's parent is the one whose entry it follows from, so that one request of an API, its timers, callbacks and their answers are
 * one trace. Instants are the run's own: at pace `real` the host's.
 *
 * Tells no texts, numbers or parameters: what is asked for, of which host, and what came of it.
 */
export class RunSpans {
  readonly #tracer: Tracer.Tracer
  /** The span that what follows from an entry belongs to, by the entry's seq. */
  readonly #of = new Map<number, Tracer.AnySpan>()
  readonly #asked = new Map<number, Turn>()
  readonly #left = new Map<number, Tracer.Span>()
  #turn: Turn | undefined

  constructor(tracer: Tracer.Tracer) {
    this.#tracer = tracer
  }

  /** Takes the entries of a commit, which are whole turns, in their order. */
  take(entries: Iterable<Entry<unknown>>): void {
    for (const entry of entries) {
      if (entry.kind === "input") this.#begin(entry)
      else if (this.#turn !== undefined) this.#turn.entries++
      this.#look(entry)
    }
    this.#endTurn()
  }

  #begin(entry: Entry<unknown>): void {
    this.#endTurn()
    const name = nameOf(entry)
    const parent = this.#of.get(entry.cause)
    const span = this.#span(name, parent, entry.at, apiRequested.is(entry) ? "server" : "internal")
    span.attribute("ringback.seq", entry.seq)
    span.attribute("ringback.input", entry.type)
    if (entry.subject !== "") span.attribute("ringback.subject", entry.subject)
    this.#turn = { span, entries: 1, open: apiRequested.is(entry) }
    if (apiRequested.is(entry)) {
      span.attribute("http.request.method", entry.data.method)
      span.attribute("ringback.api", entry.data.api)
      this.#asked.set(entry.seq, this.#turn)
    }
    if (timerFired.is(entry)) this.#of.delete(entry.cause)
  }

  #look(entry: Entry<unknown>): void {
    if (timerSet.is(entry)) this.#remember(entry.seq)
    else if (outboundRequested.is(entry)) this.#leave(entry)
    else if (outboundAnswered.is(entry) || outboundFailed.is(entry)) this.#comeBack(entry)
    else if (apiResponded.is(entry)) {
      const asked = this.#asked.get(entry.cause)
      this.#asked.delete(entry.cause)
      if (asked === undefined) return
      asked.span.attribute("http.response.status_code", entry.data.status)
      asked.span.attribute("ringback.entries", asked.entries)
      end(asked.span, entry.at, entry.data.status >= 500 ? `answered ${entry.data.status}` : undefined)
    }
  }

  /** What follows from an entry belongs to the span of its turn. */
  #remember(seq: number, span: Tracer.AnySpan | undefined = this.#turn?.span): void {
    if (span === undefined) return
    if (this.#of.size >= causesMax) dropOldest(this.#of)
    this.#of.set(seq, span)
  }

  #leave({ at, data, seq, subject }: Entry<OutboundRequested>): void {
    const span = this.#span(`${data.purpose} ${data.method}`, this.#turn?.span, at, "client")
    span.attribute("ringback.seq", seq)
    span.attribute("ringback.subject", subject)
    span.attribute("ringback.attempt", data.attempt)
    span.attribute("ringback.via", data.via)
    span.attribute("http.request.method", data.method)
    const host = hostOf(data.url)
    if (host !== undefined) span.attribute("server.address", host)
    if (this.#left.size >= causesMax) dropOldest(this.#left)
    this.#left.set(seq, span)
    this.#remember(seq, span)
  }

  #comeBack({ at, cause, data }: Entry<OutboundAnswered | OutboundFailed>): void {
    const span = this.#left.get(cause)
    this.#left.delete(cause)
    this.#of.delete(cause)
    if (span === undefined) return
    if ("status" in data) span.attribute("http.response.status_code", data.status)
    const wrong = "reason" in data ? data.reason : data.status >= 400 ? `answered ${data.status}` : undefined
    end(span, at, wrong)
  }

  #endTurn(): void {
    const turn = this.#turn
    this.#turn = undefined
    if (turn === undefined || turn.open) return
    turn.span.attribute("ringback.entries", turn.entries)
    end(turn.span, nanosToMs(turn.span.status.startTime), undefined)
  }

  #span(name: string, parent: Tracer.AnySpan | undefined, at: number, kind: Tracer.SpanKind): Tracer.Span {
    return this.#tracer.span(name, Option.fromNullable(parent), Context.empty(), [], msToNanos(at), kind)
  }
}

const msToNanos = (ms: number): bigint => BigInt(ms) * 1_000_000n
const nanosToMs = (nanos: bigint): number => Number(nanos / 1_000_000n)

const end = (span: Tracer.Span, at: number, wrong: string | undefined): void => {
  span.end(msToNanos(at), wrong === undefined ? Exit.void : Exit.fail(new Error(wrong)))
}

/** An API's request by its route, a timer by what it is for, other inputs by their type. */
const nameOf = (entry: Entry<unknown>): string => {
  if (apiRequested.is(entry)) return routeOf(entry.data)
  if (timerFired.is(entry)) return `timer ${entry.data.key.split(" ", 1)[0] ?? ""}`
  return entry.type
}

const hostOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).host : undefined)
