import { MessageStatus } from "../../carriers/delivery/entries.ts"
import { CallStatus } from "../../carriers/twilio/calls/entries.ts"
import type { Json, JsonObject } from "../../core/canonical.ts"
import { isFilledLater } from "../file/words.ts"
import { isExpression } from "./patterns.ts"

/*
 * Patterns that can fit nothing, found when a file is read: with `never: true` such a slip would hold for ever. A text with `${` in
 * it is known only later.
 */

/** What is wrong with a pattern, and where within the expectation. */
export interface PatternProblem {
  readonly keys: ReadonlyArray<string | number>
  readonly expected: string
  readonly found: string
}

/** Fields that hold paths, URLs, or what an application says: a text between slashes may be meant as it is. */
const plain = new Set(["url", "links", "params", "data"])
const numbers = new Set([
  "error_code",
  "num_media",
  "num_segments",
  "attempts",
  "attempt",
  "copies",
  "copy",
  "delivered",
])
/** Statuses by what they are of. */
const statuses: Readonly<Record<string, ReadonlyArray<string>>> = {
  message: MessageStatus.literals,
  call: CallStatus.literals,
  callback: [...new Set<string>([...MessageStatus.literals, ...CallStatus.literals])],
  request: [...new Set<string>([...MessageStatus.literals, ...CallStatus.literals])],
}

/** Everything that is wrong with the patterns of an expectation of a kind. */
export const patternProblems = (kind: string, written: JsonObject): ReadonlyArray<PatternProblem> => {
  const { each, in_order: order = [] } = written
  const places: ReadonlyArray<readonly [ReadonlyArray<string | number>, Json | undefined]> = [
    [[kind], written[kind]],
    [["each"], each],
    ...(order as ReadonlyArray<Json>).map((fields, i) => [["in_order", i], fields] as const),
  ]
  return places.flatMap(([keys, fields]) =>
    isGroup(fields)
      ? Object.entries(fields).flatMap(([field, pattern]) =>
          textsIn(pattern as Json, [...keys, field]).flatMap(([text, at]) => {
            const expected = problemOf(kind, field, text)
            return expected === undefined ? [] : [{ keys: at, expected, found: JSON.stringify(text) }]
          }),
        )
      : [],
  )
}

/** What a text of a pattern should be instead; undefined when it is good. */
const problemOf = (kind: string, field: string, text: string): string | undefined => {
  if (isFilledLater(text)) return undefined
  if (!plain.has(field) && /^\/.+\/[dgimsuvy]*$/s.test(text) && !isExpression(text))
    return "a regular expression of at most 1000 characters such as /\\d{6}/, with no flags but i, m, s and u"
  if (numbers.has(field) && /^[<>]=?/.test(text) && !/^[<>]=?\s*-?\d+(?:\.\d+)?$/.test(text))
    return 'a number to compare with, such as ">= 2"'
  const known = field === "status" || field === "event" ? statuses[kind] : undefined
  if (known !== undefined && !/[*/]/.test(text) && !known.includes(text)) return `one of ${known.join(", ")}`
  return undefined
}

/** The texts of a pattern, and where they stand. */
const textsIn = (
  pattern: Json,
  keys: ReadonlyArray<string | number>,
): ReadonlyArray<readonly [string, ReadonlyArray<string | number>]> => {
  if (typeof pattern === "string") return [[pattern, keys]]
  if (typeof pattern !== "object" || pattern === null) return []
  return Object.entries(pattern).flatMap(([key, inner]) =>
    textsIn(inner as Json, [...keys, Array.isArray(pattern) ? Number(key) : key]),
  )
}

const isGroup = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)
