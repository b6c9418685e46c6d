import * as Either from "effect/Either"
import { ArrayFormatter } from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { meant, otherKeys } from "../core/otherKeys.ts"
import { printableJson } from "../core/printable.ts"
import { SettingsFile } from "./settingsFile.ts"

/** What is wrong with settings, whether they come from a file or from an order. */
export interface Problem {
  readonly keys: ReadonlyArray<PropertyKey>
  /** Keys with dots between; empty for the whole. */
  readonly path: string
  readonly expected: string
  readonly found: string
}

/** A problem as one line for people. */
export const problemLine = ({ expected, found, path }: Omit<Problem, "keys">): string =>
  `${path}: expected ${expected}, found ${found}`

/** Checks what a settings file holds, or would hold. */
export const checkSettings = (value: unknown): Either.Either<SettingsFile, ReadonlyArray<Problem>> =>
  Either.mapLeft(
    Schema.decodeUnknownEither(SettingsFile, { errors: "all", onExcessProperty: "error" })(value),
    (error) =>
      ArrayFormatter.formatErrorSync(error).map(({ path: keys, message, _tag }) => {
        const path = keys.map(keyShown).join(".")
        const found = at(value, keys)
        if (_tag === "Unexpected")
          return { keys, path, expected: keyExpected(keys, otherKeys(message)), found: unknown(found, keys) }
        // A text where keys belong may be anything, a secret too.
        if (message.startsWith("Expected {") || message.startsWith("Expected SettingsFile"))
          return { keys, path, expected: "a group of keys", found: `a ${Array.isArray(found) ? "list" : typeof found}` }
        const expected = message.replace(/^Expected /, "").replace(/, actual .*$/s, "")
        return { keys, path, expected, found: shown(found, keys) }
      }),
  )

/**
 * A key as far as it looks like one, or like a number, and is no longer than people read: a line without a space behind its
 * colon is a key, too, and may hold a secret.
 */
const keyShown = (key: PropertyKey): string => {
  const text = String(key)
  const shown = (/^\+?[\w-]*/.exec(text)?.[0] ?? "").slice(0, keyLengthMax)
  return shown.length < text.length ? `${shown}...` : shown
}
const keyLengthMax = 200

/** What a key that does not exist holds. A text may be a secret under a misspelt name. */
const unknown = (value: unknown, path: ReadonlyArray<PropertyKey>): string =>
  typeof value === "string" ? "a text" : shown(value, path)

/** What a key should be that does not exist. */
const keyExpected = (keys: ReadonlyArray<PropertyKey>, others: ReadonlyArray<string>): string =>
  keys.length === 3 && keys[0] === "twilio" && keys[1] === "numbers"
    ? "a phone number in E.164 form or a short code"
    : `a known key${suggestion(String(keys.at(-1)), others)}`

/** A key that stands elsewhere in the file: where it belongs; otherwise the one beside it that is nearly it. */
const suggestion = (key: string, others: ReadonlyArray<string>): string => {
  const homes: { readonly [key: string]: string } = {
    allow: "callbacks.allow",
    rewrite: "callbacks.rewrite",
    in_flight: "callbacks.in_flight",
    quiet_ms: "callbacks.quiet_ms",
    account_sid: "twilio.account_sid",
    auth_token: "twilio.auth_token",
    validation: "twilio.validation",
    failure_numbers: "twilio.failure_numbers",
    registered_numbers: "twilio.registered_numbers",
    allowed_from_numbers: "twilio.allowed_from_numbers",
    delay_seconds: "twilio.callbacks.delay_seconds",
    retry_attempts: "twilio.callbacks.retry_attempts",
    retry_delay_seconds: "twilio.callbacks.retry_delay_seconds",
    host: "server.host",
    port: "server.port",
  }
  return Object.hasOwn(homes, key) ? ` (is ${homes[key]} meant?)` : meant(key, others)
}

const at = (value: unknown, path: ReadonlyArray<PropertyKey>): unknown =>
  path.reduce<unknown>(
    (here, key) =>
      typeof here === "object" && here !== null && Object.hasOwn(here, key) ? (here as never)[key] : undefined,
    value,
  )

/** A found value, shortened; what may hold a secret is not repeated. */
const shown = (value: unknown, path: ReadonlyArray<PropertyKey>): string => {
  if (value === undefined) return "nothing"
  if (path.some((key) => /token|secret|password/i.test(String(key)))) return `a ${typeof value}, not shown`
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "a group of keys"
  const json = JSON.stringify(value) ?? String(value)
  if (/token|secret|password/i.test(json)) return "a text, not shown"
  const text = json.replace(/^(".*?(?:\/\/|:)|").*@/s, "$1...@")
  return printableJson(text.length > 60 ? `${text.slice(0, 57)}...` : text)
}
