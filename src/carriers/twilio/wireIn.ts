import { timingSafeEqual } from "node:crypto"
import * as Redacted from "effect/Redacted"
import { sha256 } from "../../core/canonical.ts"
import type { ApiRequested, Credentials, SecretName } from "../../core/entries.ts"
import { apiOf } from "../../network/apis.ts"
import {
  type Form,
  formType,
  mediaType,
  notKept,
  type RawRequest,
  readForm,
  readPairs,
  readTarget,
  utf8,
} from "../../network/formIn.ts"
import type { SecretStore } from "../../network/secretUrl.ts"
import { apiKeySecret, authTokenSecret, subaccountTokenSecret } from "./settings.ts"

/**
 * Makes an HTTP request the data of `api.requested`: parameters as pairs in arrival order, secrets reduced.
 *
 * It only translates: whether credentials, path or body are acceptable is decided by the rules.
 */
export const wireIn = (raw: RawRequest, secrets: SecretStore): ApiRequested => {
  const { path, query, refused: refusedQuery } = readTarget(raw.url, secrets)
  const form = readBody(raw, secrets)
  const refused = refusedQuery ?? form.refused
  return {
    api: apiOf(path),
    ...(raw.authorization === undefined ? {} : { auth: credentials(raw.authorization, secrets) }),
    ...(refused === undefined ? {} : { body: refused }),
    ...(refused?.why === "not-a-form" ? { headers: [["content-type", mediaType(raw.contentType)]] } : {}),
    method: raw.method,
    params: form.params,
    path,
    query,
  }
}

const readBody = (raw: RawRequest, secrets: SecretStore): Form => {
  const known = raw.form === undefined ? undefined : readPairs(raw.form, secrets)
  if (known !== undefined) return { params: known }
  const { body, contentType } = raw
  if (!(body instanceof Uint8Array)) return { params: [], refused: body }
  if (body.length === 0) return { params: [] }
  if (contentType !== undefined && contentType !== formType && mediaType(contentType) !== formType)
    return { params: [], refused: notKept(body, "not-a-form") }
  return readForm(utf8(body), () => body, secrets)
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
