import * as Either from "effect/Either"
import { normalAddress } from "../../../core/addresses.ts"
import { type Among, type PageStart, pageOf } from "../messagePages.ts"
import { type Message, type Messages, sentOf } from "../messages.ts"
import { linksOf, type PageToken, type Paging, pagingOf, tokensOf, unknownToken } from "../paging.ts"
import { param, type Reply, type Request } from "../request.ts"
import { listJson, messageJson, notFound, refusal } from "../wireOut.ts"
import { type DateRange, dateRange, within } from "./dateFilter.ts"

/** The message of a path; `undefined` when the account has none of this SID. */
export const messageOf = ({ twilio, accountSid }: Request, sid: string): Message | undefined => {
  const message = twilio.messages.bySid.get(sid)
  return message?.accountSid === accountSid ? message : undefined
}

/** GET …/Messages/{Sid}.json */
export const fetchMessage = (request: Request, sid: string): Reply => {
  const message = messageOf(request, sid)
  return message === undefined
    ? notFound(request)
    : { status: 200, body: messageJson(request.twilio, message), subject: sid }
}

/** GET …/Messages.json: newest first, with Twilio's paging fields; tokens stay good while messages come and go. */
export const listMessages = (request: Request): Reply => {
  const { twilio, entry, accountSid } = request
  const { path, query } = entry.data
  const paging = pagingOf(query)
  if (Either.isLeft(paging)) return refusal(paging.left)
  const sent = dateRange(query, "DateSent")
  if (Either.isLeft(sent)) return refusal(sent.left)
  const start = startOf(twilio.messages, paging.right)
  if (start === undefined) return refusal(unknownToken())
  const among = { to: filtered(param(query, "To")), from: filtered(param(query, "From")) }
  const fits = filter(twilio.messages, accountSid, among, sent.right)
  const found = pageOf(twilio.messages, start, paging.right.pageSize, fits, among)
  const tokens = tokensOf(
    found.messages.map(({ sid }) => sid),
    { more: found.older, earlier: found.newer },
  )
  return {
    status: 200,
    body: listJson({
      key: "messages",
      items: found.messages.map((message) => messageJson(twilio, message)),
      links: linksOf(path, query, paging.right),
      paging: paging.right,
      nextToken: tokens.next,
      previousToken: tokens.previous,
    }),
  }
}

const filtered = (address: string | undefined): string | undefined =>
  address === undefined ? undefined : normalAddress(address)

const filter =
  ({ bySid }: Messages, accountSid: string, { to, from }: Among, sent: DateRange | undefined) =>
  (i: number): boolean =>
    bySid.value(i, "accountSid") === accountSid &&
    (to === undefined || bySid.value(i, "to") === to) &&
    (from === undefined || bySid.value(i, "from") === from) &&
    (sent === undefined || within(sent, sentAt(bySid, i)))

const sentAt = (bySid: Messages["bySid"], i: number): number | undefined =>
  sentOf({ created: bySid.value(i, "created") as number, sentAfter: bySid.value(i, "sentAfter") })

const startOf = (messages: Messages, { page, pageSize, token }: Paging): PageStart | undefined => {
  if (token === undefined) return { _tag: "Newest", skip: page * pageSize }
  const n = placeOf(messages, token)
  return n === undefined ? undefined : { _tag: token.way === "after" ? "After" : "Before", n }
}

/** The place of a token's message, which may be deleted by now. */
const placeOf = ({ bySid, deleted }: Messages, { sid }: PageToken): number | undefined =>
  bySid.get(sid)?.n ?? deleted.get(sid)
