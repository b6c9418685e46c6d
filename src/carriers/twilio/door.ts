import * as Redacted from "effect/Redacted"
import { sign, signedForm } from "../../core/signature.ts"
import type { Sign } from "../../network/exchange.ts"
import type { SecretStore } from "../../network/secretUrl.ts"
import { twilioError } from "./errors.ts"
import { authTokenSecret, subaccountTokenSecret, twilioSign } from "./settings.ts"
import { errorBody } from "./wireOut.ts"

/* What Twilio's HTTP adds to every answer and every callback, besides what the log says. */

/** Source: recorded exchanges of third parties, 2020 to 2023. */
const common = [
  "X-Home-Region",
  "us1",
  "X-API-Domain",
  "api.twilio.com",
  "X-Powered-By",
  "AT-5000",
  "X-Shenanigans",
  "none",
]
const cors = [
  "Access-Control-Allow-Origin",
  "*",
  "Access-Control-Allow-Headers",
  "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Match, If-Unmodified-Since, Idempotency-Key",
  "Access-Control-Allow-Methods",
  "GET, POST, DELETE, OPTIONS",
  "Access-Control-Expose-Headers",
  "ETag",
  "Access-Control-Allow-Credentials",
  "true",
]

/** Headers of an answer to a CORS preflight. */
export const preflightHeaders: ReadonlyArray<string> = [...cors, "Access-Control-Max-Age", "600"]

/** An answer on its way to HTTP; `hash` is that of its entry, empty when there is none. */
interface Answer {
  readonly status: number
  readonly body: string | Uint8Array
  readonly contentType?: string | undefined
  readonly hash: string
  /** Virtual ms; absent when there is no entry. */
  readonly at?: number | undefined
  readonly concurrent: number
}

/** The date of HTTP that was asked for last, and its second: many answers come in one. */
let lately = { second: Number.NaN, text: "" }

const httpDate = (at: number): string => {
  const second = Math.floor(at / 1_000)
  if (second !== lately.second) lately = { second, text: new Date(at).toUTCString() }
  return lately.text
}

/**
 * Headers of an answer, flat. The request id names the answer's entry: `RQ` and the first half of its hash. The date is virtual, as
 * are those in the body: callers compare them.
 *
 * Too many requests at once (20429) may be sent again in a second; a sender's full queue (21611) tells nothing of the kind.
 */
export const answerHeaders = ({ at, body, concurrent, contentType, hash, status }: Answer): Array<string> => {
  const headers = ["Content-Type", contentType ?? "application/json", ...common, ...cors]
  // Bytes from elsewhere (SVG, say) must not run in a browser as if they were pages of this server.
  if (contentType !== undefined)
    headers.push("X-Content-Type-Options", "nosniff", "Content-Security-Policy", "sandbox; default-src 'none'")
  if (at !== undefined) headers.push("Date", httpDate(at))
  if (hash !== "") headers.push("Twilio-Request-Id", `RQ${hash.slice(0, 32)}`)
  if (status < 400) headers.push("Twilio-Concurrent-Requests", String(concurrent))
  if (status === 401) headers.push("WWW-Authenticate", 'Basic realm="Twilio API"')
  if (status === 429 && typeof body === "string" && body.startsWith('{"code":20429,')) headers.push("Retry-After", "1")
  return headers
}

const refused = (code: 20404 | 20429 | 20503) => {
  const error = twilioError(code)
  return { status: error.status, body: errorBody(error) }
}

export const overloaded = refused(20429)
export const unavailable = refused(20503)

/** The answer in place of bytes that are kept no longer. */
export const gone = refused(20404)

/** What the edge needs of the keys file: secrets that are there, and those that are made when they are first told. */
export interface AccountSecrets extends Pick<SecretStore, "secret"> {
  readonly make: (name: string) => Redacted.Redacted<string>
}

/**
 * The headers of Twilio's own requests by the name of who signs: `twilio`, or `twilio AC…` for a subaccount.
 *
 * Source  webhooks-security; user agent and idempotency token from captures
 */
export const twilioSigns =
  (secrets: AccountSecrets) =>
  (name: string): Sign | undefined => {
    if (name === twilioSign) return headersSignedWith(() => secrets.secret(authTokenSecret))
    const subaccount = /^twilio (AC[0-9a-f]{32})$/.exec(name)?.[1]
    return subaccount === undefined
      ? undefined
      : headersSignedWith(() => secrets.make(subaccountTokenSecret(subaccount)))
  }

const headersSignedWith =
  (tokenNow: () => Redacted.Redacted<string> | undefined): Sign =>
  (request, url) => {
    const token = tokenNow()
    return {
      Accept: "*/*",
      "I-Twilio-Idempotency-Token": request.token,
      "User-Agent": "TwilioProxy/1.1",
      ...(token === undefined
        ? {}
        : {
            "X-Twilio-Signature": sign(
              Redacted.value(token),
              signedForm(url),
              request.method === "GET" ? [] : request.params,
            ),
          }),
    }
  }

/**
 * Fills the holes of an answer: `{"secret":"<name>"}` with that secret, `{"url":"<path>"}` with the absolute URL.
 *
 * `publicUrl` is where the world sees this server; without one, and for a client that takes it for Twilio by TLS, it is where the client
 * found it, by its Host header. What a client has written never looks like a hole: inside a JSON string quotation marks are escaped.
 */
export const fillHoles =
  (secrets: AccountSecrets, publicUrl: string | undefined) =>
  (body: string, host: string | undefined, secure = false): string => {
    const found = isHost(host) ? host : "localhost"
    const origin = secure
      ? `https://${found}`
      : publicUrl === undefined
        ? `http://${found}`
        : withoutUserinfo(publicUrl)
    return body.replace(/\{"(?:secret":"(twilio\.[^"\\]*)|url":"([^"\\]*))"\}/g, (_, name?: string, path?: string) =>
      JSON.stringify(name === undefined ? origin + path : Redacted.value(secrets.make(name))),
    )
  }

const isHost = (host: string | undefined): host is string => host !== undefined && /^[\w.:[\]-]{1,255}$/.test(host)

/** A URL for others to see, without a slash at its end. */
export const withoutUserinfo = (url: string): string => {
  const { origin, pathname } = new URL(url)
  return origin + pathname.replace(/\/$/, "")
}
