import type { OutboundAnswered, OutboundFailed, OutboundRequested, RetryOn } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import { notAllowed } from "./allow.ts"

/*
 * Whether a request is tried again, and when.
 *
 * 1. A policy with `on` tries again only what it names; without one every failure is.
 * 2. What was lost on its way looks sent: it is never tried again.
 * 3. A target that is not permitted (allow.ts) will not be permitted later: no further attempt.
 */

/** The `detail` of a time-out before there was a connection. */
export const connectDetail = "connect"

/** Virtual ms between an attempt's failure and the next one: doubled each time, up to `limits.retryGapMsMax`. */
export const retryGapMs = (firstGapMs: number, attempt: number): number =>
  Math.min(firstGapMs * 2 ** (attempt - 1), limits.retryGapMsMax)

/** Whether a request's policy has a further attempt for how this one ended. */
export const isTriedAgain = (
  { attempt, retry }: OutboundRequested,
  end: OutboundAnswered | OutboundFailed,
): boolean => {
  if (retry === undefined || attempt >= retry.attempts) return false
  if ("status" in end) return !isFine(end.status) && covers(retry.on, kindOfStatus(end.status))
  return end.detail !== notAllowed && end.reason !== "lost" && covers(retry.on, kindOfFailure(end))
}

const isFine = (status: number): boolean => status >= 200 && status < 300

/** What an answer is to a policy; `undefined`: nothing a policy names. */
const kindOfStatus = (status: number): RetryOn | undefined =>
  status >= 500 ? "5xx" : status >= 400 ? "4xx" : undefined

/** What a failure is to a policy. */
const kindOfFailure = ({ detail, reason }: OutboundFailed): RetryOn | undefined => {
  switch (reason) {
    case "connect":
    case "reset":
      return "ct"
    case "timeout":
      return detail === connectDetail ? "ct" : "rt"
    default:
      return undefined
  }
}

const covers = (on: ReadonlyArray<RetryOn> | undefined, kind: RetryOn | undefined): boolean =>
  on === undefined || on.includes("all") || (kind !== undefined && on.includes(kind))
