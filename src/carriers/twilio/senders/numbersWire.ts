import { rfc2822 } from "../../../core/Instant.ts"
import { asciiJson } from "../template.ts"
import { capabilitiesOf, friendlyNumber, kindOfNumber } from "./plan.ts"
import type { OwnedNumber } from "./senders.ts"

const apiVersion = "2010-04-01"

/**
 * A phone number.
 *
 * A URL that was never set is empty for messages and null for calls, as in recorded exchanges; one that was cleared is empty.
 */
export const numberJson = (owned: OwnedNumber): string =>
  asciiJson({ ...numberFields(owned), type: kindOfNumber(owned.number) })

/** A phone number as the paths of one kind show it, which do not name the kind again. */
export const numberOfKindJson = (owned: OwnedNumber): string => asciiJson(numberFields(owned))

const numberFields = ({ accountSid, config, created, number, sid, updated }: OwnedNumber) => ({
  account_sid: accountSid,
  address_requirements: "none",
  address_sid: orNull(config.address_sid),
  api_version: config.api_version ?? apiVersion,
  beta: false,
  bundle_sid: orNull(config.bundle_sid),
  capabilities: capabilitiesOf(number),
  date_created: rfc2822(created),
  date_updated: rfc2822(updated),
  emergency_address_sid: orNull(config.emergency_address_sid),
  emergency_address_status: "unregistered",
  emergency_status: config.emergency_status ?? "Inactive",
  friendly_name: config.friendly_name ?? friendlyNumber(number),
  identity_sid: orNull(config.identity_sid),
  origin: "twilio",
  phone_number: number,
  sid,
  sms_application_sid: config.sms_application_sid ?? "",
  sms_fallback_method: config.sms_fallback_method ?? "POST",
  sms_fallback_url: config.sms_fallback_url ?? "",
  sms_method: config.sms_method ?? "POST",
  sms_url: config.sms_url ?? "",
  status: "in-use",
  status_callback: config.status_callback ?? "",
  status_callback_method: config.status_callback_method ?? "POST",
  trunk_sid: orNull(config.trunk_sid),
  uri: `/${apiVersion}/Accounts/${accountSid}/IncomingPhoneNumbers/${sid}.json`,
  voice_application_sid: config.voice_application_sid ?? "",
  voice_caller_id_lookup: config.voice_caller_id_lookup ?? false,
  voice_fallback_method: config.voice_fallback_method ?? "POST",
  voice_fallback_url: config.voice_fallback_url ?? null,
  voice_method: config.voice_method ?? "POST",
  voice_receive_mode: config.voice_receive_mode ?? "voice",
  voice_url: config.voice_url ?? null,
})

const orNull = (text: string | undefined): string | null => (text === undefined || text === "" ? null : text)

/** A short code. */
export const shortCodeJson = ({ accountSid, config, created, number, sid, updated }: OwnedNumber): string =>
  asciiJson({
    account_sid: accountSid,
    api_version: config.api_version ?? apiVersion,
    date_created: rfc2822(created),
    date_updated: rfc2822(updated),
    friendly_name: config.friendly_name ?? number,
    short_code: number,
    sid,
    sms_fallback_method: config.sms_fallback_method ?? "POST",
    sms_fallback_url: orNull(config.sms_fallback_url),
    sms_method: config.sms_method ?? "POST",
    sms_url: orNull(config.sms_url),
    uri: `/${apiVersion}/Accounts/${accountSid}/SMS/ShortCodes/${sid}.json`,
  })
