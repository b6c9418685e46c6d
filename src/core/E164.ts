import {
  type CountryCode,
  PhoneNumber,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
} from "libphonenumber-js/core"
import metadata from "libphonenumber-js/metadata.max"

/**
 * The E.164 form of a phone number, or `undefined` when the text is none.
 *
 * Shape   `+` and 7 to 15 digits whose country code exists and whose length that country can have, taken as written;
 *         or a US/CA number in local form, its separators dropped: `(415) 867-5309`, `415.867.5309`, `+1 415-867-5309`,
 *         `14158675309`, and ` 14158675309`, which is what a form makes of an unescaped `+`
 * Refuses everything else, numbers of a possible shape in an impossible length (`+1234`) included
 * Why     a number's length is checked (`isPossible`), never its pattern (`isValid`), which refuses every +1555 number
 * Cost    about 0.7 µs, and no more for a long or hostile text; less for one of the numbers read lately
 */
export const parseE164 = (text: string): string | undefined => {
  if (text.length > textLengthMax) return undefined
  const known = lately.get(text)
  if (known !== undefined) return known
  const number = international.test(text) ? text : localAsInternational(text)
  if (number === undefined || !isPossible(number)) return undefined
  if (lately.size >= latelyMax) lately.clear()
  lately.set(text, number)
  return number
}

/** Numbers read lately: each is asked for several times on its way through the rules. */
const lately = new Map<string, string>()
const latelyMax = 1_024

/**
 * The country of an E.164 number by its country code (ISO 3166-1 alpha-2), the largest where several share one; `undefined` when
 * there is no such code.
 */
export const countryOf = (number: string): string | undefined => {
  try {
    return metadata.country_calling_codes[new PhoneNumber(number, metadata).countryCallingCode]?.[0]
  } catch {
    return undefined // The library throws for what is no number, and for a country code that does not exist.
  }
}

/** What a numbering plan tells of a number. */
export interface NumberFacts {
  readonly e164: string
  /** Without the plus. */
  readonly callingCode: string
  /** ISO 3166-1 alpha-2; of a code that several countries share the largest, where the number does not tell. */
  readonly country: string | undefined
  readonly national: string
  /** libphonenumber's name of its type; `undefined` for one of no range. */
  readonly type: string | undefined
  /** Whether it lies in a range that is given out; every +1555 number does not. */
  readonly isAssigned: boolean
}

/** Why a text is no number, by libphonenumber's names. */
export type NumberFault = "INVALID_COUNTRY" | "NOT_A_NUMBER" | "TOO_LONG" | "TOO_SHORT" | "INVALID_LENGTH"

/**
 * The E.164 form of a number, written so or in the national form of a country, separators and all; or why the text is none. A tenth of what
 * `numberFacts` costs: nothing but the length is looked at.
 */
export const e164In = (text: string, country: string): string | { readonly fault: NumberFault } => {
  if (text.length <= factsLengthMax && isCountry(country)) {
    const number = parsePhoneNumberFromString(text, optionsOf(country), metadata)
    if (number?.isPossible() === true) return number.number
  }
  const facts = numberFacts(text, country)
  return "fault" in facts ? facts : facts.e164
}

const optionsOf = (country: string) => ({ defaultCountry: country as CountryCode, extract: false })

/**
 * What a numbering plan tells of a number, written in E.164 form or in the national form of a country, separators and all; or why
 * the text is none.
 */
export const numberFacts = (text: string, country: string): NumberFacts | { readonly fault: NumberFault } => {
  if (text.length > factsLengthMax) return { fault: "TOO_LONG" }
  if (!isCountry(country)) return { fault: "INVALID_COUNTRY" }
  const options = optionsOf(country)
  const fault = validatePhoneNumberLength(text, options, metadata)
  if (fault !== undefined) return { fault }
  const number = parsePhoneNumberFromString(text, options, metadata)
  if (number === undefined) return { fault: "NOT_A_NUMBER" }
  return {
    e164: number.number,
    callingCode: number.countryCallingCode,
    country: number.country ?? countryOf(number.number),
    national: number.formatNational(),
    type: number.getType(),
    isAssigned: number.isValid(),
  }
}

/** Whether a text is the name of a country that has a numbering plan (ISO 3166-1 alpha-2, in capitals). */
export const isCountry = (text: string): boolean => Object.hasOwn(metadata.countries, text)

/** Characters of a text in which a number is looked for. */
const factsLengthMax = 50

/** The longest text that can be a number: 15 digits, `+`, and room for the separators of a local form. */
const textLengthMax = 20
const international = /^\+[1-9]\d{6,14}$/
const local = /^ ?(?:\+?1[-. ]?)?(?:\(([2-9]\d\d)\) ?|([2-9]\d\d)[-. ]?)(\d{3})[-. ]?(\d{4})$/

const localAsInternational = (text: string): string | undefined => {
  const parts = local.exec(text)
  return parts === null ? undefined : `+1${parts[1] ?? parts[2]}${parts[3]}${parts[4]}`
}

const isPossible = (number: string): boolean => {
  try {
    return new PhoneNumber(number, metadata).isPossible()
  } catch {
    return false // The library throws for a country code that does not exist.
  }
}
