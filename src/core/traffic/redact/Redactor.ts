import { sha256, sha256Bytes } from "../../canonical.ts"
import type { Pair } from "../../entries.ts"
import { type Body, headerOf, isAnswered, type RecordedExchange, type TrafficHeader } from "../RecordedExchange.ts"
import { digitsOf, withDigits } from "./digits.ts"
import { decoded, replaceInForm, replaceInUrl } from "./form.ts"
import { replaceInJson } from "./json.ts"
import { meaningOf } from "./names.ts"
import { replaceNumbers, standInNumber } from "./numbers.ts"
import { redacted, Sought } from "./secrets.ts"
import { code, standInWords } from "./words.ts"
import { replaceInXml } from "./xml.ts"

/** What a redactor is to do. The same salt makes the same stand-ins. */
export interface RedactionRules {
  readonly salt: string
  readonly keepNumbers: boolean
  readonly keepBodies: boolean
}

/** What a header of a traffic recording says of it. The salt itself is not told. */
export const redactionOf = ({ keepBodies, keepNumbers, salt }: RedactionRules): TrafficHeader["redaction"] => ({
  bodies: keepBodies ? "kept" : "stand-ins",
  numbers: keepNumbers ? "kept" : "stand-ins",
  salt: keepBodies && keepNumbers ? "" : saltFingerprint(salt),
})

/** Tells salts apart, and nothing else of them. */
export const saltFingerprint = (salt: string): string => sha256(`fingerprint\n${salt}`).slice(0, 16)

/** Headers of which only the presence is kept. */
const secretHeaders = new Set(
  "authorization proxy-authorization x-twilio-signature x-api-key cookie set-cookie".split(" "),
)

/** Headers that somebody reads: the application, the API, or who plays a recording back. Others are not kept. */
const keptHeaders = new Set(
  (
    "accept content-type user-agent i-twilio-idempotency-token idempotency-key if-match x-twilio-webhook-enabled " +
    "twilio-request-id twilio-concurrent-requests twilio-request-duration retry-after location etag www-authenticate " +
    "x-home-region x-api-domain x-rate-limit-limit x-rate-limit-remaining x-rate-limit-config content-disposition cache-control"
  ).split(" "),
)

/** Texts inside texts (a URL in a query in a form) that are looked into. */
const depthMax = 5

/** Stand-ins of numbers that came lately. */
const numbersKnownMax = 10_000

/**
 * Takes out of exchanges what has no place on a disk: secrets always, numbers and texts of people unless they are to be kept.
 *
 * The same number, word or code has the same stand-in everywhere, in every encoding. Remembers the secrets it has seen, so that it finds
 * them where nothing says what they are, and nothing else that matters.
 */
export class Redactor {
  readonly #rules: RedactionRules
  readonly #sought = new Sought()
  readonly #numbers = new Map<string, string>()
  /** Whether the exchange at hand has shown a secret that was not known. */
  #learned = false

  constructor(rules: RedactionRules) {
    this.#rules = rules
  }

  /** The exchange as it may be kept. Its headers are those of the wire. */
  exchange(found: RecordedExchange): RecordedExchange {
    const { answer, request } = found
    for (const [name, value] of [...request.headers, ...(isAnswered(answer) ? answer.headers : [])])
      if (secretHeaders.has(name)) this.#learnHeader(name, value)
    this.#learned = false
    const made = this.#made(found)
    // A secret may have been named behind a place where it stood without a name.
    return this.#learned ? this.#made(found) : made
  }

  #made(found: RecordedExchange): RecordedExchange {
    const { answer, request } = found
    return {
      ...found,
      about: this.#text("", found.about),
      answer: isAnswered(answer)
        ? {
            body: this.#body(answer.headers, answer.body),
            headers: this.#headers(answer.headers),
            status: answer.status,
          }
        : { failed: this.#hidden(this.#text("", answer.failed)) },
      request: {
        ...request,
        body: this.#body(request.headers, request.body),
        headers: this.#headers(request.headers),
        url: this.#hidden(replaceInUrl(request.url, (name, value) => this.#text(name, value, 1))),
      },
    }
  }

  #headers(headers: ReadonlyArray<Pair>): ReadonlyArray<Pair> {
    return headers.flatMap(([name, value]): ReadonlyArray<Pair> => {
      if (secretHeaders.has(name)) return [[name, "present"]]
      return keptHeaders.has(name) ? [[name, this.#hidden(this.#text("", value))]] : []
    })
  }

  #learnHeader(name: string, value: string): void {
    const [, scheme = "", credentials = ""] = /^(\S+)\s+(.*)$/.exec(value) ?? []
    if (/^basic$/i.test(scheme))
      this.#learn(
        Buffer.from(credentials, "base64")
          .toString("utf8")
          .replace(/^[^:]*:/, ""),
      )
    if (credentials !== "") this.#learn(credentials)
    if (name === "cookie") for (const part of value.split(/;\s*/)) this.#learn(part.replace(/^[^=]*=/, ""))
    else if (name === "set-cookie") this.#learn(value.replace(/;.*$/s, "").replace(/^[^=]*=/, ""))
    else if (credentials === "" && name !== "x-twilio-signature") this.#learn(value)
  }

  /** What a field with the name of a secret says: sought elsewhere, too, unless it may be any word. */
  #learnNamed(value: string): void {
    if (value.length >= namedLengthMin && !anyWord.test(value)) this.#learn(value)
  }

  #learn(secret: string): void {
    if (this.#sought.add(secret)) this.#learned = true
  }

  #hidden(text: string): string {
    return this.#sought.hide(text)
  }

  #body(headers: ReadonlyArray<Pair>, body: Body): Body {
    if ("text" in body) {
      const type = headerOf(headers, "content-type") ?? ""
      const text = this.#hidden(this.#document(type.toLowerCase(), body.text))
      return "coding" in body ? { ...body, text } : { text }
    }
    if (!("base64" in body)) return body
    const { keepBodies, keepNumbers } = this.#rules
    const bytes = Buffer.from(body.base64, "base64")
    // Nothing can be found in bytes of any kind: they are kept where everything may be.
    const coding = body.coding === undefined ? {} : { coding: body.coding }
    if (!keepBodies || !keepNumbers) return { ...coding, length: bytes.length, sha256: sha256Bytes(bytes) }
    return { ...coding, base64: Buffer.from(this.#hidden(bytes.toString("latin1")), "latin1").toString("base64") }
  }

  /** A whole body by its media type, or, where that says nothing, by how it begins. */
  #document(type: string, text: string): string {
    const byName = (name: string, value: string) => this.#text(name, value, 1)
    if (type.includes("json") || /^\s*[{[]/.test(text)) return this.#json(text, 1)
    if (type.includes("x-www-form-urlencoded")) return replaceInForm(text, byName)
    if (type.includes("xml") || /^\s*</.test(text)) return replaceInXml(text, byName)
    return this.#words(text)
  }

  #json(text: string, depth: number): string {
    return replaceInJson(
      text,
      (name, value) => this.#text(name, value, depth + 1),
      (name, digits) => this.#number(name, digits),
    )
  }

  /** A number of JSON. */
  #number(name: string, digits: string): string {
    const meaning = meaningOf(name)
    if (meaning === "secret") {
      this.#learnNamed(digits)
      return "0"
    }
    if (meaning === "code" && !this.#rules.keepBodies && !isErrorCode.test(digits))
      return withDigits(digits, code(this.#rules.salt, digitsOf(digits))).replace(/^0(?=\d)/, "1")
    return /^\d+$/.test(digits) ? this.#plain(digits, depthMax) : digits
  }

  /** A value by the name of its field. */
  #text(name: string, value: string, depth = 1): string {
    if (value === "") return value
    switch (meaningOf(name)) {
      case "secret":
        if (isNoSecret.test(value)) return value
        this.#learnNamed(value)
        return redacted
      case "text":
        return /^\s*[{[]/.test(value) && depth < depthMax && !this.#rules.keepBodies
          ? replaceInJson(
              value,
              (_, each) => this.#words(each),
              (_, digits) => this.#number("code", digits),
            )
          : this.#words(value)
      case "code":
        return this.#rules.keepBodies ? this.#plain(value, depth) : this.#digits(value)
      case "address":
        return !this.#rules.keepNumbers && /^\d{3,9}$/.test(value)
          ? code(this.#rules.salt, value)
          : this.#plain(value, depth)
      case "date":
        return /^\d{10}$/.test(value) ? value : this.#plain(value, depth)
      case "plain":
        return this.#plain(value, depth)
    }
  }

  #digits(text: string): string {
    return text.replace(/\d+/g, (digits) => code(this.#rules.salt, digits))
  }

  /** What people wrote. */
  #words(text: string): string {
    const { keepBodies, salt } = this.#rules
    return keepBodies ? this.#plain(text, 1) : standInWords({ salt, number: (number) => this.#standIn(number) }, text)
  }

  /** What may be anything: JSON, a URL, a form, an encoded text, or words with a number among them. */
  #plain(text: string, depth: number): string {
    if (nothing.test(text)) return text
    if (depth >= depthMax) return this.#flat(text, depth)
    const byName = (name: string, value: string) => this.#text(name, value, depth + 1)
    if (/^\s*[{[]/.test(text)) return this.#json(text, depth + 1)
    if (path.test(text)) return replaceInUrl(text, byName)
    if (form.test(text)) return replaceInForm(text, byName)
    if (!/%|:[/\\]{2}/.test(text)) return this.#flat(text, depth)
    return pieces(
      text,
      url,
      (each) => replaceInUrl(each, byName),
      (rest) =>
        pieces(
          rest,
          encoded,
          (each) => this.#encoded(each, depth),
          (flat) => this.#flat(flat, depth),
        ),
    )
  }

  /** A percent-encoded text. */
  #encoded(text: string, depth: number): string {
    const plain = decoded(text)
    if (plain === text) return this.#flat(text, depth)
    const made = this.#plain(plain, depth + 1)
    return made === plain ? text : encodeURIComponent(made.toWellFormed())
  }

  /** A text into which nothing is folded but base64. */
  #flat(text: string, depth: number): string {
    const noTokens = text.replace(jwt, redacted).replace(base64, (each) => this.#base64(each, depth))
    if (this.#rules.keepNumbers) return noTokens
    const numbers = replaceNumbers(noTokens, (number) => this.#standIn(number))
    return numbers.replace(email, (_, local: string, at: string) => this.#local(local) + at)
  }

  /** The name of a mailbox. */
  #local(local: string): string {
    return standInWords({ salt: this.#rules.salt, number: (number) => this.#standIn(number) }, local)
  }

  /** What looks like base64: another text where it says a text in which something was replaced. */
  #base64(found: string, depth: number): string {
    if (depth >= depthMax || sid.test(found)) return found
    const text = Buffer.from(found, "base64").toString("utf8")
    // Chance makes few of these printable; what it does holds no number.
    if (!printable.test(text)) return found
    const made = this.#hidden(this.#plain(text, depth + 1))
    if (made === text) return found
    const urlSafe = /[-_]/.test(found)
    const again = Buffer.from(made).toString(urlSafe ? "base64url" : "base64")
    return found.endsWith("=") ? again : again.replace(/=+$/, "")
  }

  #standIn(number: string): string {
    if (this.#rules.keepNumbers) return number
    let standIn = this.#numbers.get(number)
    if (standIn === undefined) {
      standIn = standInNumber(this.#rules.salt, number)
      if (this.#numbers.size >= numbersKnownMax) this.#numbers.clear()
      this.#numbers.set(number, standIn)
    }
    return standIn
  }
}

/** Values by the name of whose field alone they are secrets: shorter ones, and words in one case, may stand anywhere. */
const namedLengthMin = 8
const anyWord = /^(?:[a-z_ .-]+|[A-Z_ .-]+)$/

/** Twilio's own codes, which stand in a field of the same name. Source: the dictionary of errors and warnings. */
const isErrorCode = /^\d{5}$/

/** Values of fields with the names of secrets that are none: SIDs, paths of resources, switches. */
const isNoSecret = /^(?:[A-Z]{2}[0-9a-f]{32}|\/20\d\d-\d\d-\d\d\/[\w./]*|true|false|null|present|redacted)$/
/** Short words and SIDs, in which there is nothing to be found. */
const nothing = /^(?:[A-Za-z_ .-]{0,15}|[A-Z]{2}[0-9a-f]{32})$/
const sid = /^[A-Z]{2}[0-9a-f]{32}$/
const path = /^\/[^\s"'<>]*$/
const form = /^[\w.[\]%-]+=[^&\s]*(?:&[\w.[\]%-]+=[^&\s]*)*$/
const url = /[a-z][a-z0-9+.-]*:[/\\]{2,}[^\s"'<>]+/gi
const encoded = /[^\s"'<>]*%[0-9a-f]{2}[^\s"'<>]*/gi
const jwt = /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g
const base64 = /[A-Za-z0-9+/_-]{16,}={0,2}/g
const printable = /^[\t\n\r\x20-\x7e]{8,}$/
const email = /(?<![\w.+%/-])([\w.+-]+)(@[\w-]+(?:\.[\w-]+)+)/g

/** A text with what fits a pattern replaced in one way, and what is between in another. */
const pieces = (
  text: string,
  pattern: RegExp,
  fits: (found: string) => string,
  between: (text: string) => string,
): string => {
  let made = ""
  let at = 0
  for (const { 0: found, index } of text.matchAll(pattern)) {
    made += (index > at ? between(text.slice(at, index)) : "") + fits(found)
    at = index + found.length
  }
  return at === 0 ? between(text) : made + (at < text.length ? between(text.slice(at)) : "")
}
