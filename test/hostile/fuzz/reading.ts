import { sid as sidOf } from "../../../src/core/chance.ts"
import { nasty, type Random } from "./random.ts"

/* What cases about reading back, verifications and lookups are made of. */

export const readingParameters = [
  "Channel",
  "Code",
  "CustomCode",
  "CodeLength",
  "VerificationSid",
  "Fields",
  "CountryCode",
]

export const readingGood = [
  "Channel=sms",
  "Channel=whatsapp&CustomCode=4711",
  "CustomCodeEnabled=true&LookupEnabled=true",
  "Code=4711",
  "Fields=line_type_intelligence,caller_name",
  "CountryCode=GB",
]

export const expectations = [
  '{"messages":[{"match":{"body":"Hello"}}]}',
  '{"messages":[{"match":{"to":"+15551234567","status":"delivered"},"at_least":1}],"within":"5ms"}',
  '{"messages":[{"match":{"body":"**********a*"},"never":true}],"in_order":true,"since":"2030-01-01"}',
  '{"messages":[{"match":{"__proto__":{"to":"x"}},"exactly":1e999}]}',
  '{"messages":[{"match":null}]}',
  '{"messages":{"length":1}}',
  '{"within":"1s","messages":[]}',
  '{"__proto__":null}',
  "[]",
  "null",
  "",
  "{",
  "[".repeat(5_000),
]

const filters = ["to", "from", "body", "status", "since", "before", "limit", "wait", "direction", "__proto__"]

const word = (random: Random): string => encodeURIComponent(random.pick(nasty).toWellFormed())

/** Paths of verifications and lookups; now and then of one that exists. */
export const verifyPath = (random: Random, seed: number): string => {
  const one = (prefix: string) => sidOf(prefix, seed, random.below(3))
  const service = `/v2/Services/${one("VA")}`
  return random.pick([
    "/v2/Services",
    service,
    `${service}/Verifications`,
    `${service}/Verifications`,
    `${service}/VerificationCheck`,
    `${service}/Verifications/${one("VE")}`,
    `/v2/PhoneNumbers/${random.pick(["+15551234567", "(415)%20555-0100", "%zz", word(random)])}`,
  ])
}

/** Paths of reading back, and of what takes callbacks. */
export const readingPath = (random: Random): string =>
  random.pick([
    "/favicon.ico",
    "/callback-test",
    "/callback-test/below",
    "/admin/callback-test",
    "/admin/expect",
    "/admin/expect",
    `/admin/verifications?to=${word(random)}`,
    "/admin/verifications?wait=1ms&status=pending",
    `/admin/messages?${random.pick(filters)}=${word(random)}`,
    `/admin/messages?limit=${random.below(5)}&body=${word(random)}`,
    `/admin/messages/latest?wait=${random.pick(["1ms", "0s", "-1s", "9999d", "x"])}`,
  ])
