import * as Either from "effect/Either"
import { sid as makeSid } from "../../../core/chance.ts"
import { raised } from "../alerts/alerts.ts"
import { applicationOf } from "../applications/applications.ts"
import { type ErrorCode, isErrorCode, type TwilioError, twilioError } from "../errors.ts"
import { param, type Reply, type Request } from "../request.ts"
import { ownedNumber } from "../senders/numbers.ts"
import { knownAccount, maySendFrom } from "../senders/ownership.ts"
import type { Twilio } from "../state.ts"
import { refusal, templateError } from "../wireOut.ts"
import { addressLengthMax, isNumber, normalParty, parseParty } from "./addresses.ts"
import { fateOf, minutePrice, queueTime } from "./callees.ts"
import { newCall } from "./calls.ts"
import { type CallCreated, type CallPlan, callCreated } from "./entries.ts"
import {
  callEvents,
  detectionIn,
  digitsIn,
  instructionsIn,
  recordIn,
  reportsIn,
  timeLimitMsDefault,
  timesIn,
} from "./givenParameters.ts"
import { type Handled, handledBy } from "./handledBy.ts"
import { callValues } from "./wire.ts"

/**
 * POST …/Calls.json: calls somebody.
 *
 * Checks in this order, the first three switchable: required parameters, number format, From numbers; then what Twilio always
 * checks. What becomes of the call is decided here and kept in `call.created`.
 */
export const createCall = (request: Request): Reply => {
  const { params } = request.entry.data
  const parties = { from: param(params, "From"), to: param(params, "To") }
  return (
    missing(request, parties) ?? malformed(request, parties) ?? notOwned(request, parties) ?? create(request, parties)
  )
}

interface Parties {
  readonly from: string | undefined
  readonly to: string | undefined
}

const missing = ({ entry, twilio }: Request, { from, to }: Parties): Reply | undefined => {
  if (!twilio.settings.validation.require_parameters) return undefined
  const { params } = entry.data
  if (to === undefined) return absent(twilio, "To", 21201)
  if (from === undefined) return absent(twilio, "From", 21213)
  const instructed = ["Url", "Twiml", "ApplicationSid"].some((name) => param(params, name) !== undefined)
  return instructed ? undefined : absent(twilio, "Url", 21205)
}

const absent = (twilio: Twilio, parameter: "From" | "To" | "Url", code: ErrorCode): Reply => {
  const one = twilio.settings.missing_parameter_code ?? code
  return {
    status: 400,
    body: templateError(twilio, "missing_parameter", isErrorCode(one) ? one : code, { parameter }),
  }
}

const malformed = ({ twilio }: Request, { from, to }: Parties): Reply | undefined => {
  const { allowedFrom, settings } = twilio
  const isNone = (address: string) =>
    address.length > addressLengthMax ||
    (settings.validation.validate_phone_format && parseParty(address) === undefined)
  const refused = (field: "To" | "From", code: 21211 | 21212, given: string): Reply => {
    const number = given.slice(0, addressLengthMax)
    const values = { field, number, [field.toLowerCase()]: number }
    return { status: 400, body: templateError(twilio, "invalid_phone_number", code, values) }
  }
  if (to !== undefined && isNone(to)) return refused("To", 21211, to)
  if (from !== undefined && !allowedFrom.has(from) && isNone(from)) return refused("From", 21212, from)
  return undefined
}

const notOwned = (request: Request, { from }: Parties): Reply | undefined => {
  const { accountSid, twilio } = request
  if (!twilio.settings.validation.check_from_numbers || from === undefined) return undefined
  if (mayCallFrom(twilio, accountSid, from)) return undefined
  const values = { from, from_number: from, sid: knownAccount(twilio, accountSid) }
  return { status: 400, body: templateError(twilio, "invalid_from_number", 21210, values) }
}

/** Whether an account may call from an address: clients and SIP users are nobody's. */
export const mayCallFrom = (twilio: Twilio, accountSid: string, from: string): boolean =>
  !isNumber(normalParty(from)) ||
  maySendFrom(twilio, accountSid, from) ||
  maySendFrom(twilio, accountSid, normalParty(from))

/**
 * Who says what a call hears and is told of it: the parameters, or an application, which takes the place of all of these. Events that are none are
 * given aside.
 *
 * Refuses an application that the account does not have, or that has no `VoiceUrl` (21218)
 * Source  OpenAPI, ApplicationSid and what it makes ignored of CreateCall; that Url and Twiml are, too, is not documented there
 */
const handledIn = ({
  accountSid,
  entry,
  twilio,
}: Request): Either.Either<Handled & { readonly unknown: ReadonlyArray<string> }, TwilioError> =>
  Either.gen(function* () {
    const { params } = entry.data
    const named = param(params, "ApplicationSid")
    if (named !== undefined) {
      const handled = handledBy(applicationOf(twilio.applications, accountSid, named)?.config ?? {})
      if (handled.instructions.url === undefined) return yield* Either.left(twilioError(21218))
      return { ...handled, unknown: [] }
    }
    const instructions = yield* instructionsIn(params)
    const told = yield* reportsIn(params, "StatusCallback", callEvents)
    return {
      instructions: instructions ?? {},
      ...(told === undefined ? {} : { reports: told.reports }),
      unknown: told?.unknown ?? [],
    }
  })

/** What is asked for, once nothing is wrong with it. */
const read = (
  request: Request,
  { from, to }: Parties,
): Either.Either<{ readonly made: CallCreated; readonly unknown: ReadonlyArray<string> }, TwilioError> =>
  Either.gen(function* () {
    const { accountSid, entry, twilio } = request
    const { params } = entry.data
    const { instructions, reports, unknown } = yield* handledIn(request)
    const send_digits = yield* digitsIn(params)
    const times = yield* timesIn(params)
    const record = yield* recordIn(params)
    const detection = yield* detectionIn(params)
    const caller = normalParty(from ?? "")
    const called = normalParty(to ?? "")
    const number = ownedNumber(twilio.senders, caller)?.sid
    const { plan, script } = fateOf(twilio, called, { wait: queueTime(twilio, accountSid, entry.at) })
    const made: CallCreated = {
      account_sid: accountSid,
      direction: "outbound-api",
      from: caller,
      instructions,
      ...(detection === undefined ? {} : { machine_detection: detection }),
      ...(number?.startsWith("PN") ? { phone_number_sid: number } : {}),
      plan: ringing(plan, times.timeout_ms),
      price_micros: minutePrice(twilio),
      ...(record === undefined ? {} : { record }),
      ...(reports === undefined ? {} : { reports }),
      ...(script === undefined ? {} : { script }),
      ...(send_digits === undefined ? {} : { send_digits }),
      status: "queued",
      time_limit_ms: times.time_limit_ms ?? timeLimitMsDefault,
      timeout_ms: times.timeout_ms,
      to: called,
    }
    return { made, unknown }
  })

/** A plan, or that of a call which stops ringing before anything becomes of it. */
export const ringing = (plan: CallPlan, timeoutMs: number): CallPlan =>
  plan.outcome === "no-answer" || plan.rings_ms >= timeoutMs
    ? { ...plan, outcome: "no-answer", rings_ms: timeoutMs }
    : plan

const create = (request: Request, parties: Parties): Reply => {
  const { accountSid, entry, twilio, world } = request
  const asked = read(request, parties)
  if (Either.isLeft(asked)) return refusal(asked.left)
  const { made, unknown } = asked.right
  const sid = makeSid("CA", world.seed, twilio.calls.count)
  // Source: a fixture of a live answer: a call that is made has no dates yet.
  const values = { ...callValues(newCall(sid, entry.at, made)), date_created: null, date_updated: null }
  const about = { accountSid, resourceSid: sid }
  const problems = unknown.map((event) => ({ code: 21626 as const, detail: event.slice(0, 100) }))
  return {
    status: 201,
    body: twilio.templates.make_call_success.render({ ...values, request: entry.data.params }),
    subject: sid,
    drafts: [callCreated.draft(sid, made), ...raised(twilio, about, problems)],
  }
}
