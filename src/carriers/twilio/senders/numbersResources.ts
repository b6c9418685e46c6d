import * as Either from "effect/Either"
import { sid as makeSid } from "../../../core/chance.ts"
import { parseE164 } from "../../../core/E164.ts"
import { accountShown, reaches } from "../accounts/credentials.ts"
import { mayName } from "../applications/applications.ts"
import { itemOf } from "../collection.ts"
import { type TwilioError, twilioError } from "../errors.ts"
import { list } from "../lists.ts"
import { flag, method, type Parameter, readParameters, url } from "../parameters.ts"
import { param, type Reply, type Request } from "../request.ts"
import type { Resource } from "../resource.ts"
import { notFound, refusal } from "../wireOut.ts"
import { search } from "./available.ts"
import { type NumberConfig, numberBought, numberReleased, numberUpdated } from "./entries.ts"
import { isTaken } from "./numbers.ts"
import { numberJson, numberOfKindJson } from "./numbersWire.ts"
import { countryByCode, friendlyNumber, kindOfNumber, type NumberKind, rangeOfAreaCode } from "./plan.ts"
import type { OwnedNumber } from "./senders.ts"

const sidOf = (prefix: string) => ({ _tag: "Sid", prefix }) as const
const application = { _tag: "Sid", prefix: "AP", code: 21218 } as const

/** Source: OpenAPI, CreateIncomingPhoneNumber and UpdateIncomingPhoneNumber. */
export const numberParameters: ReadonlyArray<Parameter<keyof NumberConfig>> = [
  { name: "FriendlyName", field: "friendly_name", kind: { _tag: "Name" } },
  { name: "ApiVersion", field: "api_version", kind: { _tag: "OneOf", values: ["2010-04-01", "2008-08-01"] } },
  { name: "SmsUrl", field: "sms_url", kind: url },
  { name: "SmsMethod", field: "sms_method", kind: method },
  { name: "SmsFallbackUrl", field: "sms_fallback_url", kind: url },
  { name: "SmsFallbackMethod", field: "sms_fallback_method", kind: method },
  { name: "SmsApplicationSid", field: "sms_application_sid", kind: application },
  { name: "VoiceUrl", field: "voice_url", kind: url },
  { name: "VoiceMethod", field: "voice_method", kind: method },
  { name: "VoiceFallbackUrl", field: "voice_fallback_url", kind: url },
  { name: "VoiceFallbackMethod", field: "voice_fallback_method", kind: method },
  { name: "VoiceApplicationSid", field: "voice_application_sid", kind: application },
  { name: "VoiceCallerIdLookup", field: "voice_caller_id_lookup", kind: flag },
  { name: "VoiceReceiveMode", field: "voice_receive_mode", kind: { _tag: "OneOf", values: ["voice", "fax"] } },
  { name: "StatusCallback", field: "status_callback", kind: url },
  { name: "StatusCallbackMethod", field: "status_callback_method", kind: method },
  { name: "TrunkSid", field: "trunk_sid", kind: sidOf("TK") },
  { name: "EmergencyStatus", field: "emergency_status", kind: { _tag: "OneOf", values: ["Active", "Inactive"] } },
  { name: "EmergencyAddressSid", field: "emergency_address_sid", kind: sidOf("AD") },
  { name: "AddressSid", field: "address_sid", kind: sidOf("AD") },
  { name: "IdentitySid", field: "identity_sid", kind: sidOf("RI") },
  { name: "BundleSid", field: "bundle_sid", kind: sidOf("BU") },
]

/** How a number is to be set up. An application that handles it has to be its account's (21218). */
const configIn = ({ entry, twilio }: Request, accountSid: string): Either.Either<NumberConfig, TwilioError> => {
  const read = readParameters(entry.data.params, numberParameters)
  if (Either.isLeft(read)) return Either.left(read.left)
  const config = read.right as NumberConfig
  const named = [config.sms_application_sid, config.voice_application_sid].filter((sid) => sid)
  return named.every((sid = "") => mayName(twilio.applications, accountSid, sid))
    ? Either.right(config)
    : Either.left(twilioError(21218))
}

/** The number a purchase means: `PhoneNumber`, or any for sale in `AreaCode`. */
const wanted = (
  { entry, twilio, world }: Request,
  kind: NumberKind | undefined,
): Either.Either<string, TwilioError> => {
  const { params } = entry.data
  const asked = param(params, "PhoneNumber")
  if (asked !== undefined) {
    const number = parseE164(asked)
    if (number === undefined || (kind !== undefined && kindOfNumber(number) !== kind))
      return Either.left(twilioError(21421))
    return isTaken(twilio.senders, number) ? Either.left(twilioError(21422)) : Either.right(number)
  }
  const areaCode = kind === undefined ? param(params, "AreaCode") : undefined
  if (areaCode === undefined) return Either.left(twilioError(21421))
  const ranges = ["US", "CA"].flatMap((code) => {
    const country = countryByCode(code)
    const range = country === undefined ? undefined : rangeOfAreaCode(country, areaCode)
    return range === undefined ? [] : [range]
  })
  const taken = (number: string) => isTaken(twilio.senders, number)
  const [offer] = search({ seed: world.seed, ranges, taken, count: 1 })
  return offer === undefined ? Either.left(twilioError(21452)) : Either.right(offer.number)
}

/** POST …/IncomingPhoneNumbers.json, and of one kind: buys a number. */
const buy =
  (kind?: NumberKind) =>
  (request: Request): Reply => {
    const number = wanted(request, kind)
    return Either.isLeft(number) ? refusal(number.left) : bought(request, number.right, kind)
  }

/** The purchase of a number that can be had; what it is to be set up as may still be wrong. */
export const bought = (request: Request, number: string, kind?: NumberKind): Reply => {
  const { accountSid, entry, twilio, world } = request
  const config = configIn(request, accountSid)
  if (Either.isLeft(config)) return refusal(config.left)
  const sid = makeSid("PN", world.seed, twilio.senders.bought)
  const data = { account_sid: accountSid, config: config.right, phone_number: number }
  const owned: OwnedNumber = {
    sid,
    number,
    bySettings: false,
    created: entry.at,
    accountSid,
    config: data.config,
    updated: entry.at,
    serviceSid: undefined,
  }
  return { status: 201, body: jsonOf(kind)(owned), subject: sid, drafts: [numberBought.draft(sid, data)] }
}

const jsonOf = (kind: NumberKind | undefined) => (kind === undefined ? numberJson : numberOfKindJson)

/** The phone number of the path, when it belongs to the path's account. */
const numberOf = ({ accountSid, twilio }: Request, sid: string): OwnedNumber | undefined => {
  const number = sid.startsWith("PN") ? itemOf(twilio.senders.numbers, sid) : undefined
  return number?.accountSid === accountSid ? number : undefined
}

const listNumbers =
  (kind?: NumberKind) =>
  (request: Request): Reply => {
    const { query } = request.entry.data
    const name = param(query, "FriendlyName")
    const origin = param(query, "Origin")
    const digits = param(query, "PhoneNumber")
    const pattern = digits === undefined ? undefined : digitsPattern(digits)
    const nothing = param(query, "Beta")?.toLowerCase() === "true" || (origin !== undefined && origin !== "twilio")
    return list(request, request.twilio.senders.numbers, {
      key: "incoming_phone_numbers",
      fits: (owned) =>
        !nothing &&
        owned.sid.startsWith("PN") &&
        owned.accountSid === request.accountSid &&
        (kind === undefined || kindOfNumber(owned.number) === kind) &&
        (name === undefined || (owned.config.friendly_name ?? friendlyNumber(owned.number)) === name) &&
        (pattern === undefined || pattern.test(owned.number)),
      show: jsonOf(kind),
    })
  }

/** Part of a number, with `*` for any digit. Source: OpenAPI, list filter `PhoneNumber`. */
const digitsPattern = (text: string): RegExp =>
  new RegExp(
    text
      .replace(/[^0-9*]/g, "")
      .slice(0, 30)
      .replaceAll("*", "\\d"),
  )

const fetch = (request: Request, sid: string): Reply => {
  const number = numberOf(request, sid)
  return number === undefined ? notFound(request) : { status: 200, body: numberJson(number), subject: sid }
}

/** POST …/IncomingPhoneNumbers/{Sid}.json: sets it up anew, or moves it to another account of the same owner. */
const update = (request: Request, sid: string): Reply => {
  const { accountSid, entry } = request
  const number = numberOf(request, sid)
  if (number === undefined) return notFound(request)
  const account = param(entry.data.params, "AccountSid") ?? accountSid
  const read = configIn(request, account)
  if (Either.isLeft(read)) return refusal(read.left)
  const config = read.right
  if (account !== accountSid && !mayMove(request, account)) return refusal(twilioError(20006))
  const after: OwnedNumber = {
    ...number,
    accountSid: account,
    config: { ...number.config, ...config },
    updated: entry.at,
  }
  const data = account === accountSid ? { config } : { account_sid: account, config }
  return { status: 200, body: numberJson(after), subject: sid, drafts: [numberUpdated.draft(sid, data)] }
}

/** Whether who asks may move a number to another account: one that it reaches, too, and that is active. */
const mayMove = ({ accountSid, entry, twilio }: Request, target: string): boolean => {
  const { accounts } = twilio.accounts
  const asking = accountShown(entry.data.auth, twilio) ?? itemOf(accounts, itemOf(accounts, accountSid)?.owner ?? "")
  return asking !== undefined && itemOf(accounts, target)?.status === "active" && reaches(asking, target, twilio)
}

const release = (request: Request, sid: string): Reply =>
  numberOf(request, sid) === undefined
    ? notFound(request)
    : { status: 204, body: "", subject: sid, drafts: [numberReleased.draft(sid, {})] }

const below = String.raw`^\/2010-04-01\/Accounts\/([^/]+)\/IncomingPhoneNumbers`

export const numbersResources: ReadonlyArray<Resource> = [
  { path: new RegExp(`${below}\\.json$`), methods: { GET: listNumbers(), POST: buy() } },
  { path: new RegExp(`${below}\\/Local\\.json$`), methods: { GET: listNumbers("local"), POST: buy("local") } },
  { path: new RegExp(`${below}\\/Mobile\\.json$`), methods: { GET: listNumbers("mobile"), POST: buy("mobile") } },
  { path: new RegExp(`${below}\\/TollFree\\.json$`), methods: { GET: listNumbers("tollfree"), POST: buy("tollfree") } },
  { path: new RegExp(`${below}\\/([^/]+)\\.json$`), methods: { GET: fetch, POST: update, DELETE: release } },
]
