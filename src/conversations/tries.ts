import type { OutboundAnswered, OutboundFailed } from "../core/entries.ts"
import type { Tries } from "./settings.ts"

/* What is common to requests that are made again. */

/**
 * Virtual ms until the next attempt: the gap doubled with each one, up to the largest, and up to a quarter more by chance.
 * `roll` in basis points.
 */
export const gapMs = ({ gap_ms, gap_ms_max }: Tries, attempt: number, roll: number): number => {
  const gap = Math.min(gap_ms * 2 ** (attempt - 1), gap_ms_max)
  return gap + Math.floor((gap * roll) / 40_000)
}

/** The fields of a JSON object that an answer is; none where it is none. */
export const fieldsOf = ({ body }: OutboundAnswered): Readonly<Record<string, unknown>> => {
  if (typeof body !== "string") return {}
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {} // What is no JSON tells nothing.
  }
}

/** Why there is no answer. */
export const whyNot = ({ detail, reason }: OutboundFailed): string =>
  detail === undefined ? reason : `${reason}: ${detail}`
