import { sid as makeSid } from "../../../core/chance.ts"
import { parseE164 } from "../../../core/E164.ts"
import type { Draft } from "../../../core/Entry.ts"
import { type MessageCreated, messageCreated, type Plan } from "../../delivery/entries.ts"
import { segments } from "../../delivery/segments.ts"
import { type ErrorCode, isErrorCode, twilioError } from "../errors.ts"
import { newMessage, nextPlace } from "../messages.ts"
import { param, type Reply, type Request } from "../request.ts"
import { knownAccount, maySendFrom } from "../senders/ownership.ts"
import { messageValues, refusal, templateError } from "../wireOut.ts"

/** Characters of a message's body. Source: error 21617. */
const bodyLengthMax = 1600
/** Characters of a To or From of any form, checked or not; no more of one is told again. */
const addressLengthMax = 500
/** Characters of a callback URL. Source: error 21609. */
const urlLengthMax = 4000

/**
 * POST …/Messages.json: sends a message.
 *
 * Checks in this order, each switchable: required parameters, number format, From numbers; then what Twilio always
 * checks. What becomes of the message is decided here and kept in `message.created`.
 */
export const createMessage = (request: Request): Reply => {
  const { params } = request.entry.data
  const given = {
    to: param(params, "To"),
    from: param(params, "From"),
    body: param(params, "Body"),
    media: param(params, "MediaUrl"),
    callback: param(params, "StatusCallback"),
  }
  return (
    missing(request, given) ??
    malformed(request, given) ??
    notOwned(request, given.from) ??
    unacceptable(given) ??
    create(request, given)
  )
}

interface Given {
  readonly to: string | undefined
  readonly from: string | undefined
  readonly body: string | undefined
  readonly media: string | undefined
  readonly callback: string | undefined
}

const missing = ({ twilio }: Request, given: Given): Reply | undefined => {
  if (!twilio.settings.validation.require_parameters) return undefined
  const required = [
    ["From", 21603, given.from],
    ["To", 21604, given.to],
    ["Body", 21602, given.body ?? given.media],
  ] as const
  const absent = required.find(([, , value]) => value === undefined)
  if (absent === undefined) return undefined
  const [parameter, code] = absent
  const one = twilio.settings.missing_parameter_code ?? code
  const known: ErrorCode = isErrorCode(one) ? one : code
  return { status: 400, body: templateError(twilio, "missing_parameter", known, { parameter }) }
}

const malformed = ({ twilio }: Request, { to, from }: Given): Reply | undefined => {
  const { allowedFrom, settings } = twilio
  const isNone = (number: string) =>
    number.length > addressLengthMax || (settings.validation.validate_phone_format && parseE164(number) === undefined)
  const refused = (field: "To" | "From", code: 21211 | 21212, given: string): Reply => {
    const number = given.slice(0, addressLengthMax)
    const values = { field, number, [field.toLowerCase()]: number }
    return { status: 400, body: templateError(twilio, "invalid_phone_number", code, values) }
  }
  if (to !== undefined && isNone(to)) return refused("To", 21211, to)
  // A sender that the settings name is taken as it is: a short code has no E.164 form.
  if (from !== undefined && !allowedFrom.has(from) && isNone(from)) return refused("From", 21212, from)
  return undefined
}

const notOwned = ({ accountSid, twilio }: Request, from: string | undefined): Reply | undefined => {
  const { settings } = twilio
  if (!settings.validation.check_from_numbers || from === undefined) return undefined
  if (maySendFrom(twilio, accountSid, from) || maySendFrom(twilio, accountSid, normal(from))) return undefined
  const values = { from, from_number: from, sid: knownAccount(twilio, accountSid) }
  return { status: 400, body: templateError(twilio, "invalid_from_number", settings.from_not_owned_code, values) }
}

const unacceptable = ({ body, callback }: Given): Reply | undefined => {
  if (body !== undefined && [...body].length > bodyLengthMax) return refusal(twilioError(21617))
  if (callback !== undefined && !isCallbackUrl(callback))
    return refusal(twilioError(21609, { url: callback.slice(0, 500) }))
  return undefined
}

const isCallbackUrl = (url: string): boolean =>
  url.length <= urlLengthMax && /^https?:\/\//i.test(url) && URL.canParse(url)

const normal = (number: string): string => parseE164(number) ?? number

const create = (request: Request, given: Given): Reply => {
  const { world, twilio, entry, accountSid } = request
  const { params } = entry.data
  const numMedia = params.filter(([name, value]) => name === "MediaUrl" && value !== "").length
  const sid = makeSid(numMedia === 0 ? "SM" : "MM", world.seed, nextPlace(twilio.messages))
  const to = normal(given.to ?? "")
  const body = given.body ?? ""
  const data: MessageCreated = {
    account_sid: accountSid,
    body,
    direction: "outbound-api",
    from: normal(given.from ?? ""),
    num_media: numMedia,
    num_segments: segments(body).count,
    plan: planFor(request, to),
    status: "queued",
    ...(given.callback === undefined ? {} : { status_callback: given.callback }),
    to,
  }
  const drafts: ReadonlyArray<Draft> = [messageCreated.draft(sid, data)]
  return { status: 201, body: created(request, sid, data), subject: sid, drafts }
}

/** What will become of a message to this number: the failure list, the registered list, then the default. */
const planFor = ({ twilio }: Request, to: string): Plan => {
  const { settings, failing, registered } = twilio
  const fails = failing.has(to) || (!registered.has(to) && settings.default_behavior === "failure")
  const { delay_ms } = settings.callbacks
  return fails
    ? { delay_ms, error_code: settings.failure_error_code, outcome: "failed" }
    : { delay_ms, outcome: "delivered" }
}

/** The answer to a send, by its template: the message as it will be once its entry is in the world. */
const created = ({ twilio, entry }: Request, sid: string, data: MessageCreated): string => {
  const message = newMessage(sid, nextPlace(twilio.messages), entry.at, data)
  return twilio.templates.send_sms_success.render({ ...messageValues(message), request: entry.data.params })
}
