import * as Either from "effect/Either"
import { near } from "../core/near.ts"

/*
 * The search language of the lists: words and operators, all of which have to fit.
 *
 *   to:+15551234567 status:failed body:"your code" -from:22395 after:2h hello
 *
 * Pure, and linear in what it looks at: there are no patterns that take longer than their text.
 */

/** Characters of a search, and how many terms one has. */
export const searchLengthMax = 500
const termsMax = 20

/** One part of a search; without `field` it is a word to be found. */
export interface Term {
  readonly field: string | undefined
  readonly value: string
  /** Written with a minus: what fits is left out. */
  readonly not: boolean
}

export type Test<Item> = (item: Item) => boolean

/** An operator: what can stand before a colon. */
export interface Operator<Item> {
  readonly name: string
  /** What it finds, for people. */
  readonly about: string
  readonly example: string
  /** Makes a value a test, or says what was expected. `now` is virtual. */
  readonly test: (value: string, now: number) => Either.Either<Test<Item>, string>
}

export interface Language<Item> {
  readonly operators: ReadonlyArray<Operator<Item>>
  /** How a word without operator is found. */
  readonly word: (value: string) => Test<Item>
}

/** A search made ready. */
export interface Search<Item> {
  readonly terms: ReadonlyArray<Term>
  readonly fits: Test<Item>
}

/** Reads a search; the left has a line for each thing that is wrong with it. */
export const readSearch = <Item>(
  { operators, word }: Language<Item>,
  text: string,
  now: number,
): Either.Either<Search<Item>, ReadonlyArray<string>> => {
  if (text.length > searchLengthMax)
    return Either.left([`expected a search of at most ${searchLengthMax} characters, found ${text.length}`])
  const { terms, unclosed } = termsOf(text)
  const wrong: Array<string> = unclosed ? ["a quotation mark is not closed"] : []
  if (terms.length > termsMax) wrong.push(`expected at most ${termsMax} terms, found ${terms.length}`)
  const tests = terms.slice(0, termsMax).map(({ field, not, value }): Test<Item> => {
    const operator = operators.find(({ name }) => name === field)
    if (field !== undefined && operator === undefined) {
      wrong.push(
        unknownOperator(
          field,
          operators.map(({ name }) => name),
        ),
      )
      return all
    }
    if (operator !== undefined && value === "") {
      wrong.push(`${field}: has nothing behind it; write it like ${operator.example}`)
      return all
    }
    const test = operator === undefined ? Either.right(word(value)) : operator.test(value, now)
    if (Either.isLeft(test)) {
      wrong.push(`${field}: expected ${test.left}, found ${JSON.stringify(value.slice(0, 40))}`)
      return all
    }
    return not ? (item) => !test.right(item) : test.right
  })
  return wrong.length > 0
    ? Either.left(wrong)
    : Either.right({ terms, fits: (item) => tests.every((fits) => fits(item)) })
}

const all = () => true

/** The value of the one term that has this operator and is no denial, for whoever can look it up. */
export const soughtValue = (terms: ReadonlyArray<Term>, field: string): string | undefined =>
  terms.find((term) => term.field === field && !term.not)?.value

/** A search as its terms, and whether its last quotation mark was never closed. */
const termsOf = (text: string): { readonly terms: ReadonlyArray<Term>; readonly unclosed: boolean } => {
  const terms: Array<Term> = []
  let unclosed = false
  let at = 0
  while (at < text.length) {
    if (isBlank(text, at)) {
      at++
      continue
    }
    const head = /^(-?)(?:([a-z][a-z_-]{0,29}):(?!\/\/))?/i.exec(text.slice(at, at + 40))
    const [whole = "", minus = "", field] = head ?? []
    const value = valueAt(text, at + whole.length)
    at = value.end
    unclosed ||= value.unclosed
    // A minus that stands alone is a word.
    const alone = minus !== "" && field === undefined && value.text === ""
    terms.push({
      field: field?.toLowerCase(),
      value: alone ? minus : value.text,
      not: minus !== "" && !alone,
    })
  }
  return { terms, unclosed }
}

const isBlank = (text: string, at: number): boolean => /\s/.test(text[at] ?? "")

/** A value: what stands in quotation marks (a backslash lets one stand in it), or what goes on to the next blank. */
const valueAt = (
  text: string,
  from: number,
): { readonly text: string; readonly end: number; readonly unclosed: boolean } => {
  let at = from
  let value = ""
  if (text[from] !== '"') {
    while (at < text.length && !isBlank(text, at)) at++
    return { text: text.slice(from, at), end: at, unclosed: false }
  }
  for (at++; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === "\\" && at + 1 < text.length) at++
    value += text[at]
  }
  return { text: value, end: at + 1, unclosed: at >= text.length }
}

const unknownOperator = (field: string, names: ReadonlyArray<string>): string => {
  const meant = near(field, names)
  const there = `there ${names.length === 1 ? "is" : "are"} ${names.map((name) => `${name}:`).join(" ")}`
  const quoted = `put it in quotation marks to find it as text`
  return meant === undefined
    ? `${field}: is no operator here; ${there}, or ${quoted}`
    : `${field}: is no operator here; did you mean ${meant}:? There are ${names.map((name) => `${name}:`).join(" ")}`
}
