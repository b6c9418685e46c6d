import { type ClientError, type ErrorFacts, type ErrorName, errorClasses } from "./errors.ts"

/** Classes that an answer of Twilio may lead to. */
export type AnswerErrorName = Exclude<
  ErrorName,
  "InvalidSignature" | "PayloadParseError" | "MissingFields" | "UrlNotAllowed"
>

/**
 * The class of each of Twilio's codes: those of answers to requests, and those a message ends with (`errorCode`).
 *
 * Source: "Error and Warning Dictionary", Twilio docs. 21408 is a permission and not a limit: docs/decisions/0015-what-is-sent-again.md.
 */
export const errorByCode: ReadonlyMap<number, AnswerErrorName> = new Map<number, AnswerErrorName>([
  [20003, "InvalidCredentials"],
  [20005, "AccountSuspended"],
  [20006, "PermissionDenied"],
  [20008, "PermissionDenied"],
  [20404, "NotFound"],
  [20429, "AccountRateLimited"],
  [20500, "InternalError"],
  [20503, "ServiceUnavailable"],
  [21211, "InvalidRecipient"],
  [21212, "InvalidSender"],
  [21265, "InvalidRecipient"],
  [21266, "InvalidRecipient"],
  [21267, "InvalidSender"],
  [21408, "PermissionDenied"],
  [21601, "InvalidSender"],
  [21603, "InvalidSender"],
  [21604, "InvalidRecipient"],
  [21605, "MessageTooLong"],
  [21606, "InvalidSender"],
  [21607, "InvalidSender"],
  [21608, "InvalidRecipient"],
  [21610, "OptedOut"],
  [21611, "QueueFull"],
  [21612, "UnreachableNumber"],
  [21614, "InvalidRecipient"],
  [21616, "InvalidSender"],
  [21617, "MessageTooLong"],
  [21618, "CarrierRejected"],
  [21659, "InvalidSender"],
  [21660, "InvalidSender"],
  [21661, "InvalidSender"],
  [21701, "InvalidSender"],
  [21703, "InvalidSender"],
  [21704, "InvalidSender"],
  [21705, "InvalidSender"],
  [21910, "InvalidSender"],
  [30001, "QueueFull"],
  [30002, "AccountSuspended"],
  [30003, "UnreachableNumber"],
  [30004, "CarrierRejected"],
  [30005, "CarrierRejected"],
  [30006, "CarrierRejected"],
  [30007, "CarrierRejected"],
  [30008, "CarrierRejected"],
  [30019, "MessageTooLong"],
  [30022, "NumberRateLimited"],
  [30023, "NumberRateLimited"],
  [30024, "InvalidSender"],
  [30032, "CarrierRejected"],
  [30034, "CarrierRejected"],
  [30404, "NotFound"],
  [30409, "NotCancelable"],
  [30450, "CarrierRejected"],
])

/** The class of an HTTP status, where the code tells none. Other 5xx are `TemporarilyUnavailable`, other 4xx `InvalidRequest`. */
export const errorByStatus: ReadonlyMap<number, AnswerErrorName> = new Map<number, AnswerErrorName>([
  [401, "InvalidCredentials"],
  [403, "PermissionDenied"],
  [404, "NotFound"],
  [429, "AccountRateLimited"],
  [500, "InternalError"],
  [503, "ServiceUnavailable"],
])

/**
 * The class of an answer by its status and code.
 *
 * A 5xx is one of the server whatever its code says, and a 429 is always a limit: what the status promises decides what is sent again.
 */
export const errorNameOf = (status: number, code: number | undefined): AnswerErrorName => {
  const byCode = code === undefined ? undefined : errorByCode.get(code)
  if (status >= 500) return errorByStatus.get(status) ?? "TemporarilyUnavailable"
  if (status === 429) return byCode !== undefined && isLimit.has(byCode) ? byCode : "AccountRateLimited"
  // Nothing that Twilio says with a 4xx is its own fault or a limit, whatever the code.
  const byStatus = errorByStatus.get(status) ?? "InvalidRequest"
  return byCode === undefined || isServers.has(byCode) ? byStatus : byCode
}

const isLimit: ReadonlySet<AnswerErrorName> = new Set<AnswerErrorName>([
  "AccountRateLimited",
  "NumberRateLimited",
  "QueueFull",
])
const isServers: ReadonlySet<AnswerErrorName> = new Set<AnswerErrorName>([
  ...isLimit,
  "InternalError",
  "ServiceUnavailable",
])

/** What a message's `errorCode` means, as the error of that class; `undefined` when it has none. */
export const errorOfMessage = (message: {
  readonly errorCode: number | null
  readonly errorMessage: string | null
}): ClientError | undefined => {
  if (message.errorCode === null) return undefined
  const { errorCode: code, errorMessage } = message
  return makeError(errorByCode.get(code) ?? "CarrierRejected", {
    message: errorMessage ?? `the message ended with code ${code}`,
    code,
  })
}

/** The error of a class by its name. */
export const makeError = (name: AnswerErrorName, facts: ErrorFacts): ClientError => new errorClasses[name](facts)
