import { sid as makeSid } from "../../../core/chance.ts"
import type { Draft, Entry } from "../../../core/Entry.ts"
import type { World } from "../../../core/Machine.ts"
import { handlingOf } from "../senders/handling.ts"
import { ownedNumber } from "../senders/numbers.ts"
import { accountHaving } from "../senders/ownership.ts"
import type { Twilio } from "../state.ts"
import { minutePrice } from "./callees.ts"
import { type CallArrived, callCreated } from "./entries.ts"
import { timeLimitMsDefault } from "./givenParameters.ts"
import { handledBy } from "./handledBy.ts"

/** What follows from a phone's call; nothing where no active account has its number. */
export const arrived = (
  { seed }: World,
  twilio: Twilio,
  { data: { from, script, to } }: Entry<CallArrived>,
): ReadonlyArray<Draft> => {
  const accountSid = accountHaving(twilio, to)
  if (accountSid === undefined) return []
  const number = ownedNumber(twilio.senders, to)
  const handled = handledBy(handlingOf(twilio, number, "voice_application_sid"))
  return [
    callCreated.draft(makeSid("CA", seed, twilio.calls.count), {
      account_sid: accountSid,
      direction: "inbound",
      from,
      ...handled,
      ...(number?.sid.startsWith("PN") ? { phone_number_sid: number.sid } : {}),
      price_micros: minutePrice(twilio),
      ...(script === undefined ? {} : { script }),
      status: "ringing",
      time_limit_ms: timeLimitMsDefault,
      timeout_ms: 0,
      to,
    }),
  ]
}
