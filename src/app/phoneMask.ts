import { createHmac, randomBytes } from "node:crypto"
import * as LogLevel from "effect/LogLevel"

/** How much of a phone number a line tells: its last two digits; its beginning and end; only whether two are the same. */
type Mask = "partial" | "full" | "hash"

/** ERROR and WARN tell least, INFO enough to recognise a number by, DEBUG nothing but sameness. */
const maskFor = (level: LogLevel.LogLevel): Mask =>
  LogLevel.lessThanEqual(level, LogLevel.Debug)
    ? "hash"
    : LogLevel.greaterThanEqual(level, LogLevel.Warning)
      ? "partial"
      : "full"

/** `+15551234567` as `+1*********67`, `+1555***4567` or `hash:a1b2c3d4`. The key makes the hash one of this process alone. */
export const maskPhone = (number: string, mask: Mask, key: string | Uint8Array): string => {
  switch (mask) {
    case "partial":
      return `${number.slice(0, 2)}*********${number.slice(-2)}`
    case "full":
      return `${number.slice(0, 5)}***${number.slice(-4)}`
    case "hash":
      return `hash:${createHmac("sha256", key).update(number).digest("hex").slice(0, 8)}`
  }
}

/** A number by itself: behind a plus, also a percent-encoded one, or ten digits and more. SIDs and hashes hold none. */
const number = /(?<![0-9A-Za-z])(?:(\+|%(?:25)*2b)[1-9]\d{6,14}|[1-9]\d{9,14})(?![0-9A-Za-z])/gi

const processKey = randomBytes(16)

/** A line of the process log with every phone number in it masked as its level asks. */
export const maskPhones = (text: string, level: LogLevel.LogLevel): string =>
  text.replace(number, (found, plus: string | undefined) =>
    maskPhone(plus === undefined ? found : `+${found.slice(plus.length)}`, maskFor(level), processKey),
  )
