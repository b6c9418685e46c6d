import { parseE164 } from "../../../core/E164.ts"
import type { Pair } from "../../../core/entries.ts"
import { twilioError } from "../errors.ts"
import { type Message, type PageStart, pageOf } from "../messages.ts"
import { param, type Reply, type Request } from "../request.ts"
import { listJson, messageJson, refusal } from "../wireOut.ts"

const pageSizeDefault = 50
const pageSizeMax = 1000

/** GET …/Messages/{Sid}.json */
export const fetchMessage = ({ twilio, entry, accountSid }: Request, sid: string): Reply => {
  const message = twilio.messages.bySid.get(sid)
  return message === undefined || message.accountSid !== accountSid
    ? refusal(twilioError(20404, { path: entry.data.path.slice(0, 500) }))
    : { status: 200, body: messageJson(twilio, message), subject: sid }
}

/** GET …/Messages.json: newest first, with Twilio's paging fields; tokens stay good while new messages arrive. */
export const listMessages = ({ twilio, entry, accountSid }: Request): Reply => {
  const { path, query } = entry.data
  const pageSize = wholeNumber(param(query, "PageSize"), pageSizeDefault, 1, pageSizeMax)
  const page = wholeNumber(param(query, "Page"), 0, 0, Number.MAX_SAFE_INTEGER / pageSizeMax)
  if (pageSize === undefined) return badPaging(`PageSize is no whole number from 1 to ${pageSizeMax}`)
  if (page === undefined) return badPaging("Page is no whole number from 0")
  const token = param(query, "PageToken")
  const start = token === undefined ? newest(page * pageSize) : fromToken(twilio.messages.bySid, token)
  if (start === undefined) return badPaging("PageToken is none that this account's list has given")
  const to = param(query, "To")
  const from = param(query, "From")
  const fits = (message: Message) =>
    message.accountSid === accountSid &&
    (to === undefined || message.to === normal(to)) &&
    (from === undefined || message.from === normal(from))
  const found = pageOf(twilio.messages, start, pageSize, fits)
  const repeated = query.filter(([name]) => name !== "Page" && name !== "PageToken" && name !== "PageSize")
  return {
    status: 200,
    body: listJson({
      key: "messages",
      items: found.messages.map((message) => messageJson(twilio, message)),
      path,
      query: queryText([...repeated, ["PageSize", String(pageSize)]]),
      page,
      pageSize,
      nextToken: found.older ? tokenOf("PA", found.messages.at(-1)) : undefined,
      previousToken: found.newer ? tokenOf("PB", found.messages[0]) : undefined,
      self: `${path}?${queryText([...repeated, ["PageSize", String(pageSize)], ["Page", String(page)], ...query.filter(([name]) => name === "PageToken")])}`,
    }),
  }
}

const newest = (skip: number): PageStart => ({ _tag: "Newest", skip })

/** `PA` + SID: after (older than) that message; `PB` + SID: before (newer than) it. */
const fromToken = (bySid: ReadonlyMap<string, Message>, token: string): PageStart | undefined => {
  const message = bySid.get(token.slice(2))
  if (message === undefined) return undefined
  return token.startsWith("PA")
    ? { _tag: "After", message }
    : token.startsWith("PB")
      ? { _tag: "Before", message }
      : undefined
}

const tokenOf = (way: "PA" | "PB", message: Message | undefined): string | undefined =>
  message === undefined ? undefined : way + message.sid

const badPaging = (reason: string): Reply => refusal(twilioError(20400, { reason }))

const wholeNumber = (text: string | undefined, otherwise: number, min: number, max: number): number | undefined => {
  if (text === undefined) return otherwise
  const n = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN
  return n >= min && n <= max ? n : undefined
}

const queryText = (pairs: ReadonlyArray<Pair>): string =>
  pairs
    .map(([name, value]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(value.toWellFormed())}`)
    .join("&")

const normal = (number: string): string => parseE164(number) ?? number
