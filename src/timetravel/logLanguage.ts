import * as Either from "effect/Either"
import type { Row } from "../core/Entry.ts"
import { choiceOperator, holds, numberOperator, timeOperators } from "./operators.ts"
import type { Language, Operator } from "./search.ts"

/* How entries are searched: the list of the log, and breakpoints. */

/** A whole text, in which `*` stands for any text. */
const wholeOperator = (name: string, about: string, example: string, of: (row: Row) => string): Operator<Row> => ({
  name,
  about,
  example,
  test: (value) => {
    const fits = wholly(value)
    return Either.right((row: Row) => fits(of(row)))
  },
})

/** Whether a text is what a pattern says, from its beginning to its end. */
const wholly = (pattern: string): ((text: string) => boolean) => {
  const parts = pattern.split("*")
  const [first = "", last = ""] = [parts[0], parts.at(-1)]
  if (parts.length === 1) return (text) => text === pattern
  const middle = holds(parts.slice(1, -1).join("*"))
  return (text) =>
    text.length >= first.length + last.length &&
    text.startsWith(first) &&
    text.endsWith(last) &&
    middle(text.slice(first.length, text.length - last.length))
}

/** How entries are searched. */
export const logLanguage: Language<Row> = {
  operators: [
    wholeOperator("type", "its type; * stands for any text", "type:message.*", ({ type }) => type),
    wholeOperator("subject", "the SID it is about", "subject:SM12*", ({ subject }) => subject),
    choiceOperator("kind", "a fact from outside, or what rules made of it", ["input", "outcome"], ({ kind }) => kind),
    numberOperator("seq", "its place", "seq:42", ({ seq }) => seq),
    numberOperator("cause", "the entry it follows from", "cause:42", ({ cause }) => cause),
    ...timeOperators<Row>(({ at }) => at),
  ],
  word: (value) => {
    const fits = holds(value)
    return ({ data, subject, type }) => fits(type) || fits(subject) || fits(data)
  },
}
