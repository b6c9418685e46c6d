import * as Either from "effect/Either"
import type { Pair } from "../../../core/entries.ts"
import { type TwilioError, twilioError } from "../errors.ts"
import { wholeNumber } from "../paging.ts"
import { param } from "../request.ts"
import type { CallRecord, CallReports, Instructions, MachineDetection } from "./entries.ts"

/* The parameters of calls, checked and brought into the form of entries. */

/** Characters of a URL. Source: error 21609. */
const urlLengthMax = 4000
/** Characters of TwiML that comes with a request. Source: OpenAPI, Twiml. */
const twimlLengthMax = 4000
/** Seconds. Source: OpenAPI, Timeout; "Voice: default maximum call length". */
const timeoutDefault = 60
const timeoutMax = 600
const timeLimitDefault = 4 * 3600
const timeLimitMax = 24 * 3600

type Read<A> = Either.Either<A, TwilioError>
const nothing: Read<undefined> = Either.right(undefined)

/** Twilio takes no host with an underscore; one without a dot is a name of this machine's networks and is taken. */
export const isUrl = (url: string): boolean =>
  url.length <= urlLengthMax &&
  /^https?:\/\//i.test(url) &&
  URL.canParse(url) &&
  !(url.includes("_") && /_.*\.|\..*_/.test(new URL(url).hostname))

/** The method of a URL: POST unless it is said. */
const methodIn = (params: ReadonlyArray<Pair>, name: string): Read<"GET" | "POST"> => {
  const method = (param(params, name) ?? "POST").toUpperCase()
  return method === "GET" || method === "POST" ? Either.right(method) : Either.left(twilioError(21403))
}

/**
 * Where a call's instructions come from; `undefined` where nothing says it. With a URL a document is not looked at.
 *
 * Refuses what is no URL (21205, the fallback 21402), another method (21403) and more TwiML than Twilio takes (21658)
 */
export const instructionsIn = (params: ReadonlyArray<Pair>): Read<Instructions | undefined> => {
  const url = param(params, "Url")
  const twiml = param(params, "Twiml")
  const fallback = param(params, "FallbackUrl")
  if (url !== undefined && !isUrl(url)) return Either.left(twilioError(21205))
  if (fallback !== undefined && !isUrl(fallback)) return Either.left(twilioError(21402))
  if (url === undefined && twiml !== undefined && [...twiml].length > twimlLengthMax)
    return Either.left(twilioError(21658, { parameter: "Twiml" }))
  const method = methodIn(params, "Method")
  const fallbackMethod = methodIn(params, "FallbackMethod")
  if (Either.isLeft(method)) return Either.left(method.left)
  if (Either.isLeft(fallbackMethod)) return Either.left(fallbackMethod.left)
  if (url === undefined && twiml === undefined) return nothing
  return Either.right({
    ...(fallback === undefined ? {} : { fallback_method: fallbackMethod.right, fallback_url: fallback }),
    ...(url === undefined ? { twiml: twiml ?? "" } : { method: method.right, url }),
  })
}

/** Who is told of what, by the parameters that begin with this name; events that are none are given aside. */
export const reportsIn = (
  params: ReadonlyArray<Pair>,
  name: string,
  { all, usual }: { readonly all: ReadonlyArray<string>; readonly usual: string },
): Read<{ readonly reports: CallReports; readonly unknown: ReadonlyArray<string> } | undefined> => {
  const url = param(params, name)
  if (url === undefined) return nothing
  if (!isUrl(url)) return Either.left(twilioError(21609, { url: url.slice(0, 500) }))
  const method = methodIn(params, `${name}Method`)
  if (Either.isLeft(method)) return Either.left(method.left)
  const named = params
    .filter(([key]) => key === `${name}Event`)
    .flatMap(([, value]) => value.split(/[\s,]+/))
    .filter((event) => event !== "")
  const known = all.filter((event) => named.includes(event))
  const reports = { events: known.length === 0 ? [usual] : known, method: method.right, url }
  return Either.right({ reports, unknown: named.filter((event) => !all.includes(event)) })
}

/** Events of a call. Source: OpenAPI, StatusCallbackEvent. */
export const callEvents = { all: ["initiated", "ringing", "answered", "completed"], usual: "completed" } as const

/** Events of a recording. Source: OpenAPI, RecordingStatusCallbackEvent. */
export const recordingEvents = { all: ["in-progress", "completed", "absent"], usual: "completed" } as const

/** How long a call rings if nobody answers, and how long it may last: virtual ms. */
export const timesIn = (
  params: ReadonlyArray<Pair>,
): Read<{ readonly time_limit_ms: number | undefined; readonly timeout_ms: number }> => {
  const timeout = wholeNumber(param(params, "Timeout"), timeoutDefault)
  if (timeout === undefined || timeout > timeoutMax) return Either.left(twilioError(21208))
  const limit = timeLimitIn(params)
  return Either.map(limit, (time_limit_ms) => ({ time_limit_ms, timeout_ms: timeout * 1000 }))
}

export const timeLimitMsDefault = timeLimitDefault * 1000

export const timeLimitIn = (params: ReadonlyArray<Pair>): Read<number | undefined> => {
  const text = param(params, "TimeLimit")
  if (text === undefined) return nothing
  const seconds = wholeNumber(text, 0)
  return seconds === undefined || seconds < 1 || seconds > timeLimitMax
    ? Either.left(twilioError(20400, { reason: `TimeLimit is no whole number from 1 to ${timeLimitMax}` }))
    : Either.right(seconds * 1000)
}

/** Source: OpenAPI, SendDigits; error 21206. */
export const digitsIn = (params: ReadonlyArray<Pair>): Read<string | undefined> => {
  const digits = param(params, "SendDigits")
  return digits === undefined || /^[0-9A-D#*w]{1,32}$/i.test(digits)
    ? Either.right(digits)
    : Either.left(twilioError(21206))
}

const isTrue = (params: ReadonlyArray<Pair>, name: string): boolean => param(params, name)?.toLowerCase() === "true"

/** Whether and how a call is recorded as a whole. */
export const recordIn = (params: ReadonlyArray<Pair>): Read<CallRecord | undefined> => {
  const reports = reportsIn(params, "RecordingStatusCallback", recordingEvents)
  if (Either.isLeft(reports)) return Either.left(reports.left)
  if (!isTrue(params, "Record")) return nothing
  return Either.right({
    channels: param(params, "RecordingChannels") === "dual" ? 2 : 1,
    ...(reports.right === undefined ? {} : { reports: reports.right.reports }),
  })
}

/** Milliseconds of thresholds of machine detection. Source: OpenAPI. */
const thresholds = [
  ["MachineDetectionSpeechThreshold", 1000, 6000],
  ["MachineDetectionSpeechEndThreshold", 500, 5000],
  ["MachineDetectionSilenceTimeout", 2000, 10_000],
] as const
const detectionTimeoutDefault = 30
const detectionTimeoutMax = 59

/** Whether somebody finds out who picks up. A call that sends digits does not. Source: OpenAPI, MachineDetection, SendDigits. */
export const detectionIn = (params: ReadonlyArray<Pair>): Read<MachineDetection | undefined> => {
  const mode = param(params, "MachineDetection")
  if (mode === undefined || mode === "none" || param(params, "SendDigits") !== undefined) return nothing
  if (mode !== "Enable" && mode !== "DetectMessageEnd")
    return Either.left(twilioError(20400, { reason: "MachineDetection is neither Enable nor DetectMessageEnd" }))
  for (const [name, min, max] of thresholds) {
    const ms = wholeNumber(param(params, name), min)
    if (ms === undefined || ms < min || ms > max)
      return Either.left(twilioError(20400, { reason: `${name} is no whole number from ${min} to ${max}` }))
  }
  const timeout = wholeNumber(param(params, "MachineDetectionTimeout"), detectionTimeoutDefault)
  if (timeout === undefined || timeout < 3 || timeout > detectionTimeoutMax)
    return Either.left(
      twilioError(20400, { reason: `MachineDetectionTimeout is no whole number from 3 to ${detectionTimeoutMax}` }),
    )
  const callback = param(params, "AsyncAmdStatusCallback")
  if (callback !== undefined && !isUrl(callback))
    return Either.left(twilioError(21609, { url: callback.slice(0, 500) }))
  const method = methodIn(params, "AsyncAmdStatusCallbackMethod")
  if (Either.isLeft(method)) return Either.left(method.left)
  const aside = { method: method.right, ...(callback === undefined ? {} : { url: callback }) }
  return Either.right({
    ...(isTrue(params, "AsyncAmd") ? { async: aside } : {}),
    mode,
    timeout_ms: timeout * 1000,
  })
}
