/*
 * What a person would take from a message's text: one-time codes and links. Every pattern is linear in the text, which is at most
 * 1600 characters of an application's own; of a longer one only the beginning is looked at.
 */

/** Characters of a text that are looked at. */
const searchedMax = 4_096

/** The addresses in a text, as they stand there, in order and each once. Punctuation behind one belongs to its sentence. */
export const linksIn = (text: string): ReadonlyArray<string> => {
  const links = new Set<string>()
  for (const [found] of text.slice(0, searchedMax).matchAll(link)) {
    const url = withoutEnd(found)
    if (URL.canParse(url)) links.add(url)
  }
  return [...links]
}

const link = /https?:\/\/[^\s<>"'`]+/gi

/** Without the punctuation at its end; a bracket stays where it was opened inside. */
const withoutEnd = (url: string): string => {
  let end = url.length
  for (; end > 0; end--) {
    const last = url[end - 1] as string
    if (".,;:!?*_~".includes(last)) continue
    const opening = brackets[last]
    if (opening === undefined || url.lastIndexOf(opening, end - 2) > url.lastIndexOf(last, end - 2)) break
  }
  return url.slice(0, end)
}

const brackets: { readonly [closing: string]: string } = { ")": "(", "]": "[", "}": "{" }

/**
 * The one-time codes in a text, likeliest first and each once.
 *
 * 1. What stands where machines look for it: `@example.com #123456` on the last line (origin-bound codes).
 * 2. A letter, a dash and 4 to 8 digits: `G-123456`, whole.
 * 3. 4 to 8 digits, also as `123 456` or `123-456`, with a word for codes in the same text (code, PIN, OTP, password, verify …): those
 *    right behind such a word first, then by their distance from one. Not digits of an amount, a date, a time, a phone number or a link.
 * 4. Capitals and digits right behind `code`, `code:` or `code is`: `A1B2C3`.
 * 5. A text that is nothing but 4 to 8 digits.
 */
export const codesIn = (whole: string): ReadonlyArray<string> => {
  const text = whole.slice(0, searchedMax)
  if (/^\s*\d{4,8}\s*$/.test(text)) return [text.trim()]
  const codes: Array<string> = []
  const add = (code: string) => codes.includes(code) || codes.push(code)
  const bound = originBound.exec(text)
  if (bound?.[1] !== undefined) add(bound[1])
  // Blanks of the same length keep every place.
  const said = text.replace(originBound, blank).replace(link, blank)
  for (const [, code] of said.matchAll(lettered)) add(code as string)
  const words = [...said.matchAll(codeWord)].map(({ 0: word, index }) => ({ start: index, end: index + word.length }))
  if (words.length === 0) return codes
  const numbers = [...said.matchAll(digits)].flatMap(({ 1: number = "", index }) => {
    const code = number.replace(/[ -]/, "")
    return isPartOfMore(said, index, index + number.length) ? [] : [{ code, far: distance(said, words, index, number) }]
  })
  const named = [...said.matchAll(behindWord)].flatMap(({ 1: code = "" }) =>
    /\d/.test(code) && /[A-Z]/.test(code) ? [code] : [],
  )
  for (const { code } of numbers.sort((a, b) => a.far - b.far)) add(code)
  for (const code of named) add(code)
  return codes
}

const blank = (found: string): string => " ".repeat(found.length)
const originBound = /^@[\w.-]+ #([A-Za-z0-9]{4,10})\b.*$/m
const lettered = /(?<![\w-])([A-Z]-\d{4,8})(?![\w-])/g
const digits = /(?<![\d\w])(\d{3}[ -]\d{3}|\d{4,8})(?![\d\w])/g
/** Of the languages that write the word so, too: code, Code, código, codice, kode; PIN, TAN, OTP. */
const codeWord =
  /\b(?:(?:pass|pin|access|security|verification|confirmation|bestätigungs|sicherheits|zugangs)?codes?|c[oó]digo|codice|kode?|pin|tan|otp|2fa|password|passwort|passwd|verif\w{1,12}|confirm\w{0,8}|one[- ]time|log[- ]?in|sign[- ]?in|token)(?![\w])/giu
const behindWord = /\b(?:code|pin|otp|passcode|password|token)(?: is)?:? {1,3}"?([A-Z0-9]{4,8})(?![\w-])/gi

/**
 * How far a number is from the nearest word, in characters; what follows a word counts as nearer than what comes before one. `words`
 * are in order.
 */
const distance = (text: string, words: ReadonlyArray<Span>, start: number, number: string): number => {
  const next = words.findIndex((word) => word.start > start)
  const before = words[(next < 0 ? words.length : next) - 1]
  const after = words[next]
  const ahead = after === undefined ? Number.POSITIVE_INFINITY : 1 + 2 * (after.start - start - number.length)
  if (before === undefined) return ahead
  const between = text.slice(before.end, start)
  return /^(?: is| ist| est| es)?:? {0,3}$/.test(between) ? 0 : Math.min(ahead, 1 + between.length)
}

interface Span {
  readonly start: number
  readonly end: number
}

/** Whether digits belong to an amount, a date, a time or a longer number. */
const isPartOfMore = (text: string, start: number, end: number): boolean =>
  /(?:[+$€£¥#]|[$€£¥] |\d[.,:/-]|\d \(?|\) ?|(?:USD|EUR|GBP) )$/.test(text.slice(Math.max(0, start - 5), start)) ||
  /^(?:[.,:/-]\d| ?[€£$%]| (?:USD|EUR|GBP)\b|[ -]\d{3})/.test(text.slice(end, end + 6))
