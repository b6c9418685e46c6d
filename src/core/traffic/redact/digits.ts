import { sha256 } from "../../canonical.ts"

/**
 * Digits in place of digits: a permutation of all digit strings of that length, which only who has the salt can undo.
 *
 * Two different strings never get the same stand-in, and the same one always does, without anything being remembered. `kind` keeps
 * codes and numbers apart. A Feistel network over decimal halves, in the manner of NIST SP 800-38G; eight rounds of keyed SHA-256.
 */
export const standInDigits = (salt: string, kind: string, digits: string): string =>
  digits.length <= pieceDigits
    ? permuted(salt, kind, digits)
    : [...digits.matchAll(piece)].map(([each], i) => permuted(salt, `${kind} ${i}`, each)).join("")

/** Digits that are permuted together; of more, each piece by itself: a half has no more of them than a draw decides, and a number holds. */
const pieceDigits = 28
const piece = new RegExp(`\\d{1,${pieceDigits}}`, "g")

const permuted = (salt: string, kind: string, digits: string): string => {
  const half = Math.floor(digits.length / 2)
  let left = digits.slice(0, half)
  let right = digits.slice(half)
  for (let round = 0; round < rounds; round++) {
    const moved = added(right, drawn(`${salt}\n${kind}\n${round}\n${digits.length}\n${left}`))
    right = left
    left = moved
  }
  // An even number of rounds: both halves have their own lengths again.
  return left + right
}

const rounds = 8

/** 48 bits that follow from a text. */
const drawn = (text: string): number => Number.parseInt(sha256(text).slice(0, 12), 16)

/** Digits plus a number, without the carry that goes beyond them. */
const added = (digits: string, more: number): string =>
  digits === ""
    ? ""
    : String((Number(digits) + (more % 10 ** digits.length)) % 10 ** digits.length).padStart(digits.length, "0")

/** A text with its digits, one after the other, replaced by others; the separators stay where they are. */
export const withDigits = (text: string, digits: string): string => {
  let next = 0
  return text.replace(/\d/g, () => digits[next++] ?? "0")
}

/** The digits of a text. */
export const digitsOf = (text: string): string => text.replace(/\D/g, "")
