import type { Kind, Row } from "../core/Entry.ts"
import type { Page } from "./pages.ts"

/*
 * A page on its way from one thread to another. Copying an object for each row would take as long as reading it; numbers in one array
 * (which moves) and one text for the whole page take a tenth of that.
 */

/** A page of rows as columns. */
export interface PackedPage {
  /** Of each row `seq`, `at`, `cause`, where in `words` its kind, type and subject stand, and where in `text` its data and its hash end. */
  readonly numbers: Float64Array<ArrayBuffer>
  /** Each `kind`, `type` and `subject` of the page once. */
  readonly words: ReadonlyArray<string>
  /** `data` and `hash` of each row, one behind the other. */
  readonly text: string
  readonly matching: number
}

/** Numbers of a row. */
const columns = 8

export const packPage = ({ matching, rows }: Page): PackedPage => {
  const numbers = new Float64Array(rows.length * columns)
  const places = new Map<string, number>()
  const placeOf = (word: string): number => {
    const known = places.get(word)
    if (known !== undefined) return known
    places.set(word, places.size)
    return places.size - 1
  }
  const texts: Array<string> = []
  let end = 0
  for (let i = 0; i < rows.length; i++) {
    const { at, cause, data, hash, kind, seq, subject, type } = rows[i] as Row
    const from = i * columns
    numbers[from] = seq
    numbers[from + 1] = at
    numbers[from + 2] = cause
    numbers[from + 3] = placeOf(kind)
    numbers[from + 4] = placeOf(type)
    numbers[from + 5] = placeOf(subject)
    texts.push(data, hash)
    end += data.length
    numbers[from + 6] = end
    end += hash.length
    numbers[from + 7] = end
  }
  return { numbers, words: [...places.keys()], text: texts.join(""), matching }
}

export const unpackPage = ({ matching, numbers, text, words }: PackedPage): Page => {
  const rows: Array<Row> = []
  let end = 0
  for (let from = 0; from < numbers.length; from += columns) {
    const dataEnd = numbers[from + 6] as number
    const hashEnd = numbers[from + 7] as number
    rows.push({
      seq: numbers[from] as number,
      at: numbers[from + 1] as number,
      cause: numbers[from + 2] as number,
      kind: words[numbers[from + 3] as number] as Kind,
      type: words[numbers[from + 4] as number] as string,
      subject: words[numbers[from + 5] as number] as string,
      data: text.slice(end, dataEnd),
      hash: text.slice(dataEnd, hashEnd),
    })
    end = hashEnd
  }
  return { rows, matching }
}
