import { numberFacts, parseE164 } from "../../E164.ts"
import { digitsOf, standInDigits, withDigits } from "./digits.ts"

/**
 * Another number in place of an E.164 number: of the same country and length, of the same type, and given out where that one is, so
 * that whoever checks numbers says the same of both. Numbers differ where the numbers they stand for do. Twilio's magic numbers, which are
 * in its documentation, stay.
 */
export const standInNumber = (salt: string, number: string): string => {
  if (magic.test(number)) return number
  const wanted = kindOf(number)
  const kept = `+${wanted.callingCode}`.length + wanted.areaDigits
  const fixed = number.slice(0, kept)
  let digits = number.slice(kept)
  for (let step = 0; step < walkMax; step++) {
    digits = standInDigits(salt, fixed, digits)
    // To go on until it fits is a permutation of those that fit.
    if (kindOf(fixed + digits).text === wanted.text) break
  }
  return fixed + digits
}

/** Source: "Test credentials", magic input. */
const magic = /^\+1500555\d{4}$/

/** Numbers that are tried for one of the right kind. One in twenty or more fits, so that the last is hardly ever reached. */
const walkMax = 500

interface Kind {
  readonly callingCode: string
  readonly areaDigits: number
  readonly text: string
}

const kindOf = (number: string): Kind => {
  const facts = numberFacts(number, "US")
  if ("fault" in facts) return { callingCode: number.slice(1, 2), areaDigits: 1, text: facts.fault }
  const { callingCode, country, isAssigned, type } = facts
  // The area code of a North American number says which country it is of.
  return {
    callingCode,
    areaDigits: callingCode === "1" ? 3 : 1,
    text: `${callingCode} ${country} ${type} ${isAssigned}`,
  }
}

/**
 * What may be a number in a text, and what looks like one and is none: SIDs, UUIDs, long hex, dates with a time of day, which come first.
 *
 * Behind a plus, also an encoded one, digits may have separators; without one only ten digits in the North American way.
 */
const candidate =
  /[A-Z]{2}[0-9a-f]{32}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-fA-F]{24,}|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?|(\+|%(?:25)*2[bB])((?:\(?\d\)?[-. ]{0,2}){6,14}\d)|\(\d{3}\) ?\d{3}[-. ]?\d{4}(?!\d)|(?<!\d)\d{3}[-. ]\d{3}[-. ]\d{4}(?!\d)|\d{10,}/g

/** A text with every number in it replaced, and what is between them as it is said. */
export const replaceNumbers = (
  text: string,
  standIn: (e164: string) => string,
  between: (text: string) => string = (same) => same,
): string => {
  if (!mayHold.test(text)) return between(text)
  const pattern = new RegExp(candidate)
  let made = ""
  let rest = ""
  let at = 0
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    const [whole, plus, digits] = found
    const replaced = plus === undefined ? withoutPlus(whole, standIn) : withPlus(plus, digits ?? "", standIn)
    rest += text.slice(at, found.index)
    if (replaced === undefined) {
      rest += whole
      at = pattern.lastIndex
    } else {
      made += between(rest) + replaced
      rest = ""
      at = found.index + replaced.length
      pattern.lastIndex = at
    }
  }
  return made + between(rest + text.slice(at))
}

const mayHold = /\d[-. ()]{0,3}\d[-. ()]{0,3}\d[-. ()]{0,3}\d/

/** The longest beginning that is a number, replaced; all of it where none is one by its length. */
const withPlus = (plus: string, text: string, standIn: (e164: string) => string): string | undefined => {
  for (let end = text.length; end > 0; end--) {
    if (!isDigit(text[end - 1]) || isDigit(text[end])) continue
    const part = text.slice(0, end)
    const number = parseE164(`+${digitsOf(part)}`)
    if (number !== undefined) return plus + withDigits(part, standIn(number).slice(1))
  }
  const digits = digitsOf(text)
  return digits.startsWith("0") ? undefined : plus + withDigits(text, standIn(`+${digits}`).slice(1))
}

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= "0" && char <= "9"

const withoutPlus = (text: string, standIn: (e164: string) => string): string | undefined => {
  if (!/^[\d() .-]+$/.test(text) || /^\d{4}-\d\d-\d\d/.test(text)) return undefined
  const digits = digitsOf(text)
  const abroad = /^(?:00|011)(?=[1-9])/.exec(digits)?.[0] ?? ""
  const international = parseE164(`+${digits.slice(abroad.length)}`)
  if (international !== undefined) return withDigits(text, abroad + standIn(international).slice(1))
  const local = digits.length === 10 ? parseE164(digits) : undefined
  return local === undefined ? undefined : withDigits(text, standIn(local).slice(2))
}
