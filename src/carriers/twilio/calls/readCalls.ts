import * as Either from "effect/Either"
import { list } from "../lists.ts"
import { dateRange, within } from "../messages/dateFilter.ts"
import { param, type Reply, type Request } from "../request.ts"
import { notFound, refusal } from "../wireOut.ts"
import { normalParty } from "./addresses.ts"
import { type Call, callOf } from "./calls.ts"
import { callJson } from "./wire.ts"

/** The call of a path; `undefined` when the account has none of this SID. */
export const ownCall = ({ twilio, accountSid }: Request, sid: string): Call | undefined => {
  const call = callOf(twilio.calls, sid)
  return call?.accountSid === accountSid ? call : undefined
}

/** GET …/Calls/{Sid}.json */
export const fetchCall = (request: Request, sid: string): Reply => {
  const call = ownCall(request, sid)
  return call === undefined ? notFound(request) : { status: 200, body: callJson(request.twilio, call), subject: sid }
}

/** GET …/Calls.json: newest first, with Twilio's filters and paging. */
export const listCalls = (request: Request): Reply => {
  const { accountSid, entry, twilio } = request
  const { query } = entry.data
  const started = dateRange(query, "StartTime")
  if (Either.isLeft(started)) return refusal(started.left)
  const over = dateRange(query, "EndTime")
  if (Either.isLeft(over)) return refusal(over.left)
  const [to, from] = [param(query, "To"), param(query, "From")]
  const [parent, status] = [param(query, "ParentCallSid"), param(query, "Status")]
  const fits = (call: Call): boolean =>
    call.accountSid === accountSid &&
    (to === undefined || call.made.to === normalParty(to)) &&
    (from === undefined || call.made.from === normalParty(from)) &&
    (parent === undefined || call.made.parent_call_sid === parent) &&
    (status === undefined || (call.status === "initiated" ? "queued" : call.status) === status) &&
    (started.right === undefined || within(started.right, call.answered)) &&
    (over.right === undefined || within(over.right, call.ended))
  return list(request, twilio.calls.calls, { key: "calls", fits, show: (call) => callJson(twilio, call) })
}
