import * as Either from "effect/Either"
import { channelOf, isSender, normalAddress, parseAddress } from "../../../core/addresses.ts"
import { sid as makeSid } from "../../../core/chance.ts"
import { type MessageCreated, messageCreated } from "../../delivery/entries.ts"
import { segments } from "../../delivery/segments.ts"
import { applicationOf, mayName } from "../applications/applications.ts"
import { type ErrorCode, isErrorCode, type TwilioError, twilioError } from "../errors.ts"
import { newMessage, nextPlace } from "../messages.ts"
import { blocked } from "../optOut/keywordRules.ts"
import type { Reply, Request } from "../request.ts"
import { knownAccount, maySendFrom } from "../senders/ownership.ts"
import type { Twilio } from "../state.ts"
import { messageValues, refusal, templateError } from "../wireOut.ts"
import { type Given, givenIn, isTrue, mediaOf, named } from "./givenParameters.ts"
import { hasServices, isServiceSid, serviceOf } from "./messagingService.ts"
import { outcomeFor, priceOf, queuePlan, segmentsOf } from "./planning.ts"
import { unacceptableRarely, validityOf } from "./rareParameters.ts"
import { scheduleOf } from "./scheduling.ts"

/** Characters of a message's body. Source: error 21617. */
const bodyLengthMax = 1600
/** Characters of a To or From of any form, checked or not; no more of one is told again. */
const addressLengthMax = 500
/** Characters of a callback URL. Source: error 21609. */
const urlLengthMax = 4000

/**
 * POST …/Messages.json: sends a message.
 *
 * Checks in this order, the first three switchable: required parameters, number format, From numbers; then what Twilio always
 * checks. What becomes of the message is decided here and kept in `message.created`.
 */
export const createMessage = (request: Request): Reply => {
  const given = givenIn(request.entry.data.params)
  return (
    missing(request, given) ??
    malformed(request, given) ??
    notOwned(request, given) ??
    unacceptable(request, given) ??
    create(request, given)
  )
}

const missing = ({ twilio }: Request, given: Given): Reply | undefined => {
  if (!twilio.settings.validation.require_parameters) return undefined
  const content = given.body ?? mediaOf(given)[0] ?? named(given, "ContentSid")
  if ((given.from ?? given.service) === undefined) return absent(twilio, "From", 21603)
  if (given.to === undefined) return absent(twilio, "To", 21604)
  return content === undefined ? absent(twilio, "Body", 21602) : undefined
}

const absent = (twilio: Twilio, parameter: "From" | "To" | "Body", code: ErrorCode): Reply => {
  const one = twilio.settings.missing_parameter_code ?? code
  if (one === code || !isErrorCode(one))
    return { status: 400, body: templateError(twilio, "missing_parameter", code, { parameter }) }
  // The code's own text names another parameter.
  const message = `The required parameter '${parameter}' is missing.`
  return { status: 400, body: templateError(twilio, "missing_parameter", one, { parameter }, message) }
}

const malformed = ({ twilio }: Request, { to, from }: Given): Reply | undefined => {
  const { allowedFrom, settings } = twilio
  const isNone = (address: string, hasForm: (address: string) => boolean) =>
    address.length > addressLengthMax || (settings.validation.validate_phone_format && !hasForm(address))
  const refused = (field: "To" | "From", code: 21211 | 21212, given: string): Reply => {
    const number = given.slice(0, addressLengthMax)
    const values = { field, number, [field.toLowerCase()]: number }
    return { status: 400, body: templateError(twilio, "invalid_phone_number", code, values) }
  }
  if (to !== undefined && isNone(to, isNumber)) return refused("To", 21211, to)
  // A sender that the settings name is taken as it is.
  if (from !== undefined && !allowedFrom.has(from) && isNone(from, isSender)) return refused("From", 21212, from)
  return undefined
}

const isNumber = (address: string): boolean => parseAddress(address) !== undefined

/** A From beside a service is one of its pool, which need be no number of the account. */
const notOwned = ({ accountSid, twilio }: Request, { from, service }: Given): Reply | undefined => {
  const { settings } = twilio
  if (!settings.validation.check_from_numbers || from === undefined) return undefined
  if (service !== undefined && hasServices(twilio)) return undefined
  if (maySendFrom(twilio, accountSid, from) || maySendFrom(twilio, accountSid, normalAddress(from))) return undefined
  const values = { from, from_number: from, sid: knownAccount(twilio, accountSid) }
  return { status: 400, body: templateError(twilio, "invalid_from_number", settings.from_not_owned_code, values) }
}

/** What Twilio refuses whatever the settings say. */
const unacceptable = (request: Request, given: Given): Reply | undefined => {
  const { body, callback, from, service, to } = given
  const { twilio } = request
  const unusable = service === undefined ? undefined : unusableService(request, service, from)
  if (unusable !== undefined) return unusable
  if (from !== undefined && to !== undefined) {
    if (channelOf(from) !== channelOf(to)) return refusal(twilioError(21910))
    if (request.toItself !== true && normalAddress(from) === normalAddress(to))
      return refusal(twilioError(21266, { to }))
    // Where a service sends, it shows when the message would be sent.
    if (service === undefined && blocked(twilio, normalAddress(from), normalAddress(to)))
      return refusal(twilioError(21610))
  }
  if (body !== undefined && isTooLong(body)) return refusal(twilioError(21617))
  if (callback !== undefined && !isCallbackUrl(callback))
    return refusal(twilioError(21609, { url: callback.slice(0, 500) }))
  const error = given.rare === undefined ? undefined : unacceptableRarely(given)
  if (error !== undefined) return refusal(error)
  const application = named(given, "ApplicationSid")
  return application === undefined || mayName(twilio.applications, request.accountSid, application)
    ? undefined
    : refusal(twilioError(21218))
}

/** Why a service cannot send a message. That none of its senders reaches the recipient shows later. */
const unusableService = ({ accountSid, twilio }: Request, sid: string, from: string | undefined): Reply | undefined => {
  if (!isServiceSid(sid)) return refusal(twilioError(21705, { sid: sid.slice(0, addressLengthMax) }))
  const service = serviceOf(twilio, accountSid, sid)
  if (service === undefined) return refusal(twilioError(21701))
  if (service.isEmpty) return refusal(twilioError(21704))
  return from === undefined || service.has(from) || service.has(normalAddress(from))
    ? undefined
    : refusal(twilioError(21711))
}

/** Counted in characters, which are at most as many as code units. */
const isTooLong = (body: string): boolean => body.length > bodyLengthMax && [...body].length > bodyLengthMax

/** Twilio takes no host with an underscore; one without a dot is a name of this machine's networks and is taken. */
const isCallbackUrl = (url: string): boolean => {
  if (url === goodUrl) return true
  const isGood = mayBeCalled(url)
  if (isGood) goodUrl = url
  return isGood
}

/** The last that was found good: an application has one for all its messages. */
let goodUrl: string | undefined

const mayBeCalled = (url: string): boolean =>
  url.length <= urlLengthMax &&
  /^https?:\/\//i.test(url) &&
  URL.canParse(url) &&
  !(url.includes("_") && /_.*\.|\..*_/.test(new URL(url).hostname))

/** The answer to a send, by its template: the message as it will be once its entry is in the world. */
const created = ({ twilio, entry }: Request, sid: string, data: MessageCreated): string => {
  const message = newMessage(sid, nextPlace(twilio.messages), entry.at, data)
  return twilio.templates.send_sms_success.render(messageValues(message), entry.data.params)
}

const create = (request: Request, given: Given): Reply => {
  const { twilio, entry, accountSid } = request
  const plain = given.rare === undefined && given.service === undefined
  const prefix = !plain && (mediaOf(given).length > 0 || isTrue(given, "SendAsMms")) ? "MM" : "SM"
  const sid = makeSid(prefix, request.world.seed, nextPlace(twilio.messages))
  const making = { accountSid, at: entry.at, sid }
  const data = plain ? plainMessage(twilio, given, making) : rareMessage(twilio, given, making)
  if (Either.isLeft(data)) return refusal(data.left)
  const message = data.right
  return {
    status: 201,
    body: created(request, sid, message),
    subject: sid,
    drafts: [messageCreated.draft(sid, message)],
  }
}

/** A message that is being made. */
interface Making {
  readonly accountSid: string
  readonly at: number
  readonly sid: string
}

type Made = Either.Either<MessageCreated, TwilioError>

/** Most messages: To, From, Body and perhaps a StatusCallback. */
const plainMessage = (twilio: Twilio, given: Given, { accountSid, at, sid }: Making): Made => {
  const body = given.body ?? ""
  const from = normalAddress(given.from ?? "")
  const to = normalAddress(given.to ?? "")
  const num_segments = segments(body).count
  const joining = { from, numSegments: num_segments, validityMs: undefined }
  const plan = queuePlan(twilio, outcomeFor(twilio, to, sid), joining, at)
  if (plan === undefined) return queueFull
  return Either.right({
    account_sid: accountSid,
    body,
    direction: "outbound-api",
    from,
    num_media: 0,
    num_segments,
    plan,
    ...priceOf(twilio.settings, num_segments),
    status: "queued",
    ...(given.callback === undefined ? {} : { status_callback: given.callback }),
    to,
  })
}

const queueFull: Made = Either.left(twilioError(21611))

/** Where the application that a send names is told of its messages. */
const reportsBy = ({ applications }: Twilio, given: Given, accountSid: string): string | undefined =>
  applicationOf(applications, accountSid, named(given, "ApplicationSid") ?? "")?.config.message_status_callback ||
  undefined

/** A message with parameters of which most have none. One of a service has no sender yet, and is in no queue. */
const rareMessage = (twilio: Twilio, given: Given, { accountSid, at, sid }: Making): Made => {
  const sendAt = scheduleOf(given, twilio, at)
  if (Either.isLeft(sendAt)) return Either.left(sendAt.left)
  const service = given.service === undefined ? undefined : serviceOf(twilio, accountSid, given.service)
  const body = given.body ?? ""
  const from = normalAddress(given.from ?? "")
  const to = normalAddress(given.to ?? "")
  const media = mediaOf(given)
  const mms = media.length > 0 || isTrue(given, "SendAsMms")
  const smart = service?.smartEncoded || isTrue(given, "SmartEncoded")
  const counted = segmentsOf(body, { smart, mms })
  const validityMs = validityOf(given) ?? service?.validityMs
  const callback = given.callback ?? reportsBy(twilio, given, accountSid) ?? service?.statusCallback
  const outcome = outcomeFor(twilio, to, sid)
  const plan =
    service === undefined ? queuePlan(twilio, outcome, { from, numSegments: counted, validityMs }, at) : outcome
  if (plan === undefined) return queueFull
  const { media: source } = twilio.settings
  return Either.right({
    account_sid: accountSid,
    body,
    direction: "outbound-api",
    from,
    ...(media.length === 0 || source === undefined ? {} : { media }),
    ...(service === undefined ? {} : { messaging_service_sid: service.sid }),
    num_media: media.length,
    num_segments: service === undefined || mms ? counted : 0,
    plan,
    ...(service === undefined ? priceOf(twilio.settings, counted) : {}),
    ...(sendAt.right === undefined ? {} : { send_at: sendAt.right }),
    ...(smart ? { smart_encoded: true } : {}),
    status: service === undefined ? "queued" : sendAt.right === undefined ? "accepted" : "scheduled",
    ...(callback === undefined ? {} : { status_callback: callback }),
    to,
    ...(validityMs === undefined ? {} : { validity_ms: validityMs }),
  })
}
