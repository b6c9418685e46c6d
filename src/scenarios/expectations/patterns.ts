import { diffWordsWithSpace } from "diff"
import type { Json, JsonObject } from "../../core/canonical.ts"
import { globs } from "../../core/globs.ts"
import { isIn } from "../../expressions/expression.ts"
import { limits } from "../limits.ts"

/*
 * What a value has to be.
 *
 *   text          that text; `*` stands for any number of characters; /…/ is a regular expression
 *   ">= 2"        of a number: >=, <=, >, <, and `2..5` for both ends included
 *   number        that number, or the text of it
 *   null          nothing
 *   [a, b]        a list of exactly these
 *   {key: …}      a group with at least these
 *   {not: …}      anything else; {any_of: [a, b]}: one of these
 */

type Found = Json | undefined

/** Whether a value fits a pattern. Throws `SlowExpression`. */
export const fits = (pattern: Json, found: Found): boolean => {
  if (pattern === null) return found === null || found === undefined
  if (typeof pattern === "boolean") return found === pattern || found === String(pattern)
  if (typeof pattern === "number") return found === pattern || found === String(pattern)
  if (typeof pattern === "string") return fitsText(pattern, found)
  if (Array.isArray(pattern))
    return (
      Array.isArray(found) &&
      found.length === pattern.length &&
      pattern.every((each: Json, i) => fits(each, found[i] as Found))
    )
  const group = pattern as JsonObject
  const special = specialOf(group)
  if (special !== undefined) return special(found)
  if (typeof found !== "object" || found === null || Array.isArray(found)) return false
  return Object.entries(group).every(([key, each]) =>
    fits(each, Object.hasOwn(found, key) ? (found as JsonObject)[key] : undefined),
  )
}

const specialOf = (group: JsonObject): ((found: Found) => boolean) | undefined => {
  const choice = choiceOf(group)
  if (choice === undefined) return undefined
  const { among, word } = choice
  return (found) => (word === "not") !== among.some((each) => fits(each, found))
}

/** What `{ not: x }` and `{ any_of: [x, y] }` choose among; undefined: a group of fields. */
export const choiceOf = (
  group: JsonObject,
): { readonly word: "any_of" | "not"; readonly among: ReadonlyArray<Json> } | undefined => {
  if (Object.keys(group).length !== 1) return undefined
  const { any_of: anyOf, not } = group
  if (not !== undefined) return { word: "not", among: [not as Json] }
  return Array.isArray(anyOf) ? { word: "any_of", among: anyOf } : undefined
}

/** Whether a pattern for an answer is one for its status: no fields are named in it. */
export const isStatusPattern = (pattern: Json): boolean => {
  if (typeof pattern !== "object" || pattern === null) return true
  if (Array.isArray(pattern)) return false
  return choiceOf(pattern as JsonObject)?.among.every(isStatusPattern) === true
}

const comparison = /^(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)$/
const range = /^(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)$/

const fitsText = (pattern: string, found: Found): boolean => {
  if (found === undefined || found === null || typeof found === "object") return false
  const text = String(found)
  const expression = regularExpression(pattern)
  if (expression !== undefined) return isIn(expression, text.slice(0, limits.patternLengthMax * 10))
  if (typeof found === "number") {
    const [, sign, bound] = comparison.exec(pattern) ?? []
    if (sign !== undefined) return compares(sign, found, Number(bound))
    const [, from, to] = range.exec(pattern) ?? []
    if (from !== undefined) return found >= Number(from) && found <= Number(to)
  }
  return globs(pattern, text)
}

const compares = (sign: string, a: number, b: number): boolean =>
  sign === ">=" ? a >= b : sign === "<=" ? a <= b : sign === ">" ? a > b : a < b

/** The expression that `/…/flags` is; undefined for other texts and for what is none. */
const regularExpression = (text: string): RegExp | undefined => {
  const parts = text.length > limits.patternLengthMax ? null : /^\/(.+)\/([imsu]*)$/s.exec(text)
  if (parts === null) return undefined
  try {
    return new RegExp(parts[1] ?? "", parts[2])
  } catch {
    return undefined // A text that begins and ends with a slash, such as a path.
  }
}

/** Whether a text is a regular expression. */
export const isExpression = (text: string): boolean => regularExpression(text) !== undefined

/** A pattern, or a value, in one line. */
export const told = (value: Found): string => {
  if (value === undefined) return "nothing"
  return typeof value === "string" && regularExpression(value) !== undefined ? value : JSON.stringify(value)
}

/** How much of two texts is the same, from their ends inwards: less than 1. */
export const alike = (pattern: Json, found: Found): number => {
  if (typeof pattern !== "string" || typeof found !== "string") return 0
  const most = Math.min(pattern.length, found.length, limits.patternLengthMax)
  let same = 0
  while (same < most && pattern[same] === found[same]) same++
  let end = 0
  while (end < most - same && pattern.at(-1 - end) === found.at(-1 - end)) end++
  return (same + end) / (Math.max(pattern.length, found.length) + 1)
}

/** Two texts that differ in part: `kept [-expected-]{+found+} kept`. Nothing where they have nothing in common, or too much. */
export const textDiff = (expected: Json, found: Found): string | undefined => {
  if (typeof expected !== "string" || typeof found !== "string") return undefined
  if (expected.includes("*") || regularExpression(expected) !== undefined) return undefined
  if (Math.max(expected.length, found.length) > limits.patternLengthMax * 10) return undefined
  const parts = diffWordsWithSpace(expected, found)
  const kept = parts.filter(({ added, removed }) => !added && !removed)
  if (!kept.some(({ value }) => value.trim() !== "")) return undefined
  return parts.map(({ added, removed, value }) => (removed ? `[-${value}-]` : added ? `{+${value}+}` : value)).join("")
}
