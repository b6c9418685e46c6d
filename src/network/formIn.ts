import { createHash } from "node:crypto"
import type { NotKept, Pair } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import { SecretsFull } from "../log/Keys.ts"
import { hideUserinfo, type SecretStore } from "./secretUrl.ts"

/* What every API makes of the request line and body of an HTTP request: parameters as pairs in arrival order, secrets reduced. */

/** An HTTP request as the server received it. */
export interface RawRequest {
  readonly method: string
  /** Path and query, as on the request line. */
  readonly url: string
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  /** The bytes, or what is known of those that were not kept. */
  readonly body: Uint8Array | NotKept
  /** The pairs that the body is the form of, where whoever made it knows them: they need not be read out of it. */
  readonly form?: ReadonlyArray<Pair>
}

/** The path and the parameters of the query of a request line; `refused` is what is known of a query that is not kept. */
export const readTarget = (
  url: string,
  secrets: SecretStore,
): { readonly path: string; readonly query: ReadonlyArray<Pair>; readonly refused?: NotKept } => {
  // Through a proxy the request line names the host too.
  const target = url.startsWith("/") ? url : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "")
  const cut = target.indexOf("?")
  const path = withoutUserinfo(cut < 0 ? target : target.slice(0, cut), secrets)
  const text = cut < 0 ? "" : target.slice(cut + 1)
  const { params, refused } = readForm(text, () => Buffer.from(text), secrets)
  return refused === undefined ? { path, query: params } : { path, query: params, refused }
}

/** A path in which a URL with userinfo may stand, as proxies have it; it is never restored. */
const withoutUserinfo = (path: string, { fingerprint }: SecretStore): string =>
  !path.includes("@") && !path.includes("%40")
    ? path
    : path.replace(
        /((?:\/|%2f){2})((?:(?!\/|%2f).)+)(@|%40)/gis,
        (_, slashes, userinfo, at) => `${slashes}userinfo-${fingerprint(userinfo)}${at}`,
      )

const noPairs: ReadonlyArray<Pair> = []
export const formType = "application/x-www-form-urlencoded"

/** The length and hash of bytes the log does not keep. */
export const notKept = (bytes: Uint8Array, why: NotKept["why"]): NotKept => ({
  length: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
  why,
})

export interface Form {
  readonly params: ReadonlyArray<Pair>
  readonly refused?: NotKept
}

/** The parameters of a form, or what is known of one that is not kept. */
export const readForm = (text: string | undefined, bytes: () => Uint8Array, secrets: SecretStore): Form => {
  if (text === "") return { params: noPairs }
  let params: ReadonlyArray<Pair> | undefined
  try {
    params = text === undefined ? undefined : parseForm(text, secrets)
  } catch (error) {
    if (error instanceof SecretsFull) return { params: noPairs, refused: notKept(bytes(), "too-many-secrets") }
    throw error
  }
  if (text === undefined || params === undefined) return { params: noPairs, refused: notKept(bytes(), "bad-encoding") }
  if (params.length > limits.paramsMax) return { params: noPairs, refused: notKept(bytes(), "too-many-parameters") }
  // JSON writes some characters in six bytes; only a long form can become too long by it.
  return text.length > paramsBytesMax / 8 && Buffer.byteLength(JSON.stringify(params)) > paramsBytesMax
    ? { params: noPairs, refused: notKept(bytes(), "too-large") }
    : { params }
}

/** The parameters that `readForm` finds in the form of these pairs; undefined: it has to be read. No text of them has half a character. */
export const readPairs = (given: ReadonlyArray<Pair>, secrets: SecretStore): ReadonlyArray<Pair> | undefined => {
  let length = 0
  for (const [name, value] of given) length += name.length + value.length
  if (given.length > limits.paramsMax || length > pairsLengthMax) return undefined
  try {
    return given.map(([name, value]) => parameter(name, value, secrets))
  } catch (error) {
    if (error instanceof SecretsFull) return undefined
    throw error
  }
}

/** Characters of pairs that are few enough for an entry, however they are written. */
const pairsLengthMax = 10_000

/** Bytes that parameters may take in an entry, which leaves room for the rest of it. */
const paramsBytesMax = limits.entryBytesMax * 0.75

export const mediaType = (contentType: string | undefined): string =>
  (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase().slice(0, 100) ?? ""

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

export const utf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return strictUtf8.decode(bytes)
  } catch {
    return undefined // Bytes that are no UTF-8 are one more broken encoding.
  }
}

/** The pairs of a form in their order; undefined when an encoding is broken. */
const parseForm = (text: string, secrets: SecretStore): ReadonlyArray<Pair> | undefined => {
  const pairs: Array<Pair> = []
  for (const part of text.split("&")) {
    if (part === "") continue
    const at = part.indexOf("=")
    const name = decoded(at < 0 ? part : part.slice(0, at))
    const value = decoded(at < 0 ? "" : part.slice(at + 1))
    if (name === undefined || value === undefined) return undefined
    pairs.push(parameter(name, value, secrets))
    if (pairs.length > limits.paramsMax) break
  }
  return pairs
}

const parameter = (name: string, value: string, secrets: SecretStore): Pair => [
  hideUserinfo(name, secrets),
  name === "Body" ? value : hideUserinfo(value, secrets),
]

const decoded = (text: string): string | undefined => {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text
  if (!spaced.includes("%")) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return undefined // `%zz`, a cut sequence, or bytes that are no UTF-8.
  }
}
