/*
 * Columns: the values of one field of things that follow each other, in a few bytes each. A value is found by its place, without
 * looking at the others. Columns are plain data, which a snapshot holds as they are; what is kept of numbers and places are the codes
 * of texts' characters, because V8 gives a byte or two to each, and a word and more to each number of a list.
 */

/** The values of one field, in one of four forms. */
export type Column<A> =
  /** As they are. */
  | { readonly form: "plain"; readonly values: ReadonlyArray<A> }
  /** Few different ones, by the places that they have among these; of a single one there are none. */
  | { readonly form: "coded"; readonly values: ReadonlyArray<A>; readonly places: string }
  /** Texts, one behind the other. `starts`: of each so many of them (`startsEach`). */
  | { readonly form: "texts"; readonly text: string; readonly lengths: string; readonly starts: ReadonlyArray<number> }
  /** Integers, told from the least of them, in one or two characters each. */
  | { readonly form: "integers"; readonly least: number; readonly codes: string; readonly width: 1 | 2 }

/** The columns of things by the names of their fields. */
export type Columns<Item> = { readonly [Field in keyof Item]: Column<Item[Field]> }

const startsEach = 16

/** A code that a character can be is less. */
const codes = 0x10000

/** Packs the values of a field. */
export const columnOf = <A>(values: ReadonlyArray<A>): Column<A> =>
  (codedOf(values) ?? integersOf(values) ?? textsOf(values) ?? { form: "plain", values }) as Column<A>

/** Different values of a coded column, so that a place is one byte; more than a quarter are not worth it. */
const codedMax = (count: number): number => Math.min(256, Math.max(1, count / 4))

const codedOf = <A>(values: ReadonlyArray<A>): Column<A> | undefined => {
  const first = values[0] as A
  if (values.every((value) => value === first)) return { form: "coded", values: [first], places: "" }
  const known = new Map<A, number>()
  const max = codedMax(values.length)
  const places: Array<number> = []
  for (const value of values) {
    let place = known.get(value)
    if (place === undefined) {
      if (known.size >= max) return undefined
      place = known.size
      known.set(value, place)
    }
    places.push(place)
  }
  return { form: "coded", values: [...known.keys()], places: String.fromCharCode(...places) }
}

const integersOf = (values: ReadonlyArray<unknown>): Column<number> | undefined => {
  if (!values.every(isInteger)) return undefined
  const least = values.reduce((a, b) => Math.min(a, b))
  const most = values.reduce((a, b) => Math.max(a, b)) - least
  if (most >= codes * codes) return undefined
  const width = most < codes ? 1 : 2
  const told =
    width === 1
      ? values.map((value) => value - least)
      : values.flatMap((value) => [Math.floor((value - least) / codes), (value - least) % codes])
  return { form: "integers", least, codes: String.fromCharCode(...told), width }
}

const textsOf = (values: ReadonlyArray<unknown>): Column<string> | undefined => {
  if (!values.every(isShort)) return undefined
  const starts: Array<number> = []
  let end = 0
  for (const [i, { length }] of values.entries()) {
    if (i % startsEach === 0) starts.push(end)
    end += length
  }
  const lengths = String.fromCharCode(...values.map(({ length }) => length))
  return { form: "texts", text: values.join(""), lengths, starts }
}

const isShort = (value: unknown): value is string => typeof value === "string" && value.length < codes

const isInteger = (value: unknown): value is number => Number.isSafeInteger(value)

/** The value at a place, which the column has. */
export const valueAt = <A>(column: Column<A>, i: number): A => {
  switch (column.form) {
    case "plain":
      return column.values[i] as A
    case "coded":
      return column.values[column.places === "" ? 0 : column.places.charCodeAt(i)] as A
    case "texts": {
      const start = startOf(column, i)
      return column.text.slice(start, start + column.lengths.charCodeAt(i)) as A
    }
    case "integers":
      return integerAt(column, i) as A
  }
}

/** Whether a text is the one at a place. */
export const isAt = (column: Column<string>, i: number, text: string): boolean =>
  column.form === "texts"
    ? column.lengths.charCodeAt(i) === text.length && column.text.startsWith(text, startOf(column, i))
    : valueAt(column, i) === text

const startOf = ({ lengths, starts }: Column<string> & { readonly form: "texts" }, i: number): number => {
  let start = starts[Math.floor(i / startsEach)] as number
  for (let before = i - (i % startsEach); before < i; before++) start += lengths.charCodeAt(before)
  return start
}

const integerAt = (
  { codes: told, least, width }: Column<unknown> & { readonly form: "integers" },
  i: number,
): number =>
  width === 1 ? least + told.charCodeAt(i) : least + told.charCodeAt(2 * i) * codes + told.charCodeAt(2 * i + 1)
