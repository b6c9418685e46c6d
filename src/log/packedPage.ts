import type { Kind, Row } from "../core/Entry.ts"
import type { Page } from "./pages.ts"

/*
 * A page on its way from one thread to another. Copying an object for each row would take as long as reading it; a few
 * typed arrays (which move) and one text for the whole page take a tenth of that.
 */

/** A page of rows as columns. */
export interface PackedPage {
  /** `seq`, `at` and `cause` of each row. */
  readonly integers: Float64Array<ArrayBuffer>
  /** Each `kind`, `type` and `subject` of the page once. */
  readonly words: ReadonlyArray<string>
  /** Where in `words` those of each row stand. */
  readonly places: Uint32Array<ArrayBuffer>
  /** `data` and `hash` of each row, one behind the other. */
  readonly text: string
  /** Where in `text` each of them ends. */
  readonly ends: Uint32Array<ArrayBuffer>
  readonly matching: number
}

export const packPage = ({ matching, rows }: Page): PackedPage => {
  const integers = new Float64Array(rows.length * 3)
  const places = new Uint32Array(rows.length * 3)
  const ends = new Uint32Array(rows.length * 2)
  const numbers = new Map<string, number>()
  const placeOf = (word: string): number => {
    const known = numbers.get(word)
    if (known !== undefined) return known
    numbers.set(word, numbers.size)
    return numbers.size - 1
  }
  const texts: Array<string> = []
  let end = 0
  for (let i = 0; i < rows.length; i++) {
    const { at, cause, data, hash, kind, seq, subject, type } = rows[i] as Row
    integers[i * 3] = seq
    integers[i * 3 + 1] = at
    integers[i * 3 + 2] = cause
    places[i * 3] = placeOf(kind)
    places[i * 3 + 1] = placeOf(type)
    places[i * 3 + 2] = placeOf(subject)
    texts.push(data, hash)
    end += data.length
    ends[i * 2] = end
    end += hash.length
    ends[i * 2 + 1] = end
  }
  return { integers, words: [...numbers.keys()], places, text: texts.join(""), ends, matching }
}

/** What of a packed page moves to the other thread instead of being copied. */
export const movable = ({ ends, integers, places }: PackedPage): Array<ArrayBuffer> => [
  integers.buffer,
  places.buffer,
  ends.buffer,
]

export const unpackPage = ({ ends, integers, matching, places, text, words }: PackedPage): Page => {
  const rows: Array<Row> = []
  let from = 0
  for (let i = 0; i * 3 < integers.length; i++) {
    const dataEnd = ends[i * 2] as number
    const hashEnd = ends[i * 2 + 1] as number
    rows.push({
      seq: integers[i * 3] as number,
      at: integers[i * 3 + 1] as number,
      cause: integers[i * 3 + 2] as number,
      kind: words[places[i * 3] as number] as Kind,
      type: words[places[i * 3 + 1] as number] as string,
      subject: words[places[i * 3 + 2] as number] as string,
      data: text.slice(from, dataEnd),
      hash: text.slice(dataEnd, hashEnd),
    })
    from = hashEnd
  }
  return { rows, matching }
}
