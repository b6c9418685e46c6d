import { keywordOf } from "../../core/keywords.ts"
import { type Evidence, evidenceOf } from "./evidence.ts"
import { wordsOf } from "./reading.ts"

/** The languages a text is told apart by; `unknown` where nothing, too little or as much for another speaks for one of them. */
export type Language = "en" | "es" | "pt" | "unknown"

export interface Detected {
  readonly language: Language
  /** How much of what was found speaks for it, in basis points; 0 of `unknown`. */
  readonly confidence: number
}

/**
 * Tells whether a text message is English, Spanish or Portuguese: the language for which clearly more speaks than for each other.
 *
 * Pure and made of integers, so the same text gives the same answer anywhere. What speaks for a language are words, letters and
 * endings (`evidence.ts`). A carrier's keyword (STOP) says nothing: everybody sends it in English. Of a mixed text it is the
 * language of most of it. Only the first `charactersMax` characters are looked at.
 */
export const detect = (text: string): Detected => {
  const start = text.slice(0, charactersMax)
  if (keywordOf(start, { tollFree: false, yes: false }) !== undefined) return unknown
  const words = wordsOf(start)
  const points = { en: 0, es: 0, pt: 0, other: 0 }
  let telling = 0
  for (const word of words) {
    const found = evidenceOf(word)
    if (found === undefined) continue
    telling++
    for (const name of names) points[name] += found[name]
  }
  const [[best, most], [, next]] = ranked(points)
  const all = points.en + points.es + points.pt + points.other
  if (best === "other" || most < enough || next * 10 > most * rivalTenths || telling * 4 < words.length) return unknown
  return { language: best, confidence: Math.floor((10_000 * most) / (all + doubt)) }
}

const unknown: Detected = { language: "unknown", confidence: 0 }

const names = ["en", "es", "pt", "other"] as const

/** The two for which most speaks, that one first. */
const ranked = (points: Evidence) => {
  const [first, second] = names.map((name) => [name, points[name]] as const).toSorted(([, a], [, b]) => b - a)
  return [first ?? nobody, second ?? nobody] as const
}
const nobody = ["other", 0] as const

/** Characters that are looked at: a message has 1,600 at most, and the language of the first ones is that of all. */
const charactersMax = 1_600
/** Points a language needs at least. */
const enough = 3
/** The share of the best language's points, in tenths, up to which another may come. */
const rivalTenths = 8
/** Points that are always missing: few words are never sure. */
const doubt = 3
