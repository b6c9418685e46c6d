import * as Either from "effect/Either"
import { globs } from "../../core/globs.ts"
import { type Keyword, keywordOf } from "../../core/keywords.ts"
import { MissingFields, PayloadParseError } from "../errors.ts"
import { type Twiml, twiml } from "../twiml/twiml.ts"

/** A message that came in. */
export interface InboundMessage {
  readonly sid: string
  readonly accountSid: string
  /** The service that the number belongs to. */
  readonly messagingServiceSid: string | null
  readonly from: string
  readonly to: string
  readonly body: string
  readonly media: ReadonlyArray<{ readonly url: string; readonly contentType: string }>
  readonly numSegments: number
  /** What it asks of the carrier, by its text or as Twilio says (`OptOutType`). */
  readonly keyword: Keyword | null
  /** Twilio has answered it already (Advanced Opt-Out). */
  readonly isAnswered: boolean
  /** What went wrong at the primary URL, when this is the request of the fallback URL. */
  readonly fallback: { readonly errorCode: number; readonly errorUrl: string } | null
  /** All that Twilio sent, by name. */
  readonly params: ReadonlyMap<string, string>
}

/** Which texts count as STOP, START, HELP. */
export interface InboundRules {
  /** Whether YES is a word for START. */
  readonly yes: boolean
}

const sidShape = /^(?:SM|MM)[0-9a-f]{32}$/i
/** Media of one message, far beyond Twilio's ten. */
const mediaMax = 100

/** Reads what Twilio sends of an inbound message. Source: "Twilio's request to your incoming message Webhook URL". */
export const inboundOf = (
  params: ReadonlyMap<string, string>,
  { yes }: InboundRules,
): Either.Either<InboundMessage, MissingFields | PayloadParseError> => {
  const missing = ["MessageSid", "AccountSid", "From", "To"].filter((name) => (params.get(name) ?? "") === "")
  if (missing.length > 0) return Either.left(lacks(missing))
  const text = (name: string): string => params.get(name) ?? ""
  if (!sidShape.test(text("MessageSid"))) return Either.left(wrong("MessageSid is not SM or MM and 32 hex digits"))
  const numMedia = count(params.get("NumMedia") ?? "0", mediaMax)
  const numSegments = count(params.get("NumSegments") ?? "1", 1_000)
  if (numMedia === undefined || numSegments === undefined)
    return Either.left(wrong("NumMedia or NumSegments is no count"))
  const lacking = Array.from({ length: numMedia }, (_, i) => `MediaUrl${i}`).filter((name) => text(name) === "")
  if (lacking.length > 0) return Either.left(lacks(lacking))
  const optOutType = text("OptOutType").toUpperCase()
  const told = optOutType === "STOP" || optOutType === "START" || optOutType === "HELP" ? optOutType : undefined
  return Either.right({
    sid: text("MessageSid"),
    accountSid: text("AccountSid"),
    messagingServiceSid: params.get("MessagingServiceSid") ?? null,
    from: text("From"),
    to: text("To"),
    body: text("Body"),
    media: Array.from({ length: numMedia }, (_, i) => ({
      url: text(`MediaUrl${i}`),
      contentType: text(`MediaContentType${i}`),
    })),
    numSegments,
    keyword: told ?? keywordOf(text("Body"), { yes, tollFree: isTollFree(text("To")) }) ?? null,
    isAnswered: told !== undefined,
    fallback: params.has("ErrorCode")
      ? { errorCode: count(text("ErrorCode"), 999_999) ?? 0, errorUrl: text("ErrorUrl") }
      : null,
    params,
  })
}

export const lacks = (names: ReadonlyArray<string>): MissingFields =>
  new MissingFields({ message: `the request has no ${names.slice(0, 10).join(", ")}`, status: 400 })

export const wrong = (message: string): PayloadParseError => new PayloadParseError({ message, status: 400 })

export const count = (text: string, max: number): number | undefined =>
  /^\d{1,6}$/.test(text) && Number(text) <= max ? Number(text) : undefined

const isTollFree = (to: string): boolean => /^\+18(?:00|33|44|55|66|77|88)/.test(to)

/**
 * Which messages a handler is for.
 *
 * Shape   a text is all of the body, whatever its case and the white space around it, and `*` in it stands for any text; of an
 *         object all that is given has to fit, and `from` and `to` are texts with `*`
 */
export type MessagePattern =
  | string
  | RegExp
  | ((message: InboundMessage) => boolean)
  | {
      readonly body?: string | RegExp
      readonly from?: string
      readonly to?: string
      readonly keyword?: Keyword
      readonly hasMedia?: boolean
    }

export const matches = (pattern: MessagePattern, message: InboundMessage): boolean => {
  if (typeof pattern === "function") return pattern(message)
  if (typeof pattern === "string" || pattern instanceof RegExp) return isText(pattern, message.body)
  const { body, from, hasMedia, keyword, to } = pattern
  return (
    (body === undefined || isText(body, message.body)) &&
    (from === undefined || globs(from, message.from)) &&
    (to === undefined || globs(to, message.to)) &&
    (keyword === undefined || keyword === message.keyword) &&
    (hasMedia === undefined || hasMedia === message.media.length > 0)
  )
}

/** `search` has no memory, as `test` of a global expression has. */
const isText = (pattern: string | RegExp, body: string): boolean =>
  typeof pattern === "string"
    ? globs(pattern.trim().toLowerCase(), body.trim().toLowerCase())
    : body.search(pattern) >= 0

/** What a handler answers: a document, the text of a reply, or nothing. */
export type Reply = Twiml | string | undefined

/** Bytes of an answer that Twilio reads. Source: error 11750. */
const documentBytesMax = 64 * 1024

/** The document that says it. Throws for what is no reply, and for one that is longer than Twilio reads. */
export const documentOf = (reply: Reply): string => {
  const document = String(rootOf(reply))
  if (Buffer.byteLength(document) > documentBytesMax)
    throw new RangeError(`a reply is longer than the ${documentBytesMax} bytes that Twilio reads`)
  return document
}

const rootOf = (reply: Reply): Twiml => {
  if (reply === undefined || reply === null || reply === "") return twiml.messaging()
  if (typeof reply === "string") return twiml.messaging(twiml.message(reply))
  // Not by its class: an application that both imports and requires this library has two of it.
  if (typeof reply === "object" && reply.name === "Response" && Array.isArray(reply.children)) return reply
  throw new TypeError("a reply is a text, TwiML of messages, or nothing")
}
