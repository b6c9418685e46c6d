import { sid as makeSid } from "../../core/chance.ts"
import type { ApiRequested, Credentials } from "../../core/entries.ts"
import { type ErrorCode, twilioError } from "./errors.ts"
import { normalAddress } from "./messages/addresses.ts"
import { createMessage } from "./messages/createMessage.ts"
import { param, type Reply, type Request } from "./request.ts"
import type { TwilioSettings } from "./settings.ts"
import { refusal } from "./wireOut.ts"

/*
 * Twilio's test credentials: a send is checked and answered, magic numbers with their errors, and nothing comes of it: no message, no
 * callback. Source: "Test credentials".
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
/** The one number that test credentials may send from. */
const goodFrom = `${prefix}6`

/** Whether a request shows the test credentials of the settings. */
export const showsTestCredentials = (auth: Credentials | undefined, { test }: TwilioSettings): boolean =>
  test !== undefined &&
  auth !== undefined &&
  "user" in auth &&
  auth.user === test.account_sid &&
  "secret" in auth.password &&
  auth.password.secret === test.auth_token.secret

/** Answers a request that shows test credentials: a send, or 403 (20008). */
export const answerTest = (request: Request): Reply => {
  const { twilio, entry, world } = request
  const { data } = entry
  const accountSid = twilio.settings.test?.account_sid ?? ""
  if (data.method !== "POST" || data.path !== `/2010-04-01/Accounts/${accountSid}/Messages.json`)
    return refusal(twilioError(20008))
  const settings = withoutLists(twilio.settings)
  const reply = createMessage({ ...request, accountSid, twilio: { ...twilio, settings } })
  if (reply.status !== 201 || reply.subject === undefined) return reply
  const magic = magicOf(data)
  if (magic !== undefined) return magic
  // No number of a run's own messages is negative: these SIDs are nobody else's.
  const sid = makeSid(reply.subject.slice(0, 2), world.seed, -twilio.tested)
  return { status: 201, body: reply.body.replaceAll(reply.subject, sid), subject: sid }
}

/** Nothing is queued for a test, and From is looked at here. */
const withoutLists = (settings: TwilioSettings): TwilioSettings => {
  const { carriers: _, rate: __, ...rest } = settings
  return { ...rest, validation: { ...rest.validation, check_from_numbers: false } }
}

const magicOf = ({ params }: ApiRequested): Reply | undefined => {
  const from = normalAddress(param(params, "From") ?? "")
  const to = normalAddress(param(params, "To") ?? "")
  const code = from === goodFrom ? magicTo.get(to) : (magicFrom.get(from) ?? 21606)
  return code === undefined ? undefined : refusal(twilioError(code, { from, to }))
}
