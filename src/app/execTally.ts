import { messageCreated, messageStatusChanged } from "../carriers/delivery/entries.ts"
import { callCreated, callStatusChanged } from "../carriers/twilio/calls/entries.ts"
import type { Entry } from "../core/Entry.ts"
import { apiRequested, apiResponded, outboundAnswered, outboundFailed, outboundRequested } from "../core/entries.ts"
import { whyFailed } from "../network/callbackStories.ts"

/** How often something is so. */
export type Counts = Readonly<Record<string, number>>

/** What happened while a command ran. */
export interface Tallied {
  readonly requests: { readonly all: number; readonly refused: number; readonly unauthorized: number }
  /** By the status they have at the end. */
  readonly messages: { readonly out: Counts; readonly in: number }
  readonly calls: Counts
  /** Callbacks and webhooks, each with all its attempts. */
  readonly callbacks: { readonly answered: number; readonly failed: number; readonly pending: number }
  /** Those that failed, by method, URL and why, the newest reason of each. */
  readonly failures: ReadonlyArray<{ readonly what: string; readonly times: number }>
}

interface Sent {
  readonly method: string
  readonly url: string
  outcome: number | string | undefined
}

const isGood = (outcome: Sent["outcome"]): boolean => typeof outcome === "number" && outcome >= 200 && outcome < 300

/** Counts what the entries of a run tell, as they come. */
export class ExecTally {
  #requests = 0
  #refused = 0
  #unauthorized = 0
  #arrived = 0
  readonly #messages = new Map<string, string>()
  readonly #calls = new Map<string, string>()
  /** The newest attempt of each callback, by its token, and every attempt by its seq. */
  readonly #newest = new Map<string, Sent>()
  readonly #underway = new Map<number, Sent>()

  take(entry: Entry<unknown>): void {
    if (apiRequested.is(entry)) this.#requests++
    else if (apiResponded.is(entry)) {
      const { status } = entry.data
      if (status >= 400) this.#refused++
      if (status === 401) this.#unauthorized++
    } else if (messageCreated.is(entry)) {
      if (entry.data.direction === "inbound") this.#arrived++
      else this.#messages.set(entry.subject, entry.data.status)
    } else if (messageStatusChanged.is(entry)) {
      if (this.#messages.has(entry.subject)) this.#messages.set(entry.subject, entry.data.status)
    } else if (callCreated.is(entry) || callStatusChanged.is(entry)) this.#calls.set(entry.subject, entry.data.status)
    else if (outboundRequested.is(entry)) {
      const { connect, copy = 0, method, purpose, token, url } = entry.data
      const sent: Sent = { method, url: connect ?? url, outcome: undefined }
      this.#newest.set(`${purpose} ${token} ${copy}`, sent)
      this.#underway.set(entry.seq, sent)
    } else if (outboundAnswered.is(entry)) this.#end(entry.cause, entry.data.status)
    else if (outboundFailed.is(entry)) this.#end(entry.cause, whyFailed(entry.data))
  }

  get tallied(): Tallied {
    const sent = [...this.#newest.values()]
    const failed = sent.filter(({ outcome }) => outcome !== undefined && !isGood(outcome))
    const failures = new Map<string, number>()
    for (const { method, outcome, url } of failed) {
      const what = `${method} ${url}: ${outcome}`
      failures.set(what, (failures.get(what) ?? 0) + 1)
    }
    return {
      requests: { all: this.#requests, refused: this.#refused, unauthorized: this.#unauthorized },
      messages: { out: countsOf(this.#messages.values()), in: this.#arrived },
      calls: countsOf(this.#calls.values()),
      callbacks: {
        answered: sent.filter(({ outcome }) => isGood(outcome)).length,
        failed: failed.length,
        pending: sent.filter(({ outcome }) => outcome === undefined).length,
      },
      failures: [...failures].map(([what, times]) => ({ what, times })),
    }
  }

  #end(seq: number, outcome: number | string): void {
    const sent = this.#underway.get(seq)
    if (sent !== undefined) sent.outcome = outcome
    this.#underway.delete(seq)
  }
}

const countsOf = (values: Iterable<string>): Counts => {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}
