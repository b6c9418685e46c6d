import { errorClasses } from "../../client/errors.ts"
import type { Json, JsonObject } from "../../core/canonical.ts"
import { isGroup } from "../../core/group.ts"
import { near } from "../../core/near.ts"
import { isFilledLater } from "../file/words.ts"
import type { Holds } from "./ExpectationKind.ts"
import { choiceOf, isExpression, isStatusPattern } from "./patterns.ts"
import { expectationKinds } from "./table.ts"

/*
 * Patterns that can fit nothing, found when a file is read: with `never: true` such a slip would hold for ever. A text with `${` in
 * it is known only later.
 */

/** What is wrong with a pattern, and where within what is written. */
export interface PatternProblem {
  readonly keys: Keys
  readonly expected: string
  readonly found: string
}

type Keys = ReadonlyArray<string | number>

const anything: Holds = { shape: "any" }
const number: Holds = { shape: "number" }

/** Everything that is wrong with the patterns of an expectation of a kind; `entryTypes` are all that a log can hold. */
export const patternProblems = (
  kind: string,
  written: JsonObject,
  entryTypes: ReadonlyArray<string>,
): ReadonlyArray<PatternProblem> => {
  if (kind === "value") return problemsOf(written.is as Json, ["is"], anything)
  const { each, in_order: order = [] } = written
  const fields = expectationKinds.find(({ key }) => key === kind)?.fields ?? {}
  const places: ReadonlyArray<readonly [Keys, Json | undefined]> = [
    [[kind], written[kind]],
    [["each"], each],
    ...(order as ReadonlyArray<Json>).map((one, i) => [["in_order", i], one] as const),
  ]
  return places.flatMap(([keys, patterns]) =>
    isGroup(patterns)
      ? Object.entries(patterns).flatMap(([field, pattern]) => {
          const { holds = {} } = fields[field] ?? {}
          const known = holds.oneOf === "entry types" ? { ...holds, oneOf: entryTypes } : holds
          return problemsOf(pattern as Json, [...keys, field], known)
        })
      : [],
  )
}

/** Everything that is wrong with what a step says about its answer. */
export const answerProblems = (answer: Json | undefined): ReadonlyArray<PatternProblem> => {
  if (answer === undefined || answer === "any") return []
  if (isStatusPattern(answer)) return statusProblems(answer, ["answer"])
  if (!isGroup(answer))
    return [{ keys: ["answer"], expected: "a status, any, or a pattern for the answer's fields", found: "a list" }]
  return Object.entries(answer).flatMap(([key, inner]) => {
    const keys = ["answer", key]
    if (key !== "http" || !isGroup(inner as Json)) return problemsOf(inner as Json, keys, anything)
    return Object.entries(inner as JsonObject).flatMap(([name, each]) =>
      name === "status"
        ? statusProblems(each as Json, [...keys, name])
        : problemsOf(each as Json, [...keys, name], anything),
    )
  })
}

/** Everything that is wrong with what a step says of how the client's call ends. */
export const outcomeProblems = (outcome: Json | undefined): ReadonlyArray<PatternProblem> => {
  if (outcome === undefined) return []
  if (isStatusPattern(outcome)) return endingProblems(outcome, ["outcome"])
  if (!isGroup(outcome))
    return [{ keys: ["outcome"], expected: "sent, the name of an error, or a pattern for the fields", found: "a list" }]
  return Object.entries(outcome).flatMap(([key, inner]) =>
    key === "outcome"
      ? endingProblems(inner as Json, ["outcome", key])
      : problemsOf(inner as Json, ["outcome", key], anything),
  )
}

const endings: ReadonlyArray<string> = ["sent", ...Object.keys(errorClasses)]

const endingProblems = (pattern: Json, keys: Keys): ReadonlyArray<PatternProblem> => {
  const among = choices(pattern, keys)
  if (among !== undefined) return among.flatMap(([each, at]) => endingProblems(each, at))
  if (typeof pattern !== "string")
    return [{ keys, expected: "sent or the name of an error, such as OutcomeUnknown", found: JSON.stringify(pattern) }]
  const isOpen = isFilledLater(pattern) || pattern.includes("*") || pattern.startsWith("/")
  if (isOpen || endings.includes(pattern)) return problemsOf(pattern, keys, {})
  const expected = `sent or the name of an error, such as ${near(pattern, endings) ?? "OutcomeUnknown"}`
  return [{ keys, expected, found: shownScalar(pattern) }]
}

const statusProblems = (pattern: Json, keys: Keys): ReadonlyArray<PatternProblem> => {
  const expected = 'a status, 100 to 599, or a pattern for one such as "4*", ">= 500" or { any_of: [200, 503] }'
  if (typeof pattern === "number" && (!Number.isInteger(pattern) || pattern < 100 || pattern > 599))
    return [{ keys, expected, found: String(pattern) }]
  const among = choices(pattern, keys)
  if (among !== undefined) return among.flatMap(([each, at]) => statusProblems(each, at))
  return problemsOf(pattern, keys, number).map((problem) => ({ ...problem, expected }))
}

/** What is wrong with a pattern for what holds something. */
const problemsOf = (pattern: Json, keys: Keys, holds: Holds): ReadonlyArray<PatternProblem> => {
  const { shape = "text" } = holds
  const among = choices(pattern, keys)
  if (among !== undefined) return among.flatMap(([each, at]) => problemsOf(each, at, holds))
  if (typeof pattern === "string" && isFilledLater(pattern)) return []
  if (Array.isArray(pattern)) {
    if (shape !== "list" && shape !== "any")
      return [{ keys, expected: "a text or a number, or { any_of: [a, b] } for one of several", found: "a list" }]
    const item: Holds = shape === "list" ? { ...holds, shape: "text" } : holds
    return pattern.flatMap((each: Json, i) => problemsOf(each, [...keys, i], item))
  }
  if (isGroup(pattern)) {
    if (shape !== "any")
      return [{ keys, expected: `a ${shape}, or { not: x } or { any_of: [x, y] }`, found: "a group of keys" }]
    return Object.entries(pattern).flatMap(([key, each]) => problemsOf(each as Json, [...keys, key], holds))
  }
  if (shape === "list")
    return [{ keys, expected: "a list: exactly these, one after the other", found: shownScalar(pattern) }]
  const expected = typeof pattern === "string" ? textProblem(pattern, holds) : scalarProblem(pattern, holds)
  return expected === undefined ? [] : [{ keys, expected, found: shownScalar(pattern) }]
}

/** What a text should be instead; undefined when it is good. */
const textProblem = (text: string, { oneOf, plain, shape }: Holds): string | undefined => {
  if (plain !== true && /^\/.+\/[dgimsuvy]*$/s.test(text) && !isExpression(text))
    return "a regular expression of at most 1000 characters such as /\\d{6}/, with no flags but i, m, s and u"
  if (text.includes("*") || isExpression(text)) return undefined
  if (shape === "number")
    return numeric.test(text) ? undefined : 'a number, or one to compare with, such as ">= 2" or "2..5"'
  return oneOf === undefined || oneOf.includes(text) ? undefined : oneOfSaid(text, oneOf)
}

const numeric = /^(?:(?:[<>]=?\s*)?-?\d+(?:\.\d+)?|-?\d+(?:\.\d+)?\s*\.\.\s*-?\d+(?:\.\d+)?)$/

const scalarProblem = (value: Json, { oneOf }: Holds): string | undefined =>
  value === null || oneOf === undefined || oneOf.includes(String(value)) ? undefined : oneOfSaid(String(value), oneOf)

const listedMax = 16

const oneOfSaid = (text: string, all: ReadonlyArray<string> | "entry types"): string => {
  const known = all === "entry types" ? [] : all
  if (known.length <= listedMax) return `one of ${known.join(", ")}`
  const meant = near(text, known)
  const alike = known.filter((each) => each.split(".")[0] === text.split(".")[0])
  const some = meant === undefined ? alike.slice(0, listedMax) : [meant]
  return some.length === 0 ? "a type of entry (docs/how-it-works.md)" : `a type of entry, such as ${some.join(", ")}`
}

/** What a group chooses among, and where that stands; undefined: a group of fields. */
const choices = (pattern: Json | undefined, keys: Keys): ReadonlyArray<readonly [Json, Keys]> | undefined => {
  const choice = isGroup(pattern) ? choiceOf(pattern) : undefined
  if (choice === undefined) return undefined
  const { among, word } = choice
  return among.map((each, i) => [each, word === "not" ? [...keys, word] : [...keys, word, i]] as const)
}

const shownScalar = (value: Json): string => JSON.stringify(value)
