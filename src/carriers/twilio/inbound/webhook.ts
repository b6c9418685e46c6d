import { token } from "../../../core/chance.ts"
import type { Draft } from "../../../core/Entry.ts"
import { outboundRequested, type Pair } from "../../../core/entries.ts"
import type { World } from "../../../core/Machine.ts"
import { routeOut } from "../../../network/settings.ts"
import { signOf } from "../accounts/signing.ts"
import { itemOf } from "../collection.ts"
import { boundsOf, instructionsRetryOf, overridesOf } from "../connectionOverrides.ts"
import type { Message } from "../messages.ts"
import { optOutTypeOf } from "../optOut/keywordRules.ts"
import { handlingOf } from "../senders/handling.ts"
import { ownedNumber } from "../senders/numbers.ts"
import { serviceConfig } from "../senders/services.ts"
import type { Twilio } from "../state.ts"
import { messageUri } from "../wireOut.ts"
import { fallbackPurpose, webhookPurpose } from "./flows.ts"
import { placeParameters } from "./geography.ts"

/* The requests that ask an application what to do with an inbound message. */

/** Where a request goes. */
export interface Target {
  readonly method: "GET" | "POST"
  readonly url: string
}

/** Where messages to an address are told, and where it is told when that fails. */
export interface Webhooks {
  readonly primary: Target | undefined
  readonly fallback: Target | undefined
}

/** An address without its channel. */
export const numberIn = (address: string): string => address.slice(address.indexOf(":") + 1)

/** The webhooks of a number, or those of its messaging service unless that leaves it to the number. */
export const webhooksOf = (twilio: Twilio, address: string): Webhooks => {
  const { senders } = twilio
  const number = ownedNumber(senders, numberIn(address))
  const service = itemOf(senders.services, number?.serviceSid ?? "")
  const config = service === undefined ? undefined : serviceConfig(service)
  if (config !== undefined && !config.use_inbound_webhook_on_number)
    return {
      primary: target(config.inbound_request_url, config.inbound_method),
      fallback: target(config.fallback_url, config.fallback_method),
    }
  const { sms_fallback_method, sms_fallback_url, sms_method, sms_url } = handlingOf(
    twilio,
    number,
    "sms_application_sid",
  )
  return { primary: target(sms_url, sms_method), fallback: target(sms_fallback_url, sms_fallback_method) }
}

const target = (url: string | undefined, method: Target["method"] = "POST"): Target | undefined =>
  url === undefined || url === "" ? undefined : { method, url }

/** A request for instructions, the n-th about its message. */
export interface Ask {
  readonly sid: string
  readonly accountSid: string
  readonly target: Target
  readonly params: ReadonlyArray<Pair>
  readonly n: number
  readonly fallback?: true
}

/** Asks an application what to do. A GET has its parameters in its query; the edge puts them there. */
export const ask = (
  world: World,
  twilio: Twilio,
  { accountSid, fallback, n, params, sid, target: { method, url } }: Ask,
): Draft => {
  const { connect, via } = routeOut(world, url)
  const overrides = overridesOf(url)
  const absolute = params.map(([name]) => name).filter((name) => mediaUrl.test(name))
  return outboundRequested.draft(sid, {
    ...(absolute.length === 0 ? {} : { absolute }),
    attempt: 1,
    ...boundsOf(overrides),
    ...(connect === undefined ? {} : { connect }),
    method,
    params,
    purpose: fallback ? fallbackPurpose : webhookPurpose,
    ...instructionsRetryOf(overrides),
    sign: signOf(twilio, accountSid),
    token: token(world.seed, fallback ? "webhook-fallback" : `webhook ${n}`, sid),
    url,
    via,
  })
}

const mediaUrl = /^MediaUrl\d+$/

/**
 * The parameters of an inbound message, in the order in which Twilio sends them.
 *
 * Shape   a `MediaUrl` is the path of the medium; the edge makes it absolute
 * Source  "Twilio's request to your webhook URL"; recorded webhooks of third parties
 */
export const inboundParameters = (twilio: Twilio, message: Message): ReadonlyArray<Pair> => {
  const { accountSid, body, from, numMedia, numSegments, rare, sid, to } = message
  const media = rare?.media ?? []
  const place = placeParameters(from, to)
  const optOutType = optOutTypeOf(twilio, message, rare?.serviceSid)
  const whatsApp = from.startsWith("whatsapp:+")
  return [
    ["ToCountry", place.ToCountry ?? ""],
    ...media.map(({ contentType }, i): Pair => [`MediaContentType${i}`, contentType]),
    ["ToState", place.ToState ?? ""],
    ["SmsMessageSid", sid],
    ["NumMedia", String(numMedia)],
    ["ToCity", place.ToCity ?? ""],
    ["FromZip", place.FromZip ?? ""],
    ["SmsSid", sid],
    ["FromState", place.FromState ?? ""],
    ["SmsStatus", "received"],
    ["FromCity", place.FromCity ?? ""],
    ["Body", body],
    ["FromCountry", place.FromCountry ?? ""],
    ["To", to],
    ...(rare?.serviceSid === undefined ? [] : [["MessagingServiceSid", rare.serviceSid] as const]),
    ["ToZip", place.ToZip ?? ""],
    ["NumSegments", String(numSegments)],
    ["ReferralNumMedia", "0"],
    ["MessageSid", sid],
    ["AccountSid", accountSid],
    ["From", from],
    ...(optOutType === undefined ? [] : [["OptOutType", optOutType] as const]),
    ...(whatsApp ? [["WaId", numberIn(from).slice(1)] as const] : []),
    ...media.map(({ sid: medium }, i): Pair => [`MediaUrl${i}`, mediumPath(accountSid, sid, medium)]),
    ["ApiVersion", "2010-04-01"],
  ]
}

const mediumPath = (accountSid: string, messageSid: string, sid: string): string =>
  `${messageUri(accountSid, messageSid).slice(0, -".json".length)}/Media/${sid}`
