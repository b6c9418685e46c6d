import { sha256 } from "../../canonical.ts"
import { maybeKeyword } from "../../keywords.ts"
import { standInDigits } from "./digits.ts"
import { replaceNumbers } from "./numbers.ts"

/** How a text of people is replaced. */
export interface WordRules {
  readonly salt: string
  /** The stand-in of a number; the number itself where numbers are kept. */
  readonly number: (e164: string) => string
}

/**
 * A text of the same shape: as long, words for words, capitals for capitals, digits for digits, with the punctuation where it was.
 *
 * The same word always becomes the same word and the same code the same code. A letter stays in its alphabet's class (GSM 7 bit or
 * not, one UTF-16 unit or two), so that the text has as many segments. Emoji and punctuation stay. A text that is a keyword (STOP, HELP)
 * stays too: it tells nothing, and carriers obey it.
 */
export const standInWords = ({ number, salt }: WordRules, text: string): string =>
  maybeKeyword(text)
    ? text
    : replaceNumbers(text, number, (rest) =>
        rest.replace(word, (found) =>
          isScheme(found) ? found : isDigits(found) ? code(salt, found) : letters(salt, found),
        ),
      )

/** Digits that say something to somebody, by others: a code keeps its length wherever it is shown. */
export const code = (salt: string, digits: string): string => standInDigits(salt, "code", digits)

const word = /https?:\/\/|\d+|(?:(?!\d)[\p{L}\p{M}\p{Nd}])+/giu
const isScheme = (text: string): boolean => text.endsWith("//")
const isDigits = (text: string): boolean => /^\d+$/.test(text)

const letters = (salt: string, found: string): string => {
  const chars = [...found]
  let drawn = ""
  return chars
    .map((char, i) => {
      const place = i % drawsInHash
      if (place === 0) drawn = sha256(`${salt}\nword\n${i}\n${found}`)
      return letter(char, Number.parseInt(drawn.slice(4 * place, 4 * place + 4), 16))
    })
    .join("")
}

/** Draws of 16 bits in one hash. */
const drawsInHash = 16

const latinSmall = [..."abcdefghijklmnopqrstuvwxyz"]
const latinCapital = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
/** The letters of the GSM 7 bit alphabet besides. Source: 3GPP TS 23.038, 6.2.1. */
const gsmSmall = [..."èéùìòøåæßäöñüà"]
const gsmCapital = [..."ÇØÅÆÉÄÖÑÜ"]
const gsmGreek = [..."ΔΦΓΛΩΠΨΣΘΞ"]
const otherSmall = [..."бвгджзклмнпрстфхцчшщ"]
const otherCapital = [..."БВГДЖЗКЛМНПРСТФХЦЧШЩ"]
const otherDigits = [..."٠١٢٣٤٥٦٧٨٩"]
const classes = [latinSmall, latinCapital, gsmSmall, gsmCapital, gsmGreek].map((all) => [all, new Set(all)] as const)

/** A letter of the same class as another. */
const letter = (char: string, draw: number): string => {
  const same = classes.find(([, set]) => set.has(char))?.[0] ?? otherClass(char)
  return same === undefined ? ideograph(char, draw) : (same[draw % same.length] ?? char)
}

const otherClass = (char: string): ReadonlyArray<string> | undefined => {
  if (char.length > 1) return undefined
  if (/\p{M}/u.test(char)) return [char]
  if (/\p{Nd}/u.test(char)) return otherDigits
  if (/\p{Lu}/u.test(char)) return otherCapital
  return /\p{Ll}/u.test(char) ? otherSmall : undefined
}

/** What has no capitals, by a Han character; beyond the first 65,536 by one there. */
const ideograph = (char: string, draw: number): string =>
  String.fromCodePoint((char.length > 1 ? 0x2_00_00 : 0x4e_00) + (draw % 4_096))
