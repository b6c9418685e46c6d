import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { detect, type Language } from "../../src/conversations/language/detect.ts"

/** A text of the labelled set, with the language that people who know all three say it is. */
export interface Labelled {
  readonly language: Language
  readonly text: string
}

/**
 * Short texts as people send them, written for this project, with the language of each.
 *
 * Nearly a third is held out by chance: those whose text's SHA-256 begins with 0 to 4. Words and weights were chosen by looking at the mistakes
 * among the others only.
 */
export const labelled: ReadonlyArray<Labelled> = readFileSync(new URL("labelled.tsv", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => {
    const [language = "", text = ""] = line.split("\t")
    return { language: language as Language, text }
  })

export const isHeldOut = ({ text }: Labelled): boolean =>
  createHash("sha256").update(text).digest("hex").slice(0, 1) < "5"

/** What the detector makes of texts. */
export interface Judged {
  readonly texts: number
  readonly right: number
  /** Share of right ones in basis points. */
  readonly accuracy: number
  readonly wrong: ReadonlyArray<Labelled & { readonly found: Language; readonly confidence: number }>
  /** How often each language was found in place of each: `es>pt`. */
  readonly mistaken: ReadonlyMap<string, number>
}

export const judge = (texts: ReadonlyArray<Labelled>): Judged => {
  const wrong = texts.flatMap((labelledText) => {
    const { confidence, language: found } = detect(labelledText.text)
    return found === labelledText.language ? [] : [{ ...labelledText, found, confidence }]
  })
  const mistaken = new Map<string, number>()
  for (const { found, language } of wrong)
    mistaken.set(`${language}>${found}`, (mistaken.get(`${language}>${found}`) ?? 0) + 1)
  const right = texts.length - wrong.length
  return { texts: texts.length, right, accuracy: Math.floor((10_000 * right) / texts.length), wrong, mistaken }
}
