import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Redacted from "effect/Redacted"
import { sha256Bytes } from "../../core/canonical.ts"
import { globs } from "../../core/globs.ts"
import type { Pair } from "../../core/pair.ts"
import { sign } from "../../core/signature.ts"
import { InvalidSignature, type MissingFields, PayloadParseError, UrlNotAllowed } from "../errors.ts"
import { isSigned } from "./signatureCheck.ts"

/** A request as it came in, whatever server took it. */
export interface WebhookRequest {
  readonly method: string
  /** Absolute, as far as the server knows; see `publicUrl`. */
  readonly url: string
  readonly header: (name: string) => string | undefined
  /** Reads the body, which may have so many bytes. */
  readonly body: (bytesMax: number) => Effect.Effect<Uint8Array, PayloadParseError>
}

/** One whose signature is Twilio's. */
export interface TrustedWebhook {
  /** As Twilio was told it. */
  readonly url: string
  /** Parameters of the form, or of a GET's query, by name; of one that repeats the first. */
  readonly params: ReadonlyMap<string, string>
  /** The body, where it is no form. */
  readonly body: Uint8Array | undefined
  /** Names what was signed: the same for the same URL and parameters, whatever the headers are. */
  readonly content: string
  /** `I-Twilio-Idempotency-Token`: the same for all attempts of one event. Headers are not signed. */
  readonly token: string | undefined
}

/** Why a request is not handled; `status` is what it is answered. */
export type WebhookRefusal = InvalidSignature | MissingFields | PayloadParseError | UrlNotAllowed

export interface TrustRules {
  readonly tokens: ReadonlyArray<Redacted.Redacted<string>>
  /** The URL that Twilio was told, of a request. */
  readonly urlOf: (request: WebhookRequest) => string
  readonly isAllowed: (url: string) => boolean
  readonly bodyBytesMax: number
}

/** Parameters of one request. */
const paramsMax = 1_000
const formType = "application/x-www-form-urlencoded"

/**
 * Reads a request as far as it can be trusted.
 *
 * Fails `UrlNotAllowed`, `InvalidSignature`, or `PayloadParseError`; `status` of each is what the request is answered with. The body
 *       is not read when the URL is not allowed or there is no signature
 */
export const trusted = (
  { bodyBytesMax, isAllowed, tokens, urlOf }: TrustRules,
  request: WebhookRequest,
): Effect.Effect<TrustedWebhook, InvalidSignature | PayloadParseError | UrlNotAllowed> =>
  Effect.gen(function* () {
    const { method } = request
    const isGet = method === "GET"
    if (!isGet && method !== "POST")
      return yield* unreadable(405, `a webhook is a POST or a GET, not a ${named(method)}`)
    const url = urlOf(request)
    if (!isAllowed(url))
      return yield* new UrlNotAllowed({ message: "the URL is not one that webhooks are expected at", status: 403 })
    const signature = request.header("x-twilio-signature")
    if (signature === undefined)
      return yield* new InvalidSignature({ message: "there is no X-Twilio-Signature", status: 403 })
    const bytes = isGet ? new Uint8Array() : yield* request.body(bodyBytesMax)
    const query = new URL(url).searchParams
    const type = (request.header("content-type") ?? formType).split(";", 1)[0]?.trim().toLowerCase()
    const isForm = !isGet && !query.has("bodySHA256")
    if (isForm && type !== formType)
      return yield* unreadable(415, `its body is ${named(type ?? "")} and has no bodySHA256`)
    const form = isForm ? yield* formOf(bytes) : []
    if (!isSigned(tokens, { url, params: form }, signature))
      return yield* new InvalidSignature({ message: "X-Twilio-Signature is not that of the request", status: 403 })
    if (!isGet && !isForm && query.get("bodySHA256")?.toLowerCase() !== sha256Bytes(bytes))
      return yield* new InvalidSignature({ message: "bodySHA256 is not the hash of the body", status: 403 })
    const params = isForm ? form : yield* limited([...query])
    return {
      url,
      params: firstOf(params),
      body: isGet || isForm ? undefined : bytes,
      content: sign("", url, form),
      token: request.header("i-twilio-idempotency-token"),
    }
  })

export const unreadable = (status: number, message: string): PayloadParseError =>
  new PayloadParseError({ message, status })

const firstOf = (params: ReadonlyArray<Pair>): ReadonlyMap<string, string> => {
  const first = new Map<string, string>()
  for (const [name, value] of params) if (!first.has(name)) first.set(name, value)
  return first
}

/** What a stranger wrote, as far as it is told. */
const named = (text: string): string => JSON.stringify(text.slice(0, 40))

const formOf = (bytes: Uint8Array): Effect.Effect<ReadonlyArray<Pair>, PayloadParseError> =>
  Effect.flatMap(utf8(bytes), (text) => limited([...new URLSearchParams(text)]))

const limited = (params: ReadonlyArray<Pair>): Effect.Effect<ReadonlyArray<Pair>, PayloadParseError> =>
  params.length > paramsMax ? unreadable(400, `there are more than ${paramsMax} parameters`) : Effect.succeed(params)

const utf8 = (bytes: Uint8Array): Effect.Effect<string, PayloadParseError> =>
  Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    catch: () => unreadable(400, "its body is not UTF-8"),
  })

/**
 * Reads the URLs that webhooks are expected at: an origin, and a path in which `*` stands for any text. Queries do not count.
 *
 * Refuses the first that is no absolute HTTP URL, by its place in the list
 */
export const allowList = (urls: ReadonlyArray<string> | undefined): Either.Either<(url: string) => boolean, number> => {
  if (urls === undefined) return Either.right(URL.canParse)
  const allowed: Array<{ readonly origin: string; readonly path: string }> = []
  for (const [i, url] of urls.entries()) {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return Either.left(i)
    const { origin, pathname } = new URL(url)
    allowed.push({ origin, path: pathname })
  }
  return Either.right((url) => {
    if (!URL.canParse(url)) return false
    const { origin, pathname } = new URL(url)
    return allowed.some((each) => each.origin === origin && globs(each.path, pathname))
  })
}

/**
 * The URL that Twilio was told: `publicUrl` and, behind its path, path and query of the request.
 *
 * Why   behind a proxy the server sees another scheme, host or port. Headers that say which ones are anyone's to write
 */
export const urlBehind =
  (publicUrl: string | undefined) =>
  ({ url }: WebhookRequest): string => {
    if (publicUrl === undefined) return url
    const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(url)?.[1] ?? url
    return publicUrl.replace(/\/+$/, "") + (path.startsWith("/") ? path : `/${path}`)
  }
