import type { SeenMessage } from "../../carriers/delivery/seen.ts"
import { parseE164 } from "../../core/E164.ts"
import { isIn } from "../../expressions/expression.ts"

/* Which messages a test means. Pure, and of texts linear in what it looks at; a regular expression has a limit of its own. */

/** A text that stands in another; `*` stands for any number of characters. A test in this process may have a regular expression. */
export type TextMatch = string | RegExp

/** What a message has to be; what is absent may be anything. */
export interface Match {
  /** A number in any form that the carrier takes, or another address as it is written. */
  readonly to?: TextMatch
  readonly from?: TextMatch
  /** Upper and lower case are told apart. */
  readonly body?: TextMatch
  readonly status?: SeenMessage["status"]
  readonly direction?: SeenMessage["direction"]
}

/** A field that a match names, and what there is. */
export interface Compared {
  readonly field: string
  readonly expected: string
  readonly found: string
  readonly fits: boolean
}

/** What one field has to be. */
export interface Check<Item> {
  readonly field: string
  readonly expected: string
  readonly found: (item: Item) => string
  readonly fits: (found: string) => boolean
}

/** A match made ready: numbers in E.164 form, patterns in parts. */
export interface Matcher<Item = SeenMessage> {
  readonly fits: (item: Item) => boolean
  /** Field by field, in the order of the checks. */
  readonly compare: (item: Item) => ReadonlyArray<Compared>
}

export const matcherOf = ({ body, direction, from, status, to }: Match): Matcher =>
  matcher<SeenMessage>([
    ...(to === undefined ? [] : [check("to", to, addressIs(to))]),
    ...(from === undefined ? [] : [check("from", from, addressIs(from))]),
    ...(body === undefined ? [] : [check("body", body, holds(body))]),
    ...(status === undefined ? [] : [check("status", status, (found) => found === status)]),
    ...(direction === undefined ? [] : [check("direction", direction, (found) => found === direction)]),
  ])

/** What fits when every check does. */
export const matcher = <Item>(checks: ReadonlyArray<Check<Item>>): Matcher<Item> => ({
  fits: (item) => checks.every(({ fits, found }) => fits(found(item))),
  compare: (item) =>
    checks.map(({ expected, field, fits, found }) => {
      const there = found(item)
      return { field, expected, found: there, fits: fits(there) }
    }),
})

const check = (
  field: "to" | "from" | "body" | "status" | "direction",
  expected: TextMatch,
  fits: (found: string) => boolean,
): Check<SeenMessage> => ({ field, expected: String(expected), found: (message) => message[field], fits })

/** Whether an address is the one that is meant. A query makes a blank of an unescaped `+`. */
export const addressIs = (meant: TextMatch) => {
  if (typeof meant !== "string") return holds(meant)
  const plus = meant.startsWith(" ") ? `+${meant.slice(1)}` : meant
  const number = parseE164(plus) ?? plus
  return (found: string): boolean => found === number
}

/** Whether the parts of a pattern stand in a text one after the other. */
export const holds = (pattern: TextMatch) => {
  if (typeof pattern !== "string") return (text: string): boolean => isIn(pattern, text)
  const parts = pattern.split("*").filter((part) => part !== "")
  return (text: string): boolean => {
    let from = 0
    for (const part of parts) {
      const at = text.indexOf(part, from)
      if (at < 0) return false
      from = at + part.length
    }
    return true
  }
}
