import { normalAddress } from "../../core/addresses.ts"
import { sid as makeSid } from "../../core/chance.ts"
import { parseE164 } from "../../core/E164.ts"
import type { ApiRequested, Credentials } from "../../core/entries.ts"
import { createCall } from "./calls/createCall.ts"
import { type ErrorCode, twilioError } from "./errors.ts"
import { createMessage } from "./messages/createMessage.ts"
import { param, type Reply, type Request } from "./request.ts"
import { bought } from "./senders/numbersResources.ts"
import type { TwilioSettings } from "./settings.ts"
import { refusal } from "./wireOut.ts"

/*
 * Twilio's test credentials: a send or a purchase is checked and answered, magic numbers with their errors, and nothing comes of
 * it: no message, no number, no callback. Source: "Test credentials".
 */

const prefix = "+1500555000"
const magicFrom: ReadonlyMap<string, ErrorCode> = new Map([
  [`${prefix}1`, 21212],
  [`${prefix}7`, 21606],
  [`${prefix}8`, 21611],
])
const magicTo: ReadonlyMap<string, ErrorCode> = new Map([
  [`${prefix}1`, 21211],
  [`${prefix}2`, 21612],
  [`${prefix}3`, 21408],
  [`${prefix}4`, 21610],
  [`${prefix}9`, 21614],
])
/** Source: "Test credentials", calls. */
const magicCallFrom: ReadonlyMap<string, ErrorCode> = new Map([[`${prefix}1`, 21212]])
const magicCallTo: ReadonlyMap<string, ErrorCode> = new Map([
  [`${prefix}1`, 21217],
  [`${prefix}2`, 21214],
  [`${prefix}3`, 21215],
  [`${prefix}4`, 21216],
])
/** The one number that test credentials may send from, and may buy. */
const good = `${prefix}6`
const magicPurchases: ReadonlyMap<string, ErrorCode> = new Map([[`${prefix}0`, 21422]])
const goodAreaCode = "500"

/** Whether a request shows the test credentials of the settings. */
export const showsTestCredentials = (auth: Credentials | undefined, { test }: TwilioSettings): boolean =>
  test !== undefined &&
  auth !== undefined &&
  "user" in auth &&
  auth.user === test.account_sid &&
  "secret" in auth.password &&
  auth.password.secret === test.auth_token.secret

/** Answers a request that shows test credentials: a send, a call, the purchase of a number, or 403 (20008). */
export const answerTest = (request: Request): Reply => {
  const { method, path } = request.entry.data
  const accountSid = request.twilio.settings.test?.account_sid ?? ""
  const below = `/2010-04-01/Accounts/${accountSid}/`
  if (method === "POST" && path === `${below}Messages.json`) return send({ ...request, accountSid })
  if (method === "POST" && path === `${below}Calls.json`) return call({ ...request, accountSid })
  if (method === "POST" && path === `${below}IncomingPhoneNumbers.json`) return purchase({ ...request, accountSid })
  return refusal(twilioError(20008))
}

const send = (request: Request): Reply => {
  const { entry, twilio } = request
  const settings = withoutLists(twilio.settings)
  const reply = createMessage({ ...request, toItself: true, twilio: { ...twilio, settings } })
  return reply.status === 201 ? (magicOf(entry.data, magicMessages) ?? untold(request, reply)) : reply
}

const call = (request: Request): Reply => {
  const { entry, twilio } = request
  const settings = withoutLists(twilio.settings)
  const reply = createCall({ ...request, twilio: { ...twilio, settings } })
  const magic = { from: magicCallFrom, to: magicCallTo, otherFrom: 21210 as const }
  return reply.status === 201 ? (magicOf(entry.data, magic) ?? untold(request, reply)) : reply
}

/** Source: "Test credentials"; of the numbers only that +15005550000 is not available was seen confirmed. */
const purchase = (request: Request): Reply => {
  const { params } = request.entry.data
  const number = param(params, "PhoneNumber")
  if (number === undefined && param(params, "AreaCode") !== undefined)
    return param(params, "AreaCode") === goodAreaCode
      ? untold(request, bought(request, good))
      : refusal(twilioError(21452))
  const asked = parseE164(number ?? "") ?? ""
  return asked === good
    ? untold(request, bought(request, good))
    : refusal(twilioError(magicPurchases.get(asked) ?? 21421))
}

/** The answer to what was done, and nothing of it. No SID of a run's own is made of a negative count: these are nobody else's. */
const untold = ({ twilio, world }: Request, { body, status, subject }: Reply): Reply => {
  if (subject === undefined) return { body, status }
  const sid = makeSid(subject.slice(0, 2), world.seed, -twilio.tested)
  return { body: body.replaceAll(subject, sid), status, subject: sid }
}

/** Nothing is queued for a test, and From is looked at here. */
const withoutLists = (settings: TwilioSettings): TwilioSettings => {
  const { carriers: _, rate: __, ...rest } = settings
  return { ...rest, validation: { ...rest.validation, check_from_numbers: false } }
}

interface Magic {
  readonly from: ReadonlyMap<string, ErrorCode>
  readonly to: ReadonlyMap<string, ErrorCode>
  /** Of a From that is none of the magic ones. */
  readonly otherFrom: ErrorCode
}
const magicMessages: Magic = { from: magicFrom, to: magicTo, otherFrom: 21606 }

const magicOf = ({ params }: ApiRequested, magic: Magic): Reply | undefined => {
  const from = normalAddress(param(params, "From") ?? "")
  const to = normalAddress(param(params, "To") ?? "")
  const code = from === good ? magic.to.get(to) : (magic.from.get(from) ?? magic.otherFrom)
  return code === undefined ? undefined : refusal(twilioError(code, { from, to }))
}
