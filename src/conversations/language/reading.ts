/** A word of a text as it was written, in small letters, and as lists have it: without accents, apostrophes and lengthening. */
export interface Word {
  readonly written: string
  readonly folded: string
}

/** Takes addresses, numbers and pictures out of a text and gives its words, in their order. */
export const wordsOf = (text: string): ReadonlyArray<Word> =>
  (text.replace(addresses, " ").toLowerCase().match(runs) ?? [])
    .filter((run) => !/\p{N}/u.test(run))
    .map((written) => ({ written: written.normalize("NFC"), folded: fold(written) }))
    .filter(({ folded }) => folded !== "")

/** Web addresses and mail addresses. */
const addresses = /(?:https?:\/\/|www\.)\S+|\S+@\S+/giu

/** Letters with the digits and apostrophes inside them. */
const runs = /[\p{L}\p{M}\p{N}'’]+/gu

/** `Hooolaaa` reads `hola`, `não` reads `nao`, `don’t` reads `dont`. */
const fold = (word: string): string =>
  word
    .normalize("NFD")
    .replace(/[\p{M}'’]/gu, "")
    .replace(/(\p{L})\1{2,}/gu, "$1")
