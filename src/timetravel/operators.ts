import * as Either from "effect/Either"
import { parseE164 } from "../core/E164.ts"
import { parseDuration, parseInstant } from "../core/Instant.ts"
import type { Operator, Test } from "./search.ts"

/* Operators that lists have in common. */

/** Whether the parts of a pattern stand in a text one after the other; `*` stands for any text, case does not count. */
export const holds = (pattern: string): ((text: string) => boolean) => {
  const parts = pattern
    .split("*")
    .filter((part) => part !== "")
    .map((part) => new RegExp(part.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`), "gi"))
  return (text) => {
    let from = 0
    for (const part of parts) {
      part.lastIndex = from
      if (!part.test(text)) return false
      from = part.lastIndex
    }
    return true
  }
}

/** An operator that finds a text in a text. */
export const textOperator = <Item>(
  name: string,
  about: string,
  example: string,
  of: (item: Item) => string,
): Operator<Item> => ({
  name,
  about,
  example,
  test: (value) => {
    const fits = holds(value)
    return Either.right((item: Item) => fits(of(item)))
  },
})

/** An operator of which there are a few values; several stand between commas. */
export const choiceOperator = <Item>(
  name: string,
  about: string,
  choices: ReadonlyArray<string>,
  of: (item: Item) => string,
): Operator<Item> => ({
  name,
  about,
  example: `${name}:${choices[0] ?? ""}`,
  test: (value) => {
    const wanted = value.toLowerCase().split(",")
    return wanted.every((each) => choices.includes(each))
      ? Either.right((item: Item) => wanted.includes(of(item)))
      : Either.left(`one of ${choices.join(", ")}`)
  },
})

/** A number in E.164 form when it can be read as one; a text that begins like it otherwise. */
export const addressOperator = <Item>(name: string, about: string, of: (item: Item) => string): Operator<Item> => ({
  name,
  about,
  example: `${name}:+15551234567`,
  test: (value) => {
    const number = parseE164(value)
    const fits = holds(value)
    return Either.right(number === undefined ? (item: Item) => fits(of(item)) : (item: Item) => of(item) === number)
  },
})

/** `after:` and `before:`: an instant, or a duration that reaches back from now. */
export const timeOperators = <Item>(of: (item: Item) => number): ReadonlyArray<Operator<Item>> => {
  const operator = (name: string, about: string, test: (at: number) => Test<Item>): Operator<Item> => ({
    name,
    about,
    example: `${name}:2h`,
    test: (value, now) => {
      const ago = parseDuration(value)
      const at = ago === undefined ? parseInstant(value) : now - ago
      return at === undefined
        ? Either.left("how long ago (30s, 2h, 1d) or an instant such as 2026-01-01T00:00:00Z")
        : Either.right(test(at))
    },
  })
  return [
    operator("after", "at an instant or later", (at) => (item) => of(item) >= at),
    operator("before", "sooner than an instant", (at) => (item) => of(item) < at),
  ]
}

/** A whole number, exactly. */
export const numberOperator = <Item>(
  name: string,
  about: string,
  example: string,
  of: (item: Item) => number | undefined,
): Operator<Item> => ({
  name,
  about,
  example,
  test: (value) =>
    /^\d{1,15}$/.test(value) ? Either.right((item: Item) => of(item) === Number(value)) : Either.left("a whole number"),
})
