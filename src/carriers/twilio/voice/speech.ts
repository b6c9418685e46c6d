/*
 * How long speech takes. Nobody speaks here, so the length is a rule of the text: 65 ms a character, which is about 150 English words
 * a minute; a digit is a word (300 ms), and so, nearly, is a character of Chinese, Japanese or Korean (200 ms). At least half a second.
 */

const characterMs = 65
const digitMs = 300
const wideMs = 200
const speechMsMin = 500

/** Ms that a text takes to be said; white space in a row counts once. */
export const speechMs = (text: string): number => {
  let ms = 0
  for (const character of text.trim().replace(/\s+/g, " "))
    ms += /\d/.test(character) ? digitMs : wide.test(character) ? wideMs : characterMs
  return Math.max(speechMsMin, ms)
}

const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u

/** Ms of a `<break>`: its time, at most 10 s, or its strength. Source: "Text-to-speech: SSML"; SSML 1.1 leaves the strengths open. */
export const breakMs = (time: string | undefined, strength: string | undefined): number => {
  const found = /^(\d{1,6})(?:\.(\d{1,3})\d*)?(ms|s)$/.exec(time?.trim() ?? "")
  if (found === null) return strengths.get(strength ?? "medium") ?? 400
  const [, whole = "0", part = "", unit] = found
  const ms = unit === "ms" ? Number(whole) : Number(whole) * 1_000 + Number(part.padEnd(3, "0"))
  return Math.min(ms, 10_000)
}

const strengths: ReadonlyMap<string, number> = new Map([
  ["none", 0],
  ["x-weak", 100],
  ["weak", 200],
  ["medium", 400],
  ["strong", 700],
  ["x-strong", 1_000],
])

const toneMs = 200

/** Ms that tones take: 200 each, `w` half a second of silence, `W` a second. */
export const tonesMs = (digits: string): number => {
  let ms = 0
  for (const digit of digits) ms += digit === "w" ? 500 : digit === "W" ? 1_000 : toneMs
  return ms
}
