import { type TwilioError, twilioError } from "../errors.ts"
import { type Given, isTrue, mediaOf, named } from "./givenParameters.ts"

/** Media of one message. Source: error 21623. */
const mediaMax = 10
/** Seconds. Source: OpenAPI, ValidityPeriod. */
const validityMax = 36_000

/**
 * What is wrong with the parameters that few requests have; those of scheduling are looked at elsewhere.
 *
 * Source  errors 21620, 21623, 21624, 21654–21656, 21218; OpenAPI for what a parameter may be, where no code is documented for
 *         what it may not: 20400; parameters that are not named here are taken as they are
 */
export const unacceptableRarely = (given: Given): TwilioError | undefined => {
  const media = mediaOf(given)
  if (media.length > mediaMax) return twilioError(21623)
  if (!media.every(isMediaUrl)) return twilioError(21620)
  const content = named(given, "ContentSid")
  const variables = named(given, "ContentVariables")
  if (content !== undefined && !/^HX[0-9a-fA-F]{32}$/.test(content))
    return twilioError(21655, { sid: content.slice(0, 100) })
  if (variables !== undefined && content === undefined) return twilioError(21654)
  if (variables !== undefined && !isJsonObject(variables)) return twilioError(21656)
  const validity = named(given, "ValidityPeriod")
  if (validity !== undefined && secondsIn(validity) === undefined) return twilioError(21624)
  const application = named(given, "ApplicationSid")
  if (application !== undefined && !/^AP[0-9a-fA-F]{32}$/.test(application)) return twilioError(21218)
  const reason = notOneOf(given) ?? notBoolean(given) ?? withoutService(given)
  return reason === undefined ? undefined : twilioError(20400, { reason })
}

const enumerations: { readonly [name: string]: ReadonlyArray<string> } = {
  AddressRetention: ["retain", "obfuscate"],
  ContentRetention: ["retain", "discard"],
  RiskCheck: ["enable", "disable"],
  TrafficType: ["free"],
}

const notOneOf = (given: Given): string | undefined => {
  for (const name of Object.keys(enumerations)) {
    const text = named(given, name)
    const values = enumerations[name] ?? []
    if (text !== undefined && !values.includes(text)) return `${name} is none of ${values.join(", ")}`
  }
  return undefined
}

const flags = ["ForceDelivery", "ProvideFeedback", "SendAsMms", "ShortenUrls", "SmartEncoded"]

const notBoolean = (given: Given): string | undefined => {
  const name = flags.find((flag) => !/^(?:true|false)$/i.test(named(given, flag) ?? "true"))
  return name === undefined ? undefined : `${name} is neither true nor false`
}

/** Links are shortened by a service's domain. */
const withoutService = (given: Given): string | undefined =>
  given.service === undefined && isTrue(given, "ShortenUrls") ? "ShortenUrls needs a MessagingServiceSid" : undefined

/** How long a message may wait to be sent, virtual ms, as its request says. */
export const validityOf = (given: Given): number | undefined => {
  const validity = named(given, "ValidityPeriod")
  const seconds = validity === undefined ? undefined : secondsIn(validity)
  return seconds === undefined ? undefined : seconds * 1000
}

const secondsIn = (text: string): number | undefined => {
  const seconds = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return seconds >= 1 && seconds <= validityMax ? seconds : undefined
}

const isMediaUrl = (url: string): boolean => url.length <= 4000 && /^https?:\/\//i.test(url) && URL.canParse(url)

const isJsonObject = (text: string): boolean => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null && !Array.isArray(value)
  } catch {
    return false // What is no JSON at all is no object either.
  }
}
