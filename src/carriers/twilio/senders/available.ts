import { roll } from "../../../core/chance.ts"
import { parseE164 } from "../../../core/E164.ts"
import type { NumberRange } from "./plan.ts"

/*
 * Numbers for sale. There is no stock: the n-th candidate of a search follows from the seed alone, so the same search gives the same
 * numbers, and one that was bought is missing from it until it is released.
 */

/** A search's `Contains`, read: what a number's digits must match, and the digits it asks for. */
export interface DigitPattern {
  readonly matches: RegExp
  readonly digits: string
}

/** Letters as on a keypad. */
const keypad = "22233344455566677778889999"

/**
 * Reads `Contains`: 2 to 16 digits and letters, in front and behind `*` for one digit or `%` for some, `+` and `$` for the ends.
 *
 * Source  OpenAPI, AvailablePhoneNumber `Contains`
 */
export const parsePattern = (text: string): DigitPattern | undefined => {
  const parts = text.length > 16 ? null : /^(\+?)([*%]*)([0-9a-zA-Z]{2,})([*%]*)(\$?)$/.exec(text)
  if (parts === null) return undefined
  const [, begins, before = "", core = "", behind = "", ends] = parts
  const digits = core.replace(/[a-zA-Z]/g, (letter) => keypad[letter.toUpperCase().charCodeAt(0) - 65] ?? "")
  const wild = (signs: string) => signs.replaceAll("*", "\\d").replaceAll("%", "\\d*")
  return {
    digits,
    matches: new RegExp(
      `${begins === "+" ? "^" : ""}${wild(before)}${digits}${wild(behind)}${ends === "$" ? "$" : ""}`,
    ),
  }
}

export interface Search {
  readonly seed: number
  readonly ranges: ReadonlyArray<NumberRange>
  readonly pattern?: DigitPattern | undefined
  /** Numbers that have an owner. */
  readonly taken: (number: string) => boolean
  /** How many at most. */
  readonly count: number
}

/** A number for sale, and the range it is of. */
export interface Offer {
  readonly number: string
  readonly range: NumberRange
}

/** Candidates looked at for one number that is found, and at least. */
const triesPerNumber = 20
const triesMin = 2_000

/** The numbers for sale that fit a search; fewer than `count` when there are not enough. */
export const search = ({ count, pattern, ranges, seed, taken }: Search): ReadonlyArray<Offer> => {
  const templates = ranges.flatMap((range) => templatesOf(range, pattern?.digits).map((digits) => ({ digits, range })))
  const found = new Map<string, Offer>()
  const tries = templates.length === 0 ? 0 : Math.max(triesMin, count * triesPerNumber)
  for (let i = 0; i < tries && found.size < count; i++) {
    const { digits, range } = templates[i % templates.length] as (typeof templates)[number]
    const drawn = draw(seed, digits, Math.floor(i / templates.length))
    const number = `+${drawn}`
    if (pattern?.matches.test(drawn) === false || taken(number) || parseE164(number) === undefined) continue
    found.set(number, { number, range })
  }
  return [...found.values()]
}

/** A range's digits with what is asked for written over the free ones, at every place where it fits. */
const templatesOf = ({ fixed, free }: NumberRange, asked: string | undefined): ReadonlyArray<string> => {
  const whole = fixed + free
  if (asked === undefined) return [whole]
  const templates = new Set<string>()
  for (let at = 0; at + asked.length <= whole.length; at++) {
    const inFixed = Math.max(0, fixed.length - at)
    if (asked.slice(0, inFixed) !== fixed.slice(at, at + asked.length)) continue
    templates.add(whole.slice(0, at) + asked + whole.slice(at + asked.length))
  }
  return [...templates]
}

/** The n-th drawing of the open digits of a template. */
const draw = (seed: number, template: string, n: number): string => {
  let digits = ""
  let used = 0
  return template.replace(/#/g, () => {
    if (used === digits.length)
      digits += String(roll(seed, "number for sale", `${template} ${used}`, n)).padStart(4, "0")
    return digits[used++] ?? ""
  })
}
