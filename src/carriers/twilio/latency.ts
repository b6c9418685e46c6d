import type { Draft, Entry } from "../../core/Entry.ts"
import { type ApiRequested, apiResponded, timerSet } from "../../core/entries.ts"
import { twilioError } from "./errors.ts"
import type { TwilioSettings } from "./settings.ts"
import { refusal } from "./wireOut.ts"

/*
 * The API's own latency, simulated: a request is carried out and answered when its timer fires, so that many can be under
 * way at once, and one too many is refused.
 */

/** Requests under way, by their seq. */
export type UnderWay = Map<number, Entry<ApiRequested>>

const prefix = "api "

/** The request whose timer this is; `undefined` when it is no request's, or answered already. */
export const requestOf = (underWay: UnderWay, key: string): Entry<ApiRequested> | undefined =>
  underWay.size > 0 && key.startsWith(prefix) ? underWay.get(Number(key.slice(prefix.length))) : undefined

/** The timer of a request that has just come, or its refusal (429, 20429) when too many are under way, itself included. */
export const delayed = (
  { at, seq, subject }: Entry<ApiRequested>,
  { concurrency_max, latency_ms }: NonNullable<TwilioSettings["api"]>,
  underWay: UnderWay,
): ReadonlyArray<Draft> => {
  if (underWay.size <= concurrency_max)
    return [timerSet.draft(subject, { due: at + latency_ms, key: prefix + seq })]
  const { body, status } = refusal(twilioError(20429))
  return [apiResponded.draft(subject, { body, status }, seq)]
}
