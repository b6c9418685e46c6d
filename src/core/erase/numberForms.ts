import { numberFacts } from "../E164.ts"

/** A phone number or short code that is looked for, in whatever form it stands. */
export interface SoughtNumber {
  /** Whether a text holds it. */
  readonly isIn: (text: string) => boolean
  /** The text with a mark in place of each form of it; the same text when there is none. */
  readonly without: (text: string, mark: string) => string
}

/**
 * Looks for a number (E.164) or short code (digits alone) in texts.
 *
 * Forms   with or without country code, trunk zero and separators, by any script's decimal digits; percent-encoded, once or more
 *         often; as HTML and JSON escapes; quoted-printable. Inside base64 and hex whatever is encoded there, UTF-16 too, at any alignment
 * Not     numbers written as words, parts of a number, compressed and encrypted texts
 * Why     a number of at least seven digits is sought inside longer runs of digits too; a shorter one only where it stands alone,
 *         because ids and hashes hold short runs by chance
 */
export const soughtNumber = (number: string): SoughtNumber => {
  const plain = patternOf(number)
  const holds = (text: string, depth: number): boolean => {
    plain.lastIndex = 0
    return (
      plain.test(text) || (depth < depthMax && encodings.some(({ runs, texts }) => foundIn(text, runs, texts, depth)))
    )
  }
  const foundIn = (text: string, runs: RegExp, texts: Texts, depth: number): boolean => {
    for (const [run] of text.matchAll(runs)) if (texts(run).some((each) => holds(each, depth + 1))) return true
    return false
  }
  const without = (text: string, mark: string): string =>
    encodings.reduce(
      (made, { runs, texts }) => made.replace(runs, (run) => (texts(run).some((each) => holds(each, 1)) ? mark : run)),
      text.replace(plain, mark),
    )
  const mayHold = (text: string): boolean => text.length >= plainMin && !sidOrHash.test(text)
  return {
    isIn: (text) => mayHold(text) && holds(text, 0),
    without: (text, mark) => (mayHold(text) ? without(text, mark) : text),
  }
}

/** Texts inside texts (a form in JSON in base64) that are looked into. */
const depthMax = 4

/** Characters of the shortest number there is. */
const plainMin = 3

/** The least digits that are sought inside other words. */
const longDigitsMin = 7

const patternOf = (number: string): RegExp => {
  const digits = number.replace(/\D/g, "")
  const facts = number.startsWith("+") ? numberFacts(number, "US") : undefined
  const code = facts !== undefined && "callingCode" in facts ? facts.callingCode : ""
  const national = digits.slice(code.length)
  if (national.length < longDigitsMin) {
    const alone = code === "" ? digits : `(?:\\+?${code})?${national}`
    return new RegExp(`(?<![\\p{L}\\p{N}_])${alone}(?![\\p{L}\\p{N}_])`, "gu")
  }
  const spaced = (each: string): string => [...each].map(digitPattern).join(separators)
  const prefix = `(?:(?:(?:${plus}|00|011)${separators})?${spaced(code)}${separators})?`
  const trunk = `(?:${digitPattern("0")}${separators})?`
  return new RegExp(`${prefix}${trunk}${spaced(national)}`, "giu")
}

/** Zeros of scripts whose other digits follow them in Unicode. */
const zeros = [
  0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040,
  0x17e0, 0x1810, 0xff10, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
]

const digitPattern = (digit: string): string => {
  const value = Number(digit)
  const scripts = zeros.map((zero) => `\\u{${(zero + value).toString(16)}}`).join("")
  return `(?:[${scripts}]|%(?:25)*3${value}|=3${value}|&#(?:0*${48 + value}|x0*3${value});|\\\\u003${value})`
}

const plus = "(?:\\+|%(?:25)*2b|=2b|&#(?:0*43|x0*2b);|&plus;|\\\\u002b)"

/** What may stand between two digits: up to four blanks, marks, escapes or tags. None of them is itself a digit. */
const separators =
  "(?:[\\s\\p{P}\\p{Z}\\p{Cf}+|~]|%(?:25)*(?!25|3[0-9])[0-9a-f]{2}|=20|&[a-z]{2,8};|&#(?!0*(?:4[89]|5[0-7]);|x0*3[0-9];)x?[0-9a-f]{1,6};|\\\\u00a0|</?[a-z][^<>]{0,80}>){0,4}?"

/** The texts that an encoded run may stand for. */
type Texts = (run: string) => ReadonlyArray<string>

const sidOrHash = /^(?:[A-Z]{2}[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** Bytes as text: as they are, and without the zeros of UTF-16. */
const asTexts = (bytes: Buffer): ReadonlyArray<string> => {
  const text = bytes.toString("latin1")
  const narrow = text.replaceAll("\u0000", "")
  return [bytes.toString("utf8"), ...(narrow === text ? [] : [narrow])]
}

const encodings: ReadonlyArray<{ readonly runs: RegExp; readonly texts: Texts }> = [
  { runs: /[^\s"'<>]+/g, texts: (run) => (run.includes("%") ? [unescaped(run)] : []) },
  {
    runs: /[A-Za-z0-9+/_-]{8,}={0,2}/g,
    texts: (run) =>
      sidOrHash.test(run) ? [] : [0, 1, 2, 3].flatMap((skipped) => asTexts(Buffer.from(run.slice(skipped), "base64"))),
  },
  {
    runs: /[0-9a-f]{14,}/gi,
    texts: (run) => [0, 1].flatMap((skipped) => asTexts(Buffer.from(run.slice(skipped), "hex"))),
  },
]

/** A percent-encoded text, as far as it is one. */
const unescaped = (text: string): string =>
  Buffer.from(
    text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("utf8")
