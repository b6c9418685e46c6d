import { createHash, timingSafeEqual } from "node:crypto"
import * as Redacted from "effect/Redacted"
import { sha256 } from "../../core/canonical.ts"
import type { ApiRequested, Credentials, NotKept, Pair, SecretName } from "../../core/entries.ts"
import { limits } from "../../core/limits.ts"
import { SecretsFull } from "../../log/Keys.ts"
import { callbackTestApi, isCallbackTest } from "../../network/callbackTest.machine.ts"
import { hideUserinfo, type SecretStore } from "../../network/secretUrl.ts"
import { apiKeySecret, authTokenSecret, subaccountTokenSecret, twilioApi } from "./settings.ts"

/** An HTTP request as the server received it. */
export interface RawRequest {
  readonly method: string
  /** Path and query, as on the request line. */
  readonly url: string
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  /** The bytes, or what is known of those that were not kept. */
  readonly body: Uint8Array | NotKept
}

/**
 * Makes an HTTP request the data of `api.requested`: parameters as pairs in arrival order, secrets reduced.
 *
 * It only translates: whether credentials, path or body are acceptable is decided by the rules.
 */
export const wireIn = (raw: RawRequest, secrets: SecretStore): ApiRequested => {
  // Through a proxy the request line names the host too.
  const target = raw.url.startsWith("/") ? raw.url : raw.url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, "")
  const cut = target.indexOf("?")
  const path = withoutUserinfo(cut < 0 ? target : target.slice(0, cut), secrets)
  const queryText = cut < 0 ? "" : target.slice(cut + 1)
  const query = readForm(queryText, () => Buffer.from(queryText), secrets)
  const form = readBody(raw, secrets)
  const refused = query.refused ?? form.refused
  return {
    api: isCallbackTest(path) ? callbackTestApi : twilioApi,
    ...(raw.authorization === undefined ? {} : { auth: credentials(raw.authorization, secrets) }),
    ...(refused === undefined ? {} : { body: refused }),
    ...(refused?.why === "not-a-form" ? { headers: [["content-type", mediaType(raw.contentType)]] } : {}),
    method: raw.method,
    params: form.params,
    path,
    query: query.params,
  }
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
const formType = "application/x-www-form-urlencoded"

/** The length and hash of bytes the log does not keep. */
export const notKept = (bytes: Uint8Array, why: NotKept["why"]): NotKept => ({
  length: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
  why,
})

interface Form {
  readonly params: ReadonlyArray<Pair>
  readonly refused?: NotKept
}

const readBody = ({ body, contentType }: RawRequest, secrets: SecretStore): Form => {
  if (!(body instanceof Uint8Array)) return { params: noPairs, refused: body }
  if (body.length === 0) return { params: noPairs }
  if (contentType !== undefined && contentType !== formType && mediaType(contentType) !== formType)
    return { params: noPairs, refused: notKept(body, "not-a-form") }
  return readForm(utf8(body), () => body, secrets)
}

/** The parameters of a form, or what is known of one that is not kept. */
const readForm = (text: string | undefined, bytes: () => Uint8Array, secrets: SecretStore): Form => {
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

/** Bytes that parameters may take in an entry, which leaves room for the rest of it. */
const paramsBytesMax = limits.entryBytesMax * 0.75

const mediaType = (contentType: string | undefined): string =>
  (contentType ?? "").split(";", 1)[0]?.trim().toLowerCase().slice(0, 100) ?? ""

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const utf8 = (bytes: Uint8Array): string | undefined => {
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
    pairs.push([hideUserinfo(name, secrets), name === "Body" ? value : hideUserinfo(value, secrets)])
    if (pairs.length > limits.paramsMax) break
  }
  return pairs
}

const decoded = (text: string): string | undefined => {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text
  if (!spaced.includes("%")) return spaced
  try {
    return decodeURIComponent(spaced)
  } catch {
    return undefined // `%zz`, a cut sequence, or bytes that are no UTF-8.
  }
}

/** Credentials that were good, by their header: a client sends the same ones with every request. */
interface Shown {
  readonly credentials: Credentials
  /** The secret they showed, by its name and as it was. */
  readonly name: string
  readonly secret: Redacted.Redacted<string> | undefined
}
const shownBefore = new WeakMap<SecretStore, Map<string, Shown>>()
const shownMax = 64

/**
 * Credentials of HTTP Basic, reduced: a known token or key to its name, anything else to a keyed fingerprint.
 *
 * Those that show a secret are kept by their header for as long as it stays the same. A map finds a text by its hash, so how
 * long it takes tells nothing about the ones it holds.
 */
const credentials = (authorization: string, secrets: SecretStore): Credentials => {
  const before = shownBefore.get(secrets)
  const shown = before?.get(authorization)
  if (shown !== undefined && shown.secret === secrets.secret(shown.name)) return shown.credentials
  const found = read(authorization, secrets)
  if ("password" in found && "secret" in found.password) {
    const name = found.password.secret
    const kept = before === undefined || before.size >= shownMax ? new Map<string, Shown>() : before
    shownBefore.set(secrets, kept.set(authorization, { credentials: found, name, secret: secrets.secret(name) }))
  }
  return found
}

const read = (authorization: string, secrets: SecretStore): Credentials => {
  const basic = /^basic +([A-Za-z0-9+/_-]+={0,2})$/i.exec(authorization.trim())
  const text = basic === null ? undefined : utf8(Buffer.from(basic[1] ?? "", "base64"))
  const colon = text?.indexOf(":") ?? -1
  if (text === undefined || colon < 0) return { malformed: true }
  const user = text.slice(0, colon)
  return {
    password: password(user, text.slice(colon + 1), secrets),
    user: /^(AC|SK)[0-9a-zA-Z]{32}$/.test(user) ? user : { fingerprint: secrets.fingerprint(user) },
  }
}

/** A password is the token of the run's account, or else the secret of the subaccount or API key that shows it. */
const password = (user: string, given: string, secrets: SecretStore): SecretName | { readonly fingerprint: string } => {
  if (isSecret(given, authTokenSecret, secrets)) return { secret: authTokenSecret }
  const own = user.startsWith("SK") ? apiKeySecret(user) : subaccountTokenSecret(user)
  return isSecret(given, own, secrets) ? { secret: own } : { fingerprint: secrets.fingerprint(given) }
}

const isSecret = (given: string, name: string, secrets: SecretStore): boolean => {
  const secret = secrets.secret(name)
  return secret !== undefined && sameText(given, Redacted.value(secret))
}

/** Compares in constant time, whatever the lengths. */
const sameText = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(a), "latin1"), Buffer.from(sha256(b), "latin1"))
