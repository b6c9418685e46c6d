import * as Redacted from "effect/Redacted"
import type { SecretStore } from "../../network/secretUrl.ts"
import type { Sign } from "../../network/Wire.ts"
import { twilioError } from "./errors.ts"
import { authTokenSecret } from "./settings.ts"
import { sign, signedForm } from "./signature.ts"
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
  readonly concurrent: number
}

/**
 * Headers of an answer, flat. The request id names the answer's entry: `RQ` and the first half of its hash.
 *
 * Too many requests at once (20429) may be sent again in a second; a sender's full queue (21611) tells nothing of the kind.
 */
export const answerHeaders = ({ body, concurrent, contentType, hash, status }: Answer): Array<string> => {
  const headers = ["Content-Type", contentType ?? "application/json", ...common, ...cors]
  // Bytes from elsewhere (SVG, say) must not run in a browser as if they were pages of this server.
  if (contentType !== undefined)
    headers.push("X-Content-Type-Options", "nosniff", "Content-Security-Policy", "sandbox; default-src 'none'")
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

/**
 * The headers of Twilio's own requests, the signature with the account's token among them.
 *
 * Source  webhooks-security; user agent and idempotency token from captures
 */
export const twilioHeaders =
  (secrets: SecretStore): Sign =>
  (request, url) => {
    const token = secrets.secret(authTokenSecret)
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
