import type { Draft, Entry } from "../../core/Entry.ts"
import { type ApiRequested, apiResponded, outboundRequested } from "../../core/entries.ts"
import { limits } from "../../core/limits.ts"
import type { World } from "../../core/Machine.ts"
import { dropOldest } from "../../core/oldest.ts"
import { routeOut } from "../../network/settings.ts"
import { type ProviderDecided, providerReceiptSent } from "./entries.ts"
import { answerOf, receiptText } from "./simulate.ts"

/** A request from outside that waits for its answer. */
export interface Outside {
  readonly seq: number
  /** Of the answer's timer. */
  readonly key: string
  readonly decided: ProviderDecided | undefined
}

/** A receipt that is to come. */
export interface Coming {
  readonly subject: string
  readonly n: number
  readonly decided: ProviderDecided
  /** For the gateway of this run, not for a caller from outside. */
  readonly inside: boolean
}

/** The simulated providers' part of the world. */
export interface Simulated {
  /** When the run began, virtual ms. */
  startedAt: number
  /** Attempts of this run that have no answer yet: what names them (`attemptKey`), by the seq of the request. */
  readonly attempts: Map<number, string>
  /** What is decided of those, by what names them. */
  readonly decided: Map<string, ProviderDecided>
  /** By the seq of the request. */
  readonly outside: Map<number, Outside>
  /** Of those, by the key of their timer. */
  readonly seqOf: Map<string, number>
  /** By the key of their timer. */
  readonly coming: Map<string, Coming>
  /** Requests of each provider in the newest second of the clock in which it had one. */
  readonly seconds: Map<string, { readonly second: number; readonly count: number }>
  /** Names of messages by provider and reference (`takenKey`), newest last; at most `limits.providerMessagesKeptMax`. */
  readonly taken: Map<string, string>
  /** Requests from outside, ever. */
  outsideCount: number
}

export const newSimulated = (): Simulated => ({
  startedAt: 0,
  attempts: new Map(),
  decided: new Map(),
  outside: new Map(),
  seqOf: new Map(),
  coming: new Map(),
  seconds: new Map(),
  taken: new Map(),
  outsideCount: 0,
})

export const takenKey = (provider: string, reference: string): string => `${provider} ${reference}`

export const receiptKey = (provider: string, messageId: string, n: number): string =>
  `receipt ${provider} ${messageId} ${n}`

/** A text has come to a provider. */
export const count = ({ seconds }: Simulated, provider: string, at: number): void => {
  const second = Math.floor(at / 1_000)
  const newest = seconds.get(provider)
  seconds.set(provider, { second, count: newest?.second === second ? newest.count + 1 : 1 })
}

/** Texts that came to a provider in the second of the clock that `at` lies in. */
export const inSecond = ({ seconds }: Simulated, provider: string, at: number): number => {
  const newest = seconds.get(provider)
  return newest?.second === Math.floor(at / 1_000) ? newest.count : 0
}

/** What a decision leaves behind: its message is known, its answer and receipts are to come. */
export const keepDecision = (simulated: Simulated, { at, cause, data, subject }: Entry<ProviderDecided>): void => {
  const attempt = simulated.attempts.get(cause)
  if (attempt !== undefined) simulated.decided.set(attempt, data)
  const outside = simulated.outside.get(cause)
  const { callback_url, fate, message_id, provider, receipts = [], reference } = data
  if (outside !== undefined) {
    simulated.outside.set(cause, { ...outside, decided: data })
    // Who is asked from outside shows in the decision alone.
    if (fate !== "known" && fate !== "unknown") count(simulated, provider, at)
  }
  if (message_id === undefined) return
  keepTaken(simulated.taken, takenKey(provider, reference), message_id)
  if (outside === undefined || callback_url !== undefined)
    for (const i of receipts.keys())
      simulated.coming.set(receiptKey(provider, message_id, i + 1), {
        subject,
        n: i + 1,
        decided: data,
        inside: outside === undefined,
      })
}

const keepTaken = (taken: Map<string, string>, key: string, messageId: string): void => {
  taken.delete(key)
  taken.set(key, messageId)
  if (taken.size > limits.providerMessagesKeptMax) dropOldest(taken)
}

/** A request has its answer, or will have none. */
export const forget = (simulated: Simulated, seq: number): void => {
  const attempt = simulated.attempts.get(seq)
  if (attempt !== undefined) {
    simulated.attempts.delete(seq)
    simulated.decided.delete(attempt)
  }
  const outside = simulated.outside.get(seq)
  if (outside === undefined) return
  simulated.outside.delete(seq)
  simulated.seqOf.delete(outside.key)
}

/** A caller from outside who is not answered waits so long, virtual ms; then its connection is closed. */
const silenceMs = 30_000

/** How long a caller from outside waits for its answer, virtual ms. */
export const waitOf = (decided: ProviderDecided): number => {
  const { after_ms, drop } = answerOf(decided)
  return drop === "timeout" ? silenceMs : after_ms
}

/** The answer to a request from outside. */
export const answered = (subject: string, seq: number, decided: ProviderDecided): Draft => {
  const { body, drop, status } = answerOf(decided)
  if (drop !== undefined)
    return apiResponded.draft(
      subject,
      { body: "", status: 503, undelivered: drop === "timeout" ? "closed" : "reset" },
      seq,
    )
  const again = decided.fate === "limited" ? Math.ceil((decided.retry_ms ?? 0) / 1_000) : undefined
  return apiResponded.draft(
    subject,
    { body, ...(again === undefined ? {} : { headers: [["Retry-After", String(again)]] }), status },
    seq,
  )
}

/** Ms a receipt may take to be accepted. */
const receiptTimeoutMs = 10_000

/** A receipt whose time has come: to the gateway of this run, or to where a caller from outside wants it. */
export const receiptOf = (world: World, key: string, { decided, inside, n, subject }: Coming): ReadonlyArray<Draft> => {
  const { callback_url: url, message_id = "", provider, receipts = [], reference } = decided
  const receipt = receipts[n - 1]
  if (receipt === undefined) return []
  const text = receiptText(message_id, reference, receipt)
  if (inside) return [providerReceiptSent.draft(subject, { message_id, n, provider, text })]
  if (url === undefined) return []
  const { connect, via } = routeOut(world, url)
  return [
    outboundRequested.draft(subject, {
      attempt: 1,
      ...(connect === undefined ? {} : { connect }),
      json: text,
      method: "POST",
      params: [],
      purpose: receiptPurpose,
      timeout_ms: receiptTimeoutMs,
      token: key,
      url,
      via,
    }),
  ]
}

/** The `purpose` of receipts that leave the run. */
export const receiptPurpose = "provider-receipt"

/** The `api` of requests to simulated providers from outside. */
export const providerApi = "provider"

/** Whether a request is one of those. */
export const isOutside = ({ api }: Pick<ApiRequested, "api">): boolean => api === providerApi
