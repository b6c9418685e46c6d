import { sha256 } from "./canonical.ts"

/**
 * The n-th SID of a kind: the prefix and 32 hex digits.
 *
 * `n` is the world's own count of that kind, so unrelated traffic shifts no SID.
 */
export const sid = (prefix: string, seed: number, n: number): string =>
  prefix + sha256(`sid\n${seed}\n${prefix}\n${n}`).slice(0, 32)

/**
 * The SID of something that comes of a subject, by a name that it has there alone.
 *
 * What several subjects lead to in one turn gets different SIDs by it, which a count that none of them has moved yet would not do.
 */
export const sidUnder = (prefix: string, seed: number, subject: string, name: string): string =>
  prefix + sha256(`sid\n${seed}\n${prefix}\n${subject}\n${name}`).slice(0, 32)

/** The n-th draw for one purpose about one subject, in basis points 0–9 999; unrelated draws do not shift it. */
export const roll = (seed: number, name: string, subject: string, n: number): number =>
  Number.parseInt(sha256(`roll\n${seed}\n${name}\n${subject}\n${n}`).slice(0, 12), 16) % 10_000

/** A token of UUID shape that names one event about one subject, the same across its retries. */
export const token = (seed: number, name: string, subject: string): string => {
  const hex = sha256(`token\n${seed}\n${name}\n${subject}`)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
