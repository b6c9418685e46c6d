import type { Json, JsonObject } from "../../core/canonical.ts"
import { erased } from "../../core/erase/mark.ts"
import { isKnownName } from "./parameterNames.ts"

/*
 * What of an entry is left when what people said and who they are is taken out: its shape. A text stays only where it is known to say
 * nothing about anybody; whatever else there is, or will be, goes.
 */

/** How texts that name somebody are treated. */
export interface Erasure {
  /** A text without the numbers that are sought. */
  readonly withoutNumbers: (text: string) => string
  /** What stays of an address: of somebody's who is not meant, all. */
  readonly address: (address: string) => string
  /** Types of entries whose `reason` says nothing about anybody. */
  readonly closedReasons: ReadonlySet<string>
}

/** A value with the numbers taken out of its texts and names, and nothing else. */
export const withoutNumbers = (value: Json, without: (text: string) => string): Json => {
  if (typeof value === "string") return without(value)
  if (typeof value === "number") return without(String(value)) === String(value) ? value : 0
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map((each: Json) => withoutNumbers(each, without))
  return named(value as JsonObject, without, (_, each) => withoutNumbers(each, without))
}

/** The data of an entry with all of their content taken out. */
export const withoutContent = (data: JsonObject, type: string, erasure: Erasure): JsonObject => {
  const left = contentLeft(data, erasure) as JsonObject
  return typeof left.reason === "string" && !erasure.closedReasons.has(type) ? { ...left, reason: erased } : left
}

const contentLeft = (value: Json, erasure: Erasure, key = ""): Json => {
  if (typeof value === "string") return textLeft(key, value, erasure)
  if (typeof value === "number") return withoutNumbers(value, erasure.withoutNumbers)
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value))
    return pairLists.has(key)
      ? value.map((each: Json) => pairLeft(each, erasure))
      : value.map((each: Json) => contentLeft(each, erasure, key))
  return named(value as JsonObject, erasure.withoutNumbers, (name, each) =>
    // A client's own name of its request, and a hash of what it asked for, which can be tried out.
    contentLeft(each, erasure, key === "idempotency" ? "" : name),
  )
}

const named = (
  object: JsonObject,
  without: (text: string) => string,
  change: (name: string, value: Json) => Json,
): JsonObject => {
  const entries = Object.entries(object).map(([name, value]) => [without(name), change(name, value)] as const)
  return Object.fromEntries(entries)
}

/** Lists of [name, value]. */
const pairLists = new Set(["attributes", "headers", "parameters", "params", "query"])

const pairLeft = (pair: Json, erasure: Erasure): Json => {
  if (!Array.isArray(pair)) return contentLeft(pair, erasure)
  const [name = "", value = ""] = pair.map(String)
  return [isKnownName(name) ? name : erased, parameterLeft(name, value, erasure)]
}

const parameterLeft = (name: string, value: string, erasure: Erasure): string => {
  if (addressParameters.has(name)) return erasure.address(value)
  return plainParameters.has(name) && plainValue.test(value)
    ? erasure.withoutNumbers(value)
    : textLeft("", value, erasure)
}

const textLeft = (key: string, text: string, erasure: Erasure): string => {
  if (text === "" || isName.test(text)) return text
  if (addressKeys.has(key)) return erasure.address(text)
  if (key === "path") return pathLeft(text, erasure)
  const origin = urlOrigin.exec(text)?.[0]
  if (origin !== undefined) return `${erasure.withoutNumbers(origin)}/${erased}`
  return plainKeys.has(key) && plainValue.test(text) ? erasure.withoutNumbers(text) : erased
}

/** A path of the API: its collections and SIDs. */
const pathLeft = (path: string, erasure: Erasure): string =>
  path
    .split("/")
    .map((segment) => (collection.test(segment) ? erasure.withoutNumbers(segment) : erased))
    .join("/")

const sid = "[A-Z]{2}[0-9a-f]{32}"
/** SIDs, idempotency tokens and instants: they name what happened and not who. */
const isName = new RegExp(
  `^(?:${sid}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z|[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} [\\d:]{8} \\+0000)$`,
)
const collection = new RegExp(`^(?:|v\\d|2010-04-01|(?:${sid}|[A-Z][A-Za-z]{1,30}|[a-z-]{1,30})(?:\\.[a-z]{3,4})?)$`)
/** Scheme, host and port, without userinfo. */
const urlOrigin = /^[a-z][a-z0-9+.-]{1,20}:\/\/[A-Za-z0-9.[\]:-]+(?=[/?#]|$)/
/** A word of a closed list, a number, a short list of either. */
const plainValue = /^[A-Za-z0-9 _.*#/:+-]{1,80}$/

const addressKeys = new Set(["caller_id", "from", "phone_number", "recipient", "sender", "to"])
const addressParameters = new Set(["Called", "Caller", "From", "PhoneNumber", "To"])

/** Fields whose texts come from closed lists, or from what the exchange itself counts and chooses. */
const plainKeys = new Set(
  (
    "absolute answered_by api attempt_sid beep blames by call call_id carrier channel channels content_type currency direction do drop events " +
    "fails_by fallback_method fate fault fingerprint health how key keys keyword kind language limit log_level method mode of on out outcome " +
    "pace peer phase place priority provider purpose reason record recording_track request_method result role secret sign signature source " +
    "status track trim type undelivered variant via voice what why"
  ).split(" "),
)

/** Parameters of the same kind. */
const plainParameters = new Set(
  (
    "ApiVersion CallbackSource CallDuration CallStatus Channel ConferenceStatus Direction Duration ErrorCode MessageStatus Method NumMedia " +
    "NumSegments PageSize RawDlrDoneDate RecordingDuration RecordingStatus ReferralNumMedia ScheduleType SequenceNumber SipResponseCode SmsStatus " +
    "Status StatusCallbackEvent StatusCallbackMethod Timestamp"
  ).split(" "),
)
