import type { Draft } from "../core/Entry.ts"
import type { Pair } from "../core/entries.ts"
import { type Detail, type Reply, type Request, refused } from "./answers.ts"
import { composed, conversationFor, languageBy, receivedId } from "./conversing.ts"
import { conversationReopened, type MessageReceived, messageReceived, statusReceived } from "./entries.ts"
import { detect } from "./language/detect.ts"
import { beginLookup, lookupDue } from "./lookup.ts"
import { canonicalOf } from "./numbers.ts"
import { sidForm, statusCallbackOf } from "./sending.ts"
import { conversationsSettings } from "./settings.ts"
import { messageOf, messageWith } from "./state.ts"
import { moves, statusOf } from "./statuses.ts"
import { emptyTwiml, replyTwiml, twimlType } from "./wireOut.ts"

/*
 * The carrier tells of messages that came in, and of what becomes of those that went out.
 *
 * 1. Only what comes from an address that is allowed, and is signed where the settings ask for it, is looked at (403).
 * 2. A webhook that was here before is answered 200 and changes nothing: a message by its SID, a status by SID and status.
 * 3. The answer comes at once; whatever else has to be done is done by requests of its own.
 * 4. A status never moves a message back; one of a SID that nobody has yet is kept, and tied when the SID is known.
 */

/** Why a webhook is not looked at. */
export const unwelcome = (request: Request): Reply | undefined => {
  const { peer, signature } = request.entry.data
  if (peer === "refused") return refused(request, "sms.forbidden", "webhooks are not taken from this address")
  if (conversationsSettings(request.world).signatures === "off" || signature === "valid") return undefined
  return refused(
    request,
    "sms.forbidden",
    signature === "invalid"
      ? "the signature is not that of this request: X-Twilio-Signature has to be made with the account's auth token of the URL as it was requested"
      : "the request is not signed: X-Twilio-Signature is missing",
  )
}

/** The first value of a parameter; empty ones count as missing. */
const param = (pairs: ReadonlyArray<Pair>, ...names: ReadonlyArray<string>): string | undefined =>
  pairs.find(([name, value]) => names.includes(name) && value !== "")?.[1]

const twiml = (body: string, rest: Omit<Reply, "status" | "body" | "contentType"> = {}): Reply => ({
  status: 200,
  body,
  contentType: twimlType,
  ...rest,
})

const invalid = (request: Request, details: ReadonlyArray<Detail>): Reply =>
  refused(
    request,
    "sms.validation_error",
    details.map(({ field, message }) => `${field} ${message}`).join("; "),
    details,
  )

const sidDetail = { field: "MessageSid", message: "has to be SM or MM and 32 hexadecimal digits" }

/** `POST /webhook/twilio/sms`: a message has come in. */
export const smsWebhook = (request: Request): Reply => {
  const { conversations, entry, world } = request
  const { params } = entry.data
  const sid = param(params, "MessageSid", "SmsMessageSid", "SmsSid")
  const [from, to] = [param(params, "From"), param(params, "To")]
  const number = from === undefined ? undefined : canonicalOf(from)
  if (sid === undefined || !sidForm.test(sid) || from === undefined || number === undefined || to === undefined)
    return invalid(request, [
      ...(sid !== undefined && sidForm.test(sid) ? [] : [sidDetail]),
      ...(number !== undefined
        ? []
        : [{ field: "From", message: "has to be a phone number, a short code or a sender's name" }]),
      ...(to !== undefined ? [] : [{ field: "To", message: "is missing" }]),
    ])
  const known = messageWith(conversations, sid)
  if (known !== undefined) return twiml(emptyTwiml, { subject: known.id })
  const found = conversationFor(world.seed, conversations, number, from)
  const id = receivedId(world.seed, conversations, sid)
  const body = param(params, "Body") ?? ""
  const detected = detect(body)
  const received: MessageReceived = {
    body,
    confidence_bp: detected.confidence,
    conversation: found.id,
    from,
    language: detected.language,
    num_media: mediaOf(params),
    sid,
    to,
  }
  const { reply } = conversationsSettings(world)
  const answer =
    reply === undefined ? undefined : composed(world.seed, found, { body: reply, from: to, to: from, via: "webhook" })
  const drafts: ReadonlyArray<Draft> = [
    ...found.drafts,
    messageReceived.draft(id, received),
    ...(found.conversation?.status === "closed" ? [conversationReopened.draft(found.id, { by: "message" })] : []),
    ...languageBy(found, id, detected),
    ...(found.conversation === undefined
      ? [beginLookup({ id: found.id, lookups: 0, number, original: from })]
      : lookupDue(world, found.conversation)),
    ...(answer === undefined ? [] : [answer]),
  ]
  const text = answer === undefined ? emptyTwiml : replyTwiml(answer.data.body, statusCallbackOf(world, answer.subject))
  return twiml(text, { drafts, subject: id })
}

const mediaOf = (params: ReadonlyArray<Pair>): number => {
  const n = Number(param(params, "NumMedia") ?? "0")
  return Number.isInteger(n) && n >= 0 && n <= mediaMax ? n : 0
}
const mediaMax = 10

/** `POST /webhook/twilio/status`: something has become of a message. `?message=` names it, where it was sent from here. */
export const statusWebhook = (request: Request): Reply => {
  const { conversations, entry } = request
  const { params, query } = entry.data
  const sid = param(params, "MessageSid", "SmsSid")
  const named = param(params, "MessageStatus", "SmsStatus")
  const status = named === undefined ? undefined : statusOf(named)
  if (sid === undefined || !sidForm.test(sid) || status === undefined)
    return invalid(request, [
      ...(sid !== undefined && sidForm.test(sid) ? [] : [sidDetail]),
      ...(status !== undefined ? [] : [{ field: "MessageStatus", message: "has to be one of Twilio's statuses" }]),
    ])
  const message = messageWith(conversations, sid) ?? sentAs(request, param(query, "message"))
  const before = message === undefined ? (conversations.untied.get(sid) ?? []) : message.statuses
  if (before.some((seen) => seen.status === status)) return twiml(emptyTwiml, { subject: message?.id ?? sid })
  const code = param(params, "ErrorCode")
  const draft = statusReceived.draft(message?.id ?? sid, {
    ...(code === undefined || code === "0" ? {} : { error_code: code.slice(0, codeLengthMax) }),
    ...(message !== undefined && moves(message.status, status) ? { moves: true } : {}),
    sid,
    status,
  })
  return twiml(emptyTwiml, { drafts: [draft], subject: message?.id ?? sid })
}
const codeLengthMax = 20

/** A message that was sent from here and has no SID yet. */
const sentAs = ({ conversations }: Request, id: string | undefined) => {
  const message = id === undefined ? undefined : messageOf(conversations, id)
  return message?.direction === "outbound" && message.sid === "" ? message : undefined
}
