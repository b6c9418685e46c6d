import * as Either from "effect/Either"
import { ArrayFormatter } from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { meant, otherKeys } from "../../core/otherKeys.ts"

/** What is wrong at a place of a value. */
export interface Problem {
  readonly keys: ReadonlyArray<PropertyKey>
  readonly expected: string
  readonly found: string
}

/** Checks a value against a schema; what is wrong is told by place, what was expected and what was found. */
export const check = <A>(schema: Schema.Schema<A, A>, value: unknown): Either.Either<A, ReadonlyArray<Problem>> =>
  Either.mapLeft(Schema.decodeUnknownEither(schema, { errors: "all", onExcessProperty: "error" })(value), (error) =>
    ArrayFormatter.formatErrorSync(error).map((issue) => problemOf(value, issue)),
  )

const problemOf = (
  value: unknown,
  { _tag, message, path }: ReturnType<typeof ArrayFormatter.formatErrorSync>[number],
) => {
  const found = at(value, path)
  if (_tag === "Unexpected")
    return { keys: path, expected: `a known key${instead(String(path.at(-1)), message)}`, found: kindShown(found) }
  if (/^Expected (?:\{|Struct)/.test(message))
    return { keys: path, expected: "a group of keys", found: shown(found, path) }
  if (/^Expected (?:readonly \[|ReadonlyArray<)/.test(message))
    return { keys: path, expected: "a list", found: shown(found, path) }
  if (_tag === "Missing") return { keys: path, expected: "a value", found: "nothing" }
  return {
    keys: path,
    expected: message.replace(/^Expected /, "").replace(/, actual .*$/s, ""),
    found: shown(found, path),
  }
}

/** The key that is meant, or else all that there are. */
const instead = (key: string, message: string): string => {
  const keys = otherKeys(message)
  return meant(key, keys) || (keys.length === 0 ? "" : ` (there are ${keys.join(", ")})`)
}

/** What stands at a place of a value; own keys only. */
export const at = (value: unknown, path: ReadonlyArray<PropertyKey>): unknown =>
  path.reduce<unknown>(
    (here, key) =>
      typeof here === "object" && here !== null && Object.hasOwn(here, key) ? (here as never)[key] : undefined,
    value,
  )

const kindShown = (value: unknown): string =>
  value === null || value === undefined
    ? "nothing"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "a group of keys"
        : typeof value === "string"
          ? "a text"
          : `a ${typeof value}`

/** A found value in one short line; what may be a secret is not repeated. */
export const shown = (value: unknown, path: ReadonlyArray<PropertyKey> = []): string => {
  if (value === null || value === undefined || typeof value === "object") return kindShown(value)
  if (path.some((key) => /token|secret|password|auth/i.test(String(key)))) return `${kindShown(value)}, not shown`
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
