import { isUtf8 } from "node:buffer"
import { createHash } from "node:crypto"
import type { Draft } from "../core/Entry.ts"
import {
  type OutboundAnswered,
  type OutboundRequested,
  outboundAnswered,
  outboundFailed,
  type Pair,
} from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import { SecretsFull } from "../log/Keys.ts"
import { notAllowed } from "./allow.ts"
import { formBody } from "./form.ts"
import { connectTimeout, type Landing, readTimeout, type WireClient, type WireRequest } from "./nodeClient.ts"
import { connectDetail } from "./outbound.machine.ts"
import { type Hop, nextHop, redirectsMax, shownUrl, tooManyRedirects, withQuery } from "./redirects.ts"
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
}

/** Media are larger than other answers, and kept outside of the log. */
export interface MediaDoor {
  /** Reads answers of up to `limits.mediaBytesMax`. */
  readonly client: WireClient
  /** Keeps bytes under their SHA-256, before their answer enters. */
  readonly keep: (sha256: string, bytes: Uint8Array) => void
}

/**
 * Sends one request, follows its redirects, and makes the answer or failure the input that follows from it; gives what
 * cancels it.
 */
export const exchange = (
  { client, secrets, signs, media, origin = () => "" }: Edge,
  { seq, subject, request: { params, ...rest } }: Job,
  answer: (answer: Draft) => void,
): (() => void) => {
  const request = { ...rest, params: absolute(params, rest.absolute, origin) }
  const door = request.purpose === "media" ? media : undefined
  const redirected: Array<string> = []
  let cancel = () => {}
  const end = (landing: Answered) => {
    try {
      const data = read(landing, request, door, secrets)
      answer(outboundAnswered.draft(subject, redirected.length === 0 ? data : { ...data, redirected }, seq))
    } catch (error) {
      // What cannot be kept as a secret is not kept at all.
      if (!(error instanceof SecretsFull)) throw error
      answer(outboundFailed.draft(subject, { detail: "too-many-secrets", reason: "refused" }, seq))
    }
  }
  const go = (hop: Hop) => {
    const asked = { ...request, method: hop.method, params: hop.params }
    const headers = request.sign === undefined ? {} : (signs(request.sign)?.(asked, hop.url) ?? {})
    cancel = (door?.client ?? client).send(requestOf(asked, hop.target, headers), (landing) => {
      if (landing._tag === "Failed") return answer(failed(landing.cause, request, subject, seq))
      const next = nextHop(hop, landing)
      if (next === undefined) return end(landing)
      if (redirected.length === redirectsMax)
        return answer(outboundFailed.draft(subject, { detail: tooManyRedirects, reason: "refused" }, seq))
      redirected.push(shownUrl(next.url))
      go(next)
    })
  }
  const url = withQuery(restoreUserinfo(request.url, secrets), request)
  const target = request.connect === undefined ? url : withQuery(restoreUserinfo(request.connect, secrets), request)
  go({ method: request.method, params: request.params, target, url })
  return () => cancel()
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
      ? answered(landing)
      : instructions(landing, secrets)

/** Parameters with those that are paths of this server made absolute. */
const absolute = (
  params: ReadonlyArray<Pair>,
  names: ReadonlyArray<string> | undefined,
  origin: () => string,
): ReadonlyArray<Pair> =>
  names === undefined
    ? params
    : params.map(([name, value]): Pair => (names.includes(name) ? [name, origin() + value] : [name, value]))

const requestOf = (
  { connect_ms: connectMs, method, params, read_ms: readMs }: OutboundRequested,
  url: string,
  headers: Readonly<Record<string, string>>,
): WireRequest => {
  const bounds = connectMs === undefined && readMs === undefined ? {} : { connectMs, readMs }
  if (method === "GET") return { method, url, headers, body: undefined, ...bounds }
  const body = formBody(params)
  const about = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": String(Buffer.byteLength(body)),
  }
  return { method, url, headers: { ...headers, ...about }, body, ...bounds }
}

type Answered = Exclude<Landing, { readonly _tag: "Failed" }>

const answered = (landing: Answered): OutboundAnswered =>
  landing._tag === "Answered"
    ? { body: kept(landing.body), status: landing.status }
    : { body: { cut: true, length: limits.answerBytesMax }, status: landing.status }

/** An answer that says what to do: its text is kept with its type, userinfo of the URLs in it by its name. */
const instructions = (landing: Answered, secrets: SecretStore): OutboundAnswered => {
  if (landing._tag === "TooLong") return { ...answered(landing), content_type: "" }
  const { body, contentType, status } = landing
  const text = isUtf8(body) ? hideUserinfo(body.toString("utf8"), secrets) : undefined
  const content_type = typeOf(contentType)
  if (text === undefined) return { body: { base64: body.toString("base64") }, content_type, status }
  // JSON writes control characters in six bytes. No document that can be carried out has many of them.
  return Buffer.byteLength(JSON.stringify(text)) <= limits.entryBytesMax * 0.75
    ? { body: text, content_type, status }
    : { body: kept(body), content_type, status }
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

/** The bytes of an answer as the log keeps them. */
const kept = (bytes: Buffer): OutboundAnswered["body"] => {
  if (bytes.length === 0) return ""
  if (bytes.length > bodyKeptMax)
    return { length: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }
  return isUtf8(bytes) ? bytes.toString("utf8") : { base64: bytes.toString("base64") }
}

const bodyKeptMax = limits.answerBytesMax / 4

const failed = (cause: unknown, request: OutboundRequested, subject: string, seq: number): Draft => {
  const code = errorCode(cause)
  const { connect_ms = 0, read_ms = 0 } = request
  if (code === connectTimeout)
    return outboundFailed.draft(subject, { after_ms: connect_ms, detail: connectDetail, reason: "timeout" }, seq)
  if (code === readTimeout) return outboundFailed.draft(subject, { after_ms: read_ms, reason: "timeout" }, seq)
  const reason = code === notAllowed ? "refused" : code !== undefined && resets.has(code) ? "reset" : "connect"
  return outboundFailed.draft(subject, { ...(code === undefined ? {} : { detail: code }), reason }, seq)
}

const resets = new Set(["ECONNRESET", "EPIPE", "HPE_INVALID_CONSTANT", "UND_ERR_SOCKET"])

/** The system's error code: text that does not vary between runs, unlike messages with ports in them. */
const errorCode = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined
