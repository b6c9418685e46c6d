import { createHmac, randomBytes } from "node:crypto"
import * as LogLevel from "effect/LogLevel"

/** How much of a phone number is told: its last two digits; its beginning and end; only whether two are the same. */
export type Redaction = "partial" | "full" | "hash"

/**
 * `+15551234567` as `+1*********67` (partial), `+1555***4567` (full) or `hash:a1b2c3d4` (hash).
 *
 * Shape   without a key, hashes are those of this process alone: nobody can try all numbers to find one's hash. With the same
 *         key they are the same everywhere
 * Source  module architecture, 10.2
 */
export const redactPhone = (number: string, redaction: Redaction, key: string | Uint8Array = processKey): string => {
  switch (redaction) {
    case "partial":
      return partially(number)
    case "full":
      return number.length < shownMin ? partially(number) : `${number.slice(0, 5)}***${number.slice(-4)}`
    case "hash":
      return `hash:${createHmac("sha256", key).update(number).digest("hex").slice(0, 8)}`
  }
}

/** Of a short code not even the beginning. */
const partially = (number: string): string =>
  `${number.length < 8 ? "" : number.slice(0, 2)}*********${number.slice(-2)}`
/** Characters of a number that keeps some to itself when nine of them are told. */
const shownMin = 12

/** ERROR and WARN tell least, INFO and TRACE enough to recognise a number by, DEBUG nothing but sameness. */
export const redactionFor = (level: LogLevel.LogLevel): Redaction => {
  if (LogLevel.greaterThanEqual(level, LogLevel.Warning)) return "partial"
  return level === LogLevel.Debug ? "hash" : "full"
}

/** A text with every phone number in it redacted, as far as a level of the log asks for. */
export const redactPhones = (text: string, level: LogLevel.LogLevel, key: string | Uint8Array = processKey): string =>
  text.replace(number, (found, plus: string | undefined) =>
    redactPhone(plus === undefined ? found : `+${found.slice(plus.length)}`, redactionFor(level), key),
  )

/** A number by itself: behind a plus, also a percent-encoded one, or ten digits and more. SIDs and hashes hold none. */
const number = /(?<![0-9A-Za-z])(?:(\+|%(?:25)*2b)[1-9]\d{6,14}|[1-9]\d{9,14})(?![0-9A-Za-z])/gi

/** A text with the SID of each account in it told by its last four digits: `AC***0123`. */
export const redactAccounts = (text: string): string => text.replace(account, "AC***$1")
const account = /(?<![0-9A-Za-z])AC[0-9a-f]{28}([0-9a-f]{4})(?![0-9A-Za-z])/gi

const processKey = randomBytes(16)
