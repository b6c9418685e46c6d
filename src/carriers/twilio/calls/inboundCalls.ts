import { sid as makeSid } from "../../../core/chance.ts"
import type { Draft, Entry } from "../../../core/Entry.ts"
import type { World } from "../../../core/Machine.ts"
import { handlingOf } from "../senders/handling.ts"
import { ownedNumber } from "../senders/numbers.ts"
import { accountHaving } from "../senders/ownership.ts"
import type { Twilio } from "../state.ts"
import { minutePrice } from "./callees.ts"
import { type CallArrived, type CallCreated, callCreated } from "./entries.ts"
import { timeLimitMsDefault } from "./givenParameters.ts"
import { handledBy } from "./handledBy.ts"

/** A call that comes in, from a phone or from within the exchange. */
interface Incoming extends Pick<CallCreated, "dialled_by" | "from" | "script" | "to"> {}

/** What follows from a phone's call; nothing where no active account has its number. */
export const arrived = (
  { seed }: World,
  twilio: Twilio,
  { data: { from, script, to } }: Entry<CallArrived>,
): ReadonlyArray<Draft> => {
  const sid = makeSid("CA", seed, twilio.calls.count)
  const created = comesIn(twilio, sid, { from, ...(script === undefined ? {} : { script }), to })
  return created === undefined ? [] : [created]
}

/** The call that comes in; `undefined` where no active account has its number. */
export const comesIn = (twilio: Twilio, sid: string, { to, ...incoming }: Incoming): Draft | undefined => {
  const accountSid = accountHaving(twilio, to)
  if (accountSid === undefined) return undefined
  const number = ownedNumber(twilio.senders, to)
  return callCreated.draft(sid, {
    account_sid: accountSid,
    direction: "inbound",
    ...incoming,
    ...handledBy(handlingOf(twilio, number, "voice_application_sid")),
    ...(number?.sid.startsWith("PN") ? { phone_number_sid: number.sid } : {}),
    price_micros: minutePrice(twilio),
    status: "ringing",
    time_limit_ms: timeLimitMsDefault,
    timeout_ms: 0,
    to,
  })
}
