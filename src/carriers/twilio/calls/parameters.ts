import type { Pair } from "../../../core/entries.ts"
import { placeOf } from "../inbound/geography.ts"
import type { Call } from "./calls.ts"

/*
 * The parameters of a call, as requests for its instructions and callbacks about its recordings have them.
 */

/**
 * What is told of a call by each request for its instructions, in the order in which Twilio sends it.
 *
 * Source  "TwiML for Programmable Voice", request parameters; recorded webhooks of third parties
 */
export const callParameters = (call: Call): ReadonlyArray<Pair> => {
  const { accountSid, made, sid, status } = call
  const { direction, from, parent_call_sid, to } = made
  const [caller, called] = [placeOf(from), placeOf(to)]
  return [
    ["Called", to],
    ["ToState", called.State],
    ["CallerCountry", caller.Country],
    ["Direction", direction],
    ["CallerState", caller.State],
    ["ToZip", called.Zip],
    ["CallSid", sid],
    ...(parent_call_sid === undefined ? [] : [["ParentCallSid", parent_call_sid] as const]),
    ["To", to],
    ["CallerZip", caller.Zip],
    ["ToCountry", called.Country],
    ["ApiVersion", "2010-04-01"],
    ["CalledZip", called.Zip],
    ["CallStatus", status],
    ["CalledCity", called.City],
    ["From", from],
    ["AccountSid", accountSid],
    ["CalledCountry", called.Country],
    ["CallerCity", caller.City],
    ["Caller", from],
    ["FromCountry", caller.Country],
    ["ToCity", called.City],
    ["FromCity", caller.City],
    ["CalledState", called.State],
    ["FromZip", caller.Zip],
    ["FromState", caller.State],
  ]
}
