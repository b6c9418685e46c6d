import * as Either from "effect/Either"
import { type ClientError, UnreadableAnswer } from "./errors.ts"
import { errorByCode, errorNameOf, makeError } from "./errorTable.ts"
import type { HttpAnswer } from "./Http.ts"
import { retryAfterMsOf } from "./retry.ts"
import type { Message, MessageDirection, MessageStatus } from "./types.ts"

/* Answers of the API as values, or as errors. */

type Fields = { readonly [name: string]: unknown }

/** What an answer that is no success means, and whether Twilio itself said it. */
export interface AnswerFailure {
  readonly error: ClientError
  readonly isTwilios: boolean
}

/** The object of an answer of 2xx, or what is wrong. `now` is the date in ms. */
export const objectOf = (answer: HttpAnswer, now: number): Either.Either<Fields, AnswerFailure> => {
  const object = parsed(answer.body)
  if (answer.status >= 200 && answer.status < 300)
    return object === undefined
      ? Either.left({ error: unreadable(answer, "it is no JSON object"), isTwilios: false })
      : Either.right(object)
  return Either.left(failureOf(answer, object, now))
}

const parsed = (body: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
  } catch {
    return undefined // What is no JSON is told by the caller, with what was expected of it.
  }
}

export const unreadable = ({ headers, status }: HttpAnswer, why: string): UnreadableAnswer =>
  new UnreadableAnswer({
    message: `the answer cannot be read: ${why}`,
    status,
    requestId: headers["twilio-request-id"],
  })

/** Errors as Twilio's older APIs and its newer ones (RFC 9457) tell them. */
const failureOf = ({ headers, status }: HttpAnswer, object: Fields | undefined, now: number): AnswerFailure => {
  const code = typeof object?.code === "number" && Number.isInteger(object.code) ? object.code : undefined
  const text = [object?.message, object?.detail, object?.title].find((part) => typeof part === "string" && part !== "")
  const error = makeError(errorNameOf(status, code), {
    message: typeof text === "string" ? text.slice(0, messageLengthMax) : `HTTP ${status}`,
    status,
    code,
    moreInfo: typeof object?.more_info === "string" ? object.more_info : undefined,
    requestId: headers["twilio-request-id"],
    retryAfterMs: retryAfterMsOf(headers["retry-after"], now),
  })
  return { error, isTwilios: code !== undefined }
}
const messageLengthMax = 1_000

/** A message of an answer; `undefined` when it is none. */
export const messageOf = (object: Fields): Message | undefined => {
  const { direction, sid, status, to, uri } = object
  if (typeof sid !== "string" || !/^(?:SM|MM)[0-9a-fA-F]{32}$/.test(sid)) return undefined
  if (typeof status !== "string" || typeof to !== "string" || typeof direction !== "string") return undefined
  return {
    sid,
    accountSid: text(object.account_sid) ?? "",
    messagingServiceSid: text(object.messaging_service_sid),
    from: text(object.from),
    to,
    body: text(object.body) ?? "",
    // One that Twilio adds later is handed on as it is.
    status: status as MessageStatus,
    direction: direction as MessageDirection,
    numSegments: count(object.num_segments),
    numMedia: count(object.num_media),
    price: object.price === null || object.price === undefined ? null : String(object.price),
    priceUnit: text(object.price_unit),
    errorCode: object.error_code === null || object.error_code === undefined ? null : count(object.error_code),
    errorMessage: text(object.error_message),
    dateCreated: date(object.date_created),
    dateUpdated: date(object.date_updated),
    dateSent: date(object.date_sent),
    apiVersion: text(object.api_version) ?? "",
    uri: text(uri) ?? "",
  }
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null)
/** Twilio writes counts as strings. */
const count = (value: unknown): number => {
  const number = typeof value === "string" || typeof value === "number" ? Number(value) : 0
  return Number.isFinite(number) ? number : 0
}
/** RFC 2822, and ISO 8601 of the newer APIs. */
const date = (value: unknown): Date | null => {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? null : new Date(at)
}

/** A page of messages as it came. */
export interface WirePage {
  readonly messages: ReadonlyArray<Message>
  /** Relative, as Twilio has it; null at the end. */
  readonly nextPageUri: string | null
}

/** `undefined` when it is no page of messages. */
export const pageOf = (object: Fields): WirePage | undefined => {
  const { messages: items, next_page_uri: next } = object
  if (!Array.isArray(items)) return undefined
  const messages = items.map((item: unknown) =>
    typeof item === "object" && item !== null ? messageOf(item as Fields) : undefined,
  )
  if (messages.includes(undefined)) return undefined
  return { messages: messages as ReadonlyArray<Message>, nextPageUri: text(next) }
}

/** Whether a code is one of an opt-out. */
export const isOptOutCode = (code: number | undefined): boolean =>
  code !== undefined && errorByCode.get(code) === "OptedOut"

/** The date of an answer, ms, to the second; `undefined` without one. */
export const serverDateOf = ({ headers }: HttpAnswer): number | undefined => {
  const at = Date.parse(headers.date ?? "")
  return Number.isNaN(at) ? undefined : at
}
