import * as Either from "effect/Either"
import type { Among } from "../collection.ts"
import { list } from "../lists.ts"
import { dateRange, within } from "../messages/dateFilter.ts"
import { param, type Reply, type Request } from "../request.ts"
import { notFound, refusal } from "../wireOut.ts"
import { normalParty } from "./addresses.ts"
import { type Call, type Calls, callOf } from "./calls.ts"
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
  const [to, from] = [party(param(query, "To")), party(param(query, "From"))]
  const [parent, status] = [param(query, "ParentCallSid"), param(query, "Status")]
  const fits = (call: Call): boolean =>
    call.accountSid === accountSid &&
    (to === undefined || call.made.to === to) &&
    (from === undefined || call.made.from === from) &&
    (parent === undefined || call.made.parent_call_sid === parent) &&
    (status === undefined || (call.status === "initiated" ? "queued" : call.status) === status) &&
    (started.right === undefined || within(started.right, call.answered)) &&
    (over.right === undefined || within(over.right, call.ended))
  const among = amongOf(twilio.calls, { from, parent, to })
  return list(request, twilio.calls.calls, { among, key: "calls", fits, show: (call) => callJson(twilio, call) })
}

const party = (address: string | undefined): string | undefined =>
  address === undefined ? undefined : normalParty(address)

/** The chain that is likely to be the shortest. */
const amongOf = (
  { by }: Calls,
  { from, parent, to }: Readonly<Record<"from" | "parent" | "to", string | undefined>>,
): Among | undefined => {
  if (parent !== undefined) return { chains: by.parent, key: parent }
  if (to !== undefined) return { chains: by.to, key: to }
  return from === undefined ? undefined : { chains: by.from, key: from }
}
