import { timingSafeEqual } from "node:crypto"
import * as Redacted from "effect/Redacted"
import type { Pair } from "../../core/pair.ts"
import { sign, signedForm } from "../../core/signature.ts"

/** What a signature covers. */
export interface Signed {
  /** As Twilio was told it, with its query. */
  readonly url: string
  /** The parameters of a POSTed form, decoded; none of a GET or of JSON, whose hash stands in the URL. */
  readonly params: ReadonlyArray<Pair>
}

/**
 * Whether `X-Twilio-Signature` is that of one of the tokens, for what was signed.
 *
 * Takes   as Twilio's own validators do, the URL with and without its port, as it is written and as `URL` normalises it
 * Cost    one HMAC for what is usual, up to four for each token; how far a wrong signature would fit does not show in the time
 * Source  "Security" (webhooks); the official request validators
 */
export const isSigned = (
  tokens: ReadonlyArray<Redacted.Redacted<string>>,
  { url, params }: Signed,
  signature: string,
): boolean => {
  const given = Buffer.from(signature)
  const fits = (form: string, token: Redacted.Redacted<string>): boolean => {
    const expected = Buffer.from(sign(Redacted.value(token), form, params))
    return given.length === expected.length && timingSafeEqual(given, expected)
  }
  return formsOf(url).some((form) => tokens.some((token) => fits(form, token)))
}

const formsOf = (url: string): ReadonlyArray<string> => {
  const normal = signedForm(url)
  return [...new Set([url, ...portVariants(url), normal, ...portVariants(normal)])]
}

/** With the scheme's own port where there is none, and without the one there is. */
const portVariants = (url: string): ReadonlyArray<string> => {
  const parts = authority.exec(url)
  if (parts === null) return []
  const [, scheme = "", user = "", host = "", port, rest = ""] = parts
  const standard = scheme.toLowerCase() === "https" ? "443" : "80"
  return [`${scheme}://${user}${host}${port === undefined ? `:${standard}` : ""}${rest}`]
}
const authority = /^(https?):\/\/([^/?#]*@)?(\[[^\]/?#]*\]|[^:/?#@]*)(?::(\d*))?([/?#].*)?$/is
