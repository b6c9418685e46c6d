import { limits } from "../../../core/limits.ts"
import { handlingOf } from "../senders/handling.ts"
import { ownedNumber } from "../senders/numbers.ts"
import { accountHaving } from "../senders/ownership.ts"
import type { Twilio } from "../state.ts"
import { type Call, callOf } from "./calls.ts"
import type { CalleeStep, CallPlan } from "./entries.ts"
import { handledBy } from "./handledBy.ts"

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

/** What a call's fate depends on besides who is called. */
interface Circumstances {
  /** Its time in the queue. */
  readonly wait?: Pick<CallPlan, "busy_ms" | "wait_ms">
  /** Who dials. */
  readonly by?: Call
}

/**
 * What will become of a call to this number: what settings say of it, the failure list, the number's application if it is one of the exchange, the
 * registered list, the default. Who is not described answers after the usual delay, and stays on the line until the call is over.
 */
export const fateOf = (twilio: Twilio, to: string, { by, wait = {} }: Circumstances = {}): Fate => {
  const { failing, registered, settings } = twilio
  const { delay_ms } = settings.callbacks
  const callee = settings.calls?.callees?.find(({ number }) => number === to)
  if (callee !== undefined) {
    const { answered_by = "human", outcome, rings_ms = delay_ms, script } = callee
    return { plan: { answered_by, delay_ms, outcome, rings_ms, ...wait }, ...(script === undefined ? {} : { script }) }
  }
  if (!failing.has(to) && isHandled(twilio, to)) {
    const usual = { answered_by: "human", delay_ms, rings_ms: delay_ms, ...wait } as const
    const fails_by = loopOf(twilio, to, by)
    // Until its application says something else it rings.
    return {
      plan:
        fails_by === undefined
          ? { ...usual, asks: true, outcome: "no-answer" }
          : { ...usual, fails_by, outcome: "failed" },
    }
  }
  const fails = failing.has(to) || (!registered.has(to) && settings.default_behavior === "failure")
  return {
    plan: { answered_by: "human", delay_ms, outcome: fails ? "failed" : "answered", rings_ms: delay_ms, ...wait },
  }
}

/** Whether a number of the exchange has somebody to ask about calls that come in. */
const isHandled = (twilio: Twilio, to: string): boolean => {
  const number = ownedNumber(twilio.senders, to)
  return (
    number !== undefined &&
    accountHaving(twilio, to) !== undefined &&
    handledBy(handlingOf(twilio, number, "voice_application_sid")).instructions.url !== undefined
  )
}

/** Whether a number's own instructions have led to this call of it, or those of too many numbers; `undefined` where neither is so. */
const loopOf = ({ calls }: Twilio, to: string, by: Call | undefined): CallPlan["fails_by"] => {
  const passed: Array<string> = []
  for (let here = by; here !== undefined; ) {
    const { dialled_by, direction, parent_call_sid, to: number } = here.made
    if (direction === "inbound") passed.push(number)
    here = callOf(calls, dialled_by ?? parent_call_sid ?? "")
  }
  if (passed.includes(to)) return "loop"
  return passed.length >= limits.callLegsMax ? "too-many-legs" : undefined
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
