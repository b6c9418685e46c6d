import type { SeenMessage } from "../../carriers/delivery/seen.ts"
import { parseE164 } from "../../core/E164.ts"

/* Which messages a test means. Pure, and linear in what it looks at. */

/** What a message has to be; what is absent may be anything. */
export interface Match {
  /** A number in any form that the carrier takes, or another address as it is written. */
  readonly to?: string
  readonly from?: string
  /** A text that stands in the body. `*` stands for any number of characters; upper and lower case are told apart. */
  readonly body?: string
  readonly status?: SeenMessage["status"]
  readonly direction?: SeenMessage["direction"]
}

export type MatchField = keyof Match

/** A field that a match names, and what a message has there. */
export interface Compared {
  readonly field: MatchField
  readonly expected: string
  readonly found: string
  readonly fits: boolean
}

/** A match made ready: numbers in E.164 form, the body's pattern in parts. */
export interface Matcher {
  readonly fits: (message: SeenMessage) => boolean
  /** Field by field, in the order of `Match`. */
  readonly compare: (message: SeenMessage) => ReadonlyArray<Compared>
}

export const matcherOf = (match: Match): Matcher => {
  const { body, direction, from, status, to } = match
  const checks: ReadonlyArray<readonly [MatchField, string, (found: string) => boolean]> = [
    ...(to === undefined ? [] : [check("to", to, addressIs(to))]),
    ...(from === undefined ? [] : [check("from", from, addressIs(from))]),
    ...(body === undefined ? [] : [check("body", body, holds(body))]),
    ...(status === undefined ? [] : [check("status", status, (found) => found === status)]),
    ...(direction === undefined ? [] : [check("direction", direction, (found) => found === direction)]),
  ]
  return {
    fits: (message) => checks.every(([field, _, fits]) => fits(message[field])),
    compare: (message) =>
      checks.map(([field, expected, fits]) => ({ field, expected, found: message[field], fits: fits(message[field]) })),
  }
}

const check = (field: MatchField, expected: string, fits: (found: string) => boolean) =>
  [field, expected, fits] as const

/** Whether an address is the one that is meant. A query makes a blank of an unescaped `+`. */
export const addressIs = (text: string) => {
  const plus = text.startsWith(" ") ? `+${text.slice(1)}` : text
  const number = parseE164(plus) ?? plus
  return (found: string): boolean => found === number
}

/** Whether the parts of a pattern stand in a text one after the other. */
const holds = (pattern: string) => {
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
