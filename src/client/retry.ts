import type { AnswerErrorName } from "./errorTable.ts"

/*
 * What is done after an attempt has failed. docs/decisions/0015-what-is-sent-again.md says why.
 *
 * 1. Attempts are counted in all: the row of the last failure says whether there is another.
 * 2. What Twilio answered with 429 was not carried out. What never left was not either. A read may always be repeated.
 * 3. A send that left and had no answer, or one that tells nothing of it, is never repeated for that alone.
 */

/** How often, and after how long, a request is repeated. */
export interface RetryRow {
  /** Attempts in all, the first among them. */
  readonly attempts: number
  /** Ms before the second attempt. */
  readonly baseMs: number
  /** Whether the delay doubles with each attempt. */
  readonly backoff: "exponential" | "fixed"
}

/** Errors that have a row, each of which the specification names or is like. Source: specification of the module, 6.1. */
export type RetriedName =
  | "AccountRateLimited"
  | "NumberRateLimited"
  | "QueueFull"
  | "ServiceUnavailable"
  | "TemporarilyUnavailable"
  | "InternalError"
  | "Timeout"
  | "ConnectionFailed"
  | "DnsResolutionFailed"
/** An error without a row is not repeated. */
export type RetryRows = { readonly [Name in RetriedName]?: RetryRow }

const limited: RetryRow = { attempts: 5, baseMs: 1_000, backoff: "exponential" }
const unavailable: RetryRow = { attempts: 3, baseMs: 2_000, backoff: "exponential" }
const unconnected: RetryRow = { attempts: 3, baseMs: 500, backoff: "exponential" }

export const retryTable: { readonly [Name in RetriedName]: RetryRow } = {
  AccountRateLimited: limited,
  NumberRateLimited: limited,
  QueueFull: limited,
  ServiceUnavailable: unavailable,
  TemporarilyUnavailable: unavailable,
  InternalError: { attempts: 3, baseMs: 1_000, backoff: "exponential" },
  Timeout: { attempts: 3, baseMs: 1_000, backoff: "fixed" },
  ConnectionFailed: unconnected,
  DnsResolutionFailed: unconnected,
}

/** The part of a delay by which chance may lengthen it. */
export const jitterShare = 0.25
/** The longest `Retry-After` that is waited for, and the longest delay of all but for what chance adds. */
export const retryAfterMsMax = 60_000

/** An attempt that failed. */
export interface Failure {
  readonly name: AnswerErrorName
  /** What of it reached Twilio: nothing; a request that was answered; one that was not answered, or by somebody else. */
  readonly reached: "nothing" | "answered" | "unknown"
  /** Which attempt it was, from 1. */
  readonly attempt: number
  /** Whether carrying it out twice is the same as once: a read, and canceling. */
  readonly repeatable: boolean
  /** What the answer asked for. */
  readonly retryAfterMs: number | undefined
}

/** What is done next. `Unsure`: it has to be found out first whether the message exists. */
export type Next =
  | { readonly _tag: "GiveUp" }
  | { readonly _tag: "Retry"; readonly inMs: number }
  | { readonly _tag: "Unsure"; readonly retryInMs: number | undefined }

/**
 * Decides what follows a failed attempt. `chance` is in [0, 1).
 *
 * `Unsure` tells as `retryInMs` when to repeat it once it is found not to exist; absent when it may still come to exist, or there are
 * no more attempts.
 */
export const afterFailure = (table: RetryRows, failure: Failure, chance: number): Next => {
  const { attempt, name, reached, repeatable } = failure
  const row = Object.hasOwn(table, name) ? table[name as RetriedName] : undefined
  const inMs = row === undefined || attempt >= row.attempts ? undefined : delayMs(row, failure, chance)
  if (!repeatable && isUnsure(name, reached))
    return { _tag: "Unsure", retryInMs: reached === "answered" ? inMs : undefined }
  return inMs === undefined ? { _tag: "GiveUp" } : { _tag: "Retry", inMs }
}

/** Answers that do not tell whether it was carried out. */
const untold: ReadonlySet<AnswerErrorName> = new Set<AnswerErrorName>([
  "InternalError",
  "ServiceUnavailable",
  "TemporarilyUnavailable",
  "UnreadableAnswer",
])
const isUnsure = (name: AnswerErrorName, reached: Failure["reached"]): boolean =>
  reached === "unknown" || (reached === "answered" && untold.has(name))

/** Never sooner than the table or the answer says; `undefined` when the answer asks for longer than is waited. */
const delayMs = (row: RetryRow, { attempt, retryAfterMs = 0 }: Failure, chance: number): number | undefined => {
  if (retryAfterMs > retryAfterMsMax) return undefined
  const grown = row.backoff === "fixed" ? row.baseMs : row.baseMs * 2 ** (attempt - 1)
  const least = Math.max(retryAfterMs, Math.min(grown, retryAfterMsMax))
  return Math.round(least * (1 + jitterShare * chance))
}

/** How an attempt counts for the circuit breaker: whether Twilio is well, not whether it likes the request. */
export const countsAs = (name: AnswerErrorName | undefined): "success" | "failure" | "neither" => {
  switch (name) {
    case "AccountRateLimited":
    case "NumberRateLimited":
    case "QueueFull":
      return "neither"
    case "InternalError":
    case "ServiceUnavailable":
    case "TemporarilyUnavailable":
    case "UnreadableAnswer":
    case "Timeout":
    case "ConnectionFailed":
    case "DnsResolutionFailed":
      return "failure"
    default:
      return "success"
  }
}

/**
 * Ms that a `Retry-After` header asks for: seconds, or a date of HTTP; `undefined` for anything else. `now` is the date in ms.
 *
 * Source  RFC 9110, 10.2.3
 */
export const retryAfterMsOf = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000
  if (!/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
