import type { Draft, Entry } from "../../core/Entry.ts"
import { type ApiRequested, timerSet } from "../../core/entries.ts"
import { twilioError } from "./errors.ts"
import { respond } from "./request.ts"
import type { TwilioSettings } from "./settings.ts"
import type { UnderWay } from "./state.ts"
import { refusal } from "./wireOut.ts"

/*
 * The API's own latency, simulated: a request is carried out and answered when its timer fires, so that many can be under
 * way at once, and one too many is refused.
 */

const prefix = "api "

/** The request whose timer this is; `undefined` when it is no request's, or answered already. */
export const requestOf = (underWay: UnderWay, key: string): Entry<ApiRequested> | undefined =>
  underWay.size > 0 && key.startsWith(prefix) ? underWay.get(Number(key.slice(prefix.length))) : undefined

/** The timer of a request that has just come, or its refusal (429, 20429) when too many are under way, itself included. */
export const delayed = (
  entry: Entry<ApiRequested>,
  { concurrency_max, latency_ms }: NonNullable<TwilioSettings["api"]>,
  underWay: UnderWay,
): ReadonlyArray<Draft> => {
  const { at, seq, subject } = entry
  return underWay.size <= concurrency_max
    ? [timerSet.draft(subject, { due: at + latency_ms, key: prefix + seq })]
    : respond({ entry, seenAt: seq }, refusal(twilioError(20429)))
}
