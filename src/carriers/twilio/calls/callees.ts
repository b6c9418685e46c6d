import type { Twilio } from "../state.ts"
import type { CalleeStep, CallPlan } from "./entries.ts"

/*
 * Who is at the other end of calls: what settings say of a number, and what follows for a call to it.
 */

/** What a minute costs where settings do not say it. Source: Twilio's price of a US outbound call, 2026. */
const priceMicros = 14_000

/** Fields of a new call that say what will become of it. */
export interface Fate {
  readonly plan: CallPlan
  readonly script?: ReadonlyArray<CalleeStep>
}

/** What a minute of a call costs. */
export const minutePrice = ({ settings }: Twilio): number => settings.calls?.price_micros ?? priceMicros

/**
 * What will become of a call to this number: what settings say of it, the failure list, the registered list, the default. Who is
 * not described answers after the usual delay, and stays on the line until the call is over.
 */
export const fateOf = (twilio: Twilio, to: string, wait: Pick<CallPlan, "busy_ms" | "wait_ms"> = {}): Fate => {
  const { failing, registered, settings } = twilio
  const { delay_ms } = settings.callbacks
  const callee = settings.calls?.callees?.find(({ number }) => number === to)
  if (callee !== undefined) {
    const { answered_by = "human", outcome, rings_ms = delay_ms, script } = callee
    return { plan: { answered_by, delay_ms, outcome, rings_ms, ...wait }, ...(script === undefined ? {} : { script }) }
  }
  const fails = failing.has(to) || (!registered.has(to) && settings.default_behavior === "failure")
  return {
    plan: { answered_by: "human", delay_ms, outcome: fails ? "failed" : "answered", rings_ms: delay_ms, ...wait },
  }
}

/** How long a call that is made now waits for those of its account before it, and those after it for it. */
export const queueTime = (
  { calls, settings }: Twilio,
  accountSid: string,
  at: number,
): Pick<CallPlan, "busy_ms" | "wait_ms"> => {
  const perSecond = settings.calls?.per_second
  if (perSecond === undefined) return {}
  const wait_ms = Math.max(0, (calls.busyUntil.get(accountSid) ?? at) - at)
  return { busy_ms: Math.ceil(1000 / perSecond), wait_ms }
}
