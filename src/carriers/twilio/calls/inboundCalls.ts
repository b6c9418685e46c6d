import { sid as makeSid } from "../../../core/chance.ts"
import type { Draft, Entry } from "../../../core/Entry.ts"
import type { World } from "../../../core/Machine.ts"
import { ownedNumber } from "../senders/numbers.ts"
import { accountHaving } from "../senders/ownership.ts"
import type { Twilio } from "../state.ts"
import { minutePrice } from "./callees.ts"
import { type CallArrived, callCreated, type Instructions } from "./entries.ts"
import { timeLimitMsDefault } from "./givenParameters.ts"

/** What follows from a phone's call; nothing where no active account has its number. */
export const arrived = (
  { seed }: World,
  twilio: Twilio,
  { data: { from, script, to } }: Entry<CallArrived>,
): ReadonlyArray<Draft> => {
  const accountSid = accountHaving(twilio, to)
  if (accountSid === undefined) return []
  const number = ownedNumber(twilio.senders, to)
  const { status_callback: callback = "", status_callback_method: method = "POST" } = number?.config ?? {}
  const reports = callback === "" ? {} : { reports: { events: ["completed"], method, url: callback } }
  return [
    callCreated.draft(makeSid("CA", seed, twilio.calls.count), {
      account_sid: accountSid,
      direction: "inbound",
      from,
      instructions: instructionsOf(number?.config ?? {}),
      ...(number?.sid.startsWith("PN") ? { phone_number_sid: number.sid } : {}),
      price_micros: minutePrice(twilio),
      ...reports,
      ...(script === undefined ? {} : { script }),
      status: "ringing",
      time_limit_ms: timeLimitMsDefault,
      timeout_ms: 0,
      to,
    }),
  ]
}

/** Where a number's calls get their instructions. */
const instructionsOf = ({
  voice_fallback_method,
  voice_fallback_url = "",
  voice_method = "POST",
  voice_url = "",
}: NonNullable<ReturnType<typeof ownedNumber>>["config"]): Instructions => ({
  ...(voice_fallback_url === ""
    ? {}
    : { fallback_method: voice_fallback_method ?? "POST", fallback_url: voice_fallback_url }),
  ...(voice_url === "" ? {} : { method: voice_method, url: voice_url }),
})
