import { onceAsked } from "../../core/onceAsked.ts"
import type { Word } from "./reading.ts"
import { english, others, portuguese, spanish, type Words } from "./words.ts"

/** Points that speak for each language; `other` is every one but the three. */
export interface Evidence {
  readonly en: number
  readonly es: number
  readonly pt: number
  readonly other: number
}

/** What a word speaks for; undefined for nothing. */
export const evidenceOf = (word: Word): Evidence | undefined =>
  written(word.written) ?? listed().get(word.folded) ?? ended(word.folded)

const nothing: Evidence = { en: 0, es: 0, pt: 0, other: 0 }

/** Points of a word of each list. */
const sure = 3
const likely = 2
const faint = 1

const fill = (found: Map<string, Evidence>, language: keyof Evidence, words: Words): void => {
  for (const [list, points] of [
    [words.sure, sure],
    [words.likely, likely],
    [words.faint, faint],
  ] as const)
    for (const word of list.split(/\s+/).filter((text) => text !== "")) {
      const known = found.get(word) ?? nothing
      found.set(word, { ...known, [language]: Math.max(known[language], points) })
    }
}

const listed = onceAsked((): ReadonlyMap<string, Evidence> => {
  const found = new Map<string, Evidence>()
  fill(found, "en", english)
  fill(found, "es", spanish)
  fill(found, "pt", portuguese)
  fill(found, "other", others)
  return found
})

/** Laughter, letters that only one of the languages has, and words that an accent alone tells apart. */
const written = (word: string): Evidence | undefined => shapes.find(([shape]) => shape.test(word))?.[1]

const shapes: ReadonlyArray<readonly [RegExp, Evidence]> = [
  [/^(?:j[aei]){2,}j?$/, { ...nothing, es: sure }],
  [/^(?:k{3,}|(?:rs){2,}r?)$/, { ...nothing, pt: sure }],
  [/[ãõ]/, { ...nothing, pt: 4 }],
  [/ñ/, { ...nothing, es: 4 }],
  [/^(?:é|à|às|há|já|só|até|você|está|três|mês)$/, { ...nothing, pt: sure }],
  [/^(?:sí|él|más|qué|cuál|quién|dónde|cuándo|cómo|cuánto|día|días)$/, { ...nothing, es: sure }],
  [/[^a-záéíóúüñâêôàç'’]/, { ...nothing, other: 4 }],
]

/** What the ending or the inside of a word that is in no list speaks for. */
const ended = (word: string): Evidence | undefined =>
  word.length < 5 ? undefined : endings.find(([ending]) => ending.test(word))?.[1]

const endings: ReadonlyArray<readonly [RegExp, Evidence]> = [
  [/(?:ing|tion|tions|ght|ness|ful|less|ly|ment|ship|ck|ould|self)$|^(?:wh|sh|th)|sh$/, { ...nothing, en: 1 }],
  [/(?:cion|ciones|dad|dades|iendo|illo|illa|aste|iste|eron|aron|ito|itos|itas)$|^ll|ue[nrs]/, { ...nothing, es: 1 }],
  [
    /(?:cao|coes|dade|dades|inho|inha|agem|eiro|eira|oes|ao|aes|ando|indo|aram|eram)$|lh[aeo]|nh[aeo]/,
    { ...nothing, pt: 1 },
  ],
  [/(?:ado|ada|ados|adas|ido|ida|amos|emos|imos|mente|encia|ancia|oso|osa|ario|aria)$/, { ...nothing, es: 1, pt: 1 }],
]
