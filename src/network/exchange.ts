import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"
import * as Redacted from "effect/Redacted"
import type { Draft } from "../core/Entry.ts"
import {
  type OutboundAnswered,
  type OutboundFailed,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  type Pair,
} from "../core/entries.ts"
import { formBody } from "../core/form.ts"
import { limits } from "../core/limits.ts"
import { SecretsFull } from "../log/Keys.ts"
import { notAllowed } from "./allow.ts"
import { badAnswer } from "./Connections.ts"
import {
  connectMsUsual,
  connectTimeout,
  type Landing,
  readTimeout,
  type WireClient,
  type WireRequest,
} from "./nodeClient.ts"
import {
  type Hop,
  nextHop,
  type Routes,
  redirectIntoRun,
  redirectsMax,
  shownUrl,
  tooManyRedirects,
  withQuery,
} from "./redirects.ts"
import { connectDetail } from "./retries.ts"
import { hideUserinfo, restoreUserinfo, type SecretStore } from "./secretUrl.ts"
import type { Job } from "./wireQueue.ts"

/** Adds what only the edge knows to a request: the carrier's headers and its signature over the original URL. */
export type Sign = (request: OutboundRequested, url: string) => Readonly<Record<string, string>>

/** What a request needs that its entry does not hold. */
export interface Edge {
  readonly client: WireClient
  readonly secrets: SecretStore
  /** By the name in `outbound.requested.sign`. */
  readonly signs: (name: string) => Sign | undefined
  /** How media are fetched, where they are. */
  readonly media?: MediaDoor
  /** Where the world finds this server: what absolute URLs begin with. */
  readonly origin?: () => string
  /** Where redirects lead; as they say when it is not given. */
  readonly routes?: Routes
}

/** Media are larger than other answers, and kept outside of the log. */
export interface MediaDoor {
  /** Reads answers of up to `limits.mediaBytesMax`. */
  readonly client: WireClient
  /** Keeps bytes under their SHA-256, before their answer enters. */
  readonly keep: (sha256: string, bytes: Uint8Array) => void
}

/**
 * Sends one request, follows its redirects, and makes the answer or failure the input that follows from it, later; gives what
 * cancels it.
 */
export const exchange = (edge: Edge, job: Job, answer: (answer: Draft) => void): (() => void) => {
  const { client, media, origin = noOrigin, routes = asTheySay, secrets, signs } = edge
  const { seq, subject } = job
  const request = withAbsolute(job.request, origin)
  const door = request.purpose === "media" ? media : undefined
  const redirected: Array<string> = []
  const url = withQuery(restoreUserinfo(request.url, secrets), request)
  const target = request.connect === undefined ? url : withQuery(restoreUserinfo(request.connect, secrets), request)
  let cancel = () => {}
  const fail = (failure: OutboundFailed) =>
    answer(outboundFailed.draft(subject, redirected.length === 0 ? failure : { ...failure, redirected }, seq))
  const go = (hop: Hop) => {
    const auth = request.auth !== undefined && sameOrigin(hop.target, target) ? request.auth : undefined
    const params = auth === undefined ? hop.params : toldUrls(hop.params, secrets)
    const first = redirected.length === 0 && params === request.params
    const asked = first ? request : { ...request, method: hop.method, params }
    const signed = request.sign === undefined ? {} : (signs(request.sign)?.(asked, hop.url) ?? {})
    const headers =
      request.headers === undefined && auth === undefined
        ? signed
        : {
            ...signed,
            ...(request.headers === undefined ? {} : Object.fromEntries(request.headers)),
            ...(auth === undefined ? {} : authorization(auth, secrets)),
          }
    cancel = (door?.client ?? client).send(requestOf(asked, hop.target, headers), (landing) => {
      try {
        take(hop, landing)
      } catch (error) {
        fail(unkept(error))
      }
    })
  }
  const take = (hop: Hop, landing: Landing) => {
    if (request.fault === "unanswered") return fail({ after_ms: request.timeout_ms, reason: "timeout" })
    if (landing._tag === "Failed") return fail(failed(landing.cause, request))
    const next = nextHop(hop, landing, routes)
    if (next === undefined) {
      const data = read(landing, request, door, secrets)
      return answer(outboundAnswered.draft(subject, redirected.length === 0 ? data : { ...data, redirected }, seq))
    }
    if (next === redirectIntoRun) return fail({ detail: redirectIntoRun, reason: "refused" })
    if (redirected.length === redirectsMax) return fail({ detail: tooManyRedirects, reason: "refused" })
    redirected.push(shownUrl(next.url, (text) => hideUserinfo(text, secrets)))
    return go(next)
  }
  try {
    go({ method: request.method, params: request.params, target, url })
  } catch (error) {
    const failure = unkept(error)
    queueMicrotask(() => fail(failure))
  }
  return () => cancel()
}

const noOrigin = () => ""

const asTheySay: Routes = { out: () => ({ via: "wire" }), back: () => undefined }

/** What cannot be kept as a secret is not kept at all. */
const unkept = (error: unknown): OutboundFailed => {
  if (error instanceof SecretsFull) return { detail: "too-many-secrets", reason: "refused" }
  // The keys file could not be written.
  if (errorCode(error) !== undefined) return { detail: "keys-unwritable", reason: "refused" }
  throw error
}

const read = (
  landing: Answered,
  { purpose }: OutboundRequested,
  door: MediaDoor | undefined,
  secrets: SecretStore,
): OutboundAnswered =>
  door !== undefined
    ? medium(door, landing)
    : purpose === "callback"
      ? answered(landing, secrets)
      : instructions(landing, secrets)

/** A request whose parameters that are paths of this server are absolute. */
const withAbsolute = (request: OutboundRequested, origin: () => string): OutboundRequested => {
  const { absolute: names, params } = request
  if (names === undefined) return request
  const absolute = params.map(
    ([name, value]): Pair => (names.includes(name) ? [name, origin() + value] : [name, value]),
  )
  return { ...request, params: absolute }
}

/**
 * The parameters of a request to a carrier with the URLs that it is to ask as they were given. What a message says is nobody's URL: it may
 * quote a name that somebody has read in a log.
 */
const toldUrls = (params: ReadonlyArray<Pair>, secrets: SecretStore): ReadonlyArray<Pair> =>
  params.map(([name, value]): Pair => [name, urlNames.has(name) ? restoreUserinfo(value, secrets) : value])
const urlNames: ReadonlySet<string> = new Set(["MediaUrl", "StatusCallback"])

/** Credentials are shown to the host they are meant for, and to none that it redirects to. */
const sameOrigin = (one: string, other: string): boolean =>
  URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin

const authorization = (
  auth: NonNullable<OutboundRequested["auth"]>,
  secrets: SecretStore,
): Readonly<Record<string, string>> => {
  const named = "bearer" in auth ? auth.bearer : auth.password
  const secret = secrets.secret(named.secret)
  if (secret === undefined) return {} // The other end says that nobody has shown who asks.
  const value = Redacted.value(secret)
  return {
    Authorization:
      "bearer" in auth ? `Bearer ${value}` : `Basic ${Buffer.from(`${auth.user}:${value}`).toString("base64")}`,
  }
}

const requestOf = (
  { connect_ms: connectMs, json, method, params, read_ms: readMs }: OutboundRequested,
  url: string,
  given: Readonly<Record<string, string>>,
): WireRequest => {
  if (method === "GET") return { method, url, headers: given, body: undefined, connectMs, readMs }
  const headers = {
    ...given,
    "Content-Type": json === undefined ? "application/x-www-form-urlencoded" : "application/json",
  }
  return { method, url, headers, body: json ?? formBody(params), connectMs, readMs }
}

type Answered = Exclude<Landing, { readonly _tag: "Failed" }>

const answered = (landing: Answered, secrets: SecretStore): OutboundAnswered =>
  landing._tag === "Answered"
    ? { body: kept(landing.body, secrets), status: landing.status }
    : { body: { cut: true, length: limits.answerBytesMax }, status: landing.status }

/** An answer that says what to do: its text is kept with its type, userinfo of the URLs in it by its name. */
const instructions = (landing: Answered, secrets: SecretStore): OutboundAnswered => {
  if (landing._tag === "TooLong") return { ...answered(landing, secrets), content_type: "" }
  const { body, contentType, status } = landing
  const text = isUtf8(body) ? hideUserinfo(body.toString("utf8"), secrets) : undefined
  const content_type = typeOf(contentType)
  if (text === undefined) return { body: { base64: body.toString("base64") }, content_type, status }
  // JSON writes control characters in six bytes. No document that can be carried out has many of them.
  return Buffer.byteLength(JSON.stringify(text)) <= limits.entryBytesMax * 0.75
    ? { body: text, content_type, status }
    : { body: kept(body, secrets), content_type, status }
}

/** A content type without its parameters. */
const typeOf = (contentType: string): string => contentType.split(";", 1)[0]?.trim().toLowerCase().slice(0, 100) ?? ""

/** A medium's bytes are kept outside of the log, which knows them by their hash. */
const medium = ({ keep }: MediaDoor, landing: Answered): OutboundAnswered => {
  const { status } = landing
  if (landing._tag === "TooLong") return { body: { cut: true, length: limits.mediaBytesMax }, content_type: "", status }
  const { body, contentType } = landing
  const sha256 = createHash("sha256").update(body).digest("hex")
  if (status >= 200 && status < 300) keep(sha256, body)
  return { body: { length: body.length, sha256 }, content_type: typeOf(contentType), status }
}

/** The bytes of an answer as the log keeps them: userinfo of URLs in them by its name. */
const kept = (bytes: Buffer, secrets: SecretStore): OutboundAnswered["body"] => {
  if (bytes.length === 0) return ""
  if (bytes.length > bodyKeptMax)
    return { length: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }
  return isUtf8(bytes) ? hideUserinfo(bytes.toString("utf8"), secrets) : { base64: bytes.toString("base64") }
}

const bodyKeptMax = limits.answerBytesMax / 4

const failed = (cause: unknown, { connect_ms = connectMsUsual, read_ms = 0 }: OutboundRequested): OutboundFailed => {
  const code = errorCode(cause)
  if (code === connectTimeout) return { after_ms: connect_ms, detail: connectDetail, reason: "timeout" }
  if (code === readTimeout) return { after_ms: read_ms, reason: "timeout" }
  const reason = code === notAllowed ? "refused" : code !== undefined && resets.has(code) ? "reset" : "connect"
  return { ...(code === undefined ? {} : { detail: code }), reason }
}

const resets = new Set(["ECONNRESET", "EPIPE", badAnswer])

/** The system's error code: text that does not vary between runs, unlike messages with ports in them. */
const errorCode = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined
