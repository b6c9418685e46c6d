import * as Either from "effect/Either"
import { limits } from "../../core/limits.ts"
import { excerpt, type Fault, type Parsed, type Part, type TemplateError, templateError } from "./templateSyntax.ts"
import { bareText, meets, type Path, quotedText, type Scalar, type TemplateValues, valueAt } from "./templateValues.ts"

export interface CheckOptions {
  /** Values it is rendered with besides the ones the check makes up. */
  readonly samples?: ReadonlyArray<TemplateValues>
  /** Whether it must yield one object of plain values, whose members become form parameters. */
  readonly form?: boolean
}

/**
 * Whether a template yields JSON, whatever its values are.
 *
 * Values inside a JSON string cannot break it and a bare value is always JSON, so what matters is which way the ifs go
 * and whether bare values fit their place. All combinations of the values that conditions can tell apart are tried, up
 * to `combinationsMax`; beyond that all absent, all present, and each value alone among these, up to `waysMax`.
 * A fault is named at its place in the template.
 */
export const checkTemplate = (
  template: Parsed,
  { samples = [], form = false }: CheckOptions = {},
): Either.Either<Parsed, TemplateError> => {
  const ways = [...samples.map(bySample), ...waysThrough(template.parts)]
  for (const way of ways) {
    const laid = lay(template.parts, way.value)
    const fault = jsonFault(laid.text, form)
    if (fault !== undefined) {
      const found = way.told === "" ? fault.found : `${fault.found} (when ${cut(way.told)})`
      return Either.left(templateError(template, { ...fault, at: sourceAt(laid, fault.at), found }))
    }
  }
  return Either.right(template)
}

/** Names and texts of a template may be of any length; an error tells no more of them than people read. */
const cut = (told: string): string => (told.length > toldLengthMax ? `${told.slice(0, toldLengthMax)}…` : told)
const toldLengthMax = 500

/** The paths a template names, with the offset of the first use of each. */
export const pathsOf = (
  parts: ReadonlyArray<Part>,
): ReadonlyMap<string, { readonly path: Path; readonly at: number }> => {
  const paths = new Map<string, { readonly path: Path; readonly at: number }>()
  const note = (path: Path, at: number) => {
    if (!paths.has(path.text)) paths.set(path.text, { path, at })
  }
  const walk = (part: Part) => {
    if (part._tag === "hole") note(part.path, part.at)
    if (part._tag === "choice") {
      note(part.condition.path, part.at)
      part.then.forEach(walk)
      part.otherwise.forEach(walk)
    }
  }
  parts.forEach(walk)
  return paths
}

// ------------------------------------------------------------------------------------------------------------- ways

/** One choice of values, and how an error tells it. */
interface Way {
  readonly value: (path: Path) => Scalar
  readonly told: string
}

/** Combinations that are all tried, and ways tried where there are more combinations than that. */
const combinationsMax = 64
const waysMax = 256

/** Values no condition names: `otherText` is made so. */
const integer = 7

const bySample = (sample: TemplateValues): Way => ({ value: (path) => valueAt(sample, undefined, path), told: "" })

const waysThrough = (parts: ReadonlyArray<Part>): ReadonlyArray<Way> => {
  const conditions = new Map<string, Set<string>>()
  const bare = new Set<string>()
  const note = (part: Part) => {
    if (part._tag === "hole" && !part.quoted) bare.add(part.path.text)
    if (part._tag !== "choice") return
    const texts = conditions.get(part.condition.path.text) ?? new Set()
    if (part.condition.equals !== undefined) texts.add(part.condition.equals)
    conditions.set(part.condition.path.text, texts)
    part.then.forEach(note)
    part.otherwise.forEach(note)
  }
  parts.forEach(note)
  const other = otherText([...conditions.values()])
  const choices = [...conditions].map(([path, texts]) => ({
    path,
    values: bare.has(path)
      ? [undefined, other, integer, ...[...texts].flatMap(valuesEqualTo)]
      : [undefined, other, ...texts],
  }))
  const rests = [...bare].every((path) => conditions.has(path)) ? [other] : [other, integer, undefined]
  return assignments(choices, other).flatMap((assigned) =>
    rests.map((rest) => ({
      value: ({ text }: Path) => (assigned.has(text) ? assigned.get(text) : rest),
      told: [...assigned]
        .map(([path, value]) => `${path} is ${value === undefined ? "missing" : JSON.stringify(value)}`)
        .join(", "),
    })),
  )
}

/** The values a comparison with a text takes. Where it matters, a bare value: a text is put out unlike the others. */
const valuesEqualTo = (text: string): ReadonlyArray<Scalar> => [
  text,
  ...[Number(text), true, false].filter((value) => String(value) === text),
]

const otherText = (named: ReadonlyArray<ReadonlySet<string>>): string => {
  let text = "x"
  while (named.some((texts) => texts.has(text))) text += "x"
  return text
}

interface Choices {
  readonly path: string
  readonly values: ReadonlyArray<Scalar>
}

const assignments = (choices: ReadonlyArray<Choices>, other: string): ReadonlyArray<ReadonlyMap<string, Scalar>> => {
  const count = choices.reduce((product, { values }) => product * values.length, 1)
  if (count <= combinationsMax)
    return choices.reduce<ReadonlyArray<ReadonlyMap<string, Scalar>>>(
      (ways, { path, values }) => ways.flatMap((way) => values.map((value) => new Map(way).set(path, value))),
      [new Map()],
    )
  const all = (value: Scalar) => new Map(choices.map(({ path }) => [path, value]))
  const alone = choices.flatMap(({ path, values }) =>
    values.flatMap((value) => [all(undefined).set(path, value), all(other).set(path, value)]),
  )
  return [all(undefined), all(other), all(integer), ...alone].slice(0, waysMax)
}

/** A template laid out for one way with its white space kept, and where each piece of it comes from. */
interface Laid {
  readonly text: string
  readonly pieces: ReadonlyArray<{ readonly from: number; readonly at: number; readonly whole: boolean }>
}

const lay = (parts: ReadonlyArray<Part>, value: (path: Path) => Scalar): Laid => {
  const pieces: Array<{ from: number; at: number; whole: boolean }> = []
  let text = ""
  const put = (part: Part) => {
    if (part._tag === "choice") {
      const { path, equals } = part.condition
      for (const inner of meets(value(path), equals) ? part.then : part.otherwise) put(inner)
      return
    }
    pieces.push({ from: text.length, at: part.at, whole: part._tag === "hole" })
    if (part._tag === "literal") text += part.raw
    else text += part.quoted ? quotedText(value(part.path)) : bareText(value(part.path))
  }
  parts.forEach(put)
  return { text, pieces }
}

/** The place in the template that an offset of the laid out text comes from; an end is named at the last line. */
const sourceAt = ({ text, pieces }: Laid, offset: number): number => {
  const end = text.trimEnd().length
  const inside = Math.min(offset, Math.max(end - 1, 0))
  const piece = pieces.findLast(({ from }) => from <= inside)
  if (piece === undefined) return 0
  return piece.whole ? piece.at : piece.at + inside - piece.from
}

// ------------------------------------------------------------------------------------------------------------- JSON

/** Where and why a text is no JSON, or with `form` no object of plain values. Its strings are taken as well formed. */
const jsonFault = (text: string, form: boolean): Fault | undefined => {
  let at = 0
  const refused = (expected: string): Fault => ({ at, expected, found: excerpt(text, at) })
  const next = () => {
    while (at < text.length && " \t\r\n".includes(text[at] as string)) at++
    return text[at]
  }
  const string = () => {
    at++
    while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1
    at++
  }
  const member = (depth: number): Fault | undefined => {
    if (next() !== '"') return refused("a name in double quotes")
    string()
    if (next() !== ":") return refused("a colon after the name")
    at++
    return value(depth)
  }
  /** Reads what stands between brackets: nothing, or items with commas between them. */
  const items = (close: string, item: () => Fault | undefined): Fault | undefined => {
    at++
    if (next() === close) {
      at++
      return undefined
    }
    for (;;) {
      const fault = item()
      if (fault !== undefined) return fault
      const after = next()
      if (after !== "," && after !== close) return refused(`a comma or ${close}`)
      at++
      if (after === close) return undefined
    }
  }
  const value = (depth: number): Fault | undefined => {
    const first = next()
    if (form && depth === 0 && first !== "{") return refused("an object, whose members become form parameters")
    if (first === "{" || first === "[") {
      if (form && depth > 0) return refused("a text, a number, true, false or null: members become form parameters")
      if (depth === limits.jsonDepthMax) return refused(`JSON nested at most ${limits.jsonDepthMax} deep`)
      return first === "{" ? items("}", () => member(depth + 1)) : items("]", () => value(depth + 1))
    }
    if (first === '"') {
      string()
      return undefined
    }
    plainValue.lastIndex = at
    if (!plainValue.test(text)) return refused("a JSON value")
    at = plainValue.lastIndex
    return undefined
  }
  const fault = value(0)
  if (fault !== undefined) return fault
  return next() === undefined ? undefined : refused("nothing after the JSON value")
}

const plainValue = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
