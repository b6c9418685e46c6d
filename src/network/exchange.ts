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
import { notAllowed } from "./allow.ts"
import type { Landing, WireClient, WireRequest } from "./nodeClient.ts"
import { restoreUserinfo, type SecretStore } from "./secretUrl.ts"
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
}

/** Media are larger than other answers, and kept outside of the log. */
export interface MediaDoor {
  /** Reads answers of up to `limits.mediaBytesMax`. */
  readonly client: WireClient
  /** Keeps bytes under their SHA-256, before their answer enters. */
  readonly keep: (sha256: string, bytes: Uint8Array) => void
}

/** A form body of pairs in their order. */
export const formBody = (params: ReadonlyArray<Pair>): string =>
  params.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")

/** As HTML forms do: space is `+`; a lone surrogate, which has no bytes, becomes U+FFFD. */
const encode = (text: string): string =>
  unreserved.test(text)
    ? text
    : encodeURIComponent(text.toWellFormed())
        .replace(/%20/g, "+")
        .replace(/[!'()~]/g, percent)
const unreserved = /^[A-Za-z0-9_.*-]*$/
const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`

/** Sends one request and makes its answer or failure the input that follows from it; gives what cancels it. */
export const exchange = (
  { client, secrets, signs, media }: Edge,
  { seq, subject, request }: Job,
  answer: (answer: Draft) => void,
): (() => void) => {
  const url = restoreUserinfo(request.url, secrets)
  const target = request.connect === undefined ? url : restoreUserinfo(request.connect, secrets)
  const headers = request.sign === undefined ? {} : (signs(request.sign)?.(request, url) ?? {})
  const door = request.purpose === "media" ? media : undefined
  const sent = requestOf(request, target, headers)
  return (door?.client ?? client).send(sent, (landing) => {
    answer(
      landing._tag === "Failed"
        ? failed(landing.cause, subject, seq)
        : outboundAnswered.draft(subject, door === undefined ? answered(landing) : medium(door, landing), seq),
    )
  })
}

const requestOf = (
  { method, params }: OutboundRequested,
  url: string,
  headers: Readonly<Record<string, string>>,
): WireRequest => {
  if (method === "GET") return { method, url, headers, body: undefined }
  const body = formBody(params)
  const about = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": String(Buffer.byteLength(body)),
  }
  return { method, url, headers: { ...headers, ...about }, body }
}

type Answered = Exclude<Landing, { readonly _tag: "Failed" }>

const answered = (landing: Answered): OutboundAnswered =>
  landing._tag === "Answered"
    ? { body: kept(landing.body), status: landing.status }
    : { body: { cut: true, length: limits.answerBytesMax }, status: landing.status }

/** A medium's bytes are kept outside of the log, which knows them by their hash. */
const medium = ({ keep }: MediaDoor, landing: Answered): OutboundAnswered => {
  const { status } = landing
  if (landing._tag === "TooLong") return { body: { cut: true, length: limits.mediaBytesMax }, content_type: "", status }
  const { body, contentType } = landing
  const sha256 = createHash("sha256").update(body).digest("hex")
  if (status >= 200 && status < 300) keep(sha256, body)
  const content_type = contentType.split(";", 1)[0]?.trim().toLowerCase().slice(0, 100) ?? ""
  return { body: { length: body.length, sha256 }, content_type, status }
}

/** The bytes of an answer as the log keeps them. */
const kept = (bytes: Buffer): OutboundAnswered["body"] => {
  if (bytes.length === 0) return ""
  if (bytes.length > bodyKeptMax)
    return { length: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") }
  return isUtf8(bytes) ? bytes.toString("utf8") : { base64: bytes.toString("base64") }
}

const bodyKeptMax = limits.answerBytesMax / 4

const failed = (cause: unknown, subject: string, seq: number): Draft => {
  const code = errorCode(cause)
  const reason = code === notAllowed ? "refused" : code !== undefined && resets.has(code) ? "reset" : "connect"
  return outboundFailed.draft(subject, { ...(code === undefined ? {} : { detail: code }), reason }, seq)
}

const resets = new Set(["ECONNRESET", "EPIPE", "HPE_INVALID_CONSTANT", "UND_ERR_SOCKET"])

/** The system's error code: text that does not vary between runs, unlike messages with ports in them. */
const errorCode = (cause: unknown): string | undefined =>
  typeof cause === "object" && cause !== null && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined
