import type { Json, JsonObject } from "../core/canonical.ts"
import { isoSeconds, parseDuration } from "../core/Instant.ts"

/*
 * `${otp.sid}` in a text of a scenario stands for part of a named result; `$${` is a plain `${`. A text that is nothing else
 * stands for the value itself, whatever it is.
 */

/** What stands between `${` and `}`. */
interface Reference {
  readonly text: string
  readonly root: string
  /** Keys and places within the result. */
  readonly path: ReadonlyArray<string>
  /** Of `now`: how far from there, ms. */
  readonly offset: number
}

/** Names that are always there. */
export const builtIn: ReadonlySet<string> = new Set(["now", "seed", "account_sid", "auth_token"])

const pattern = /\$(\$?)\{([^{}]*)\}/g
const dotted = /^([A-Za-z_]\w*)((?:\.[\w-]+|\[\d+\])*)$/
const shifted = /^now\s*([+-])\s*(\w+)$/

/** The reference that a text between braces is, or undefined. */
const parse = (inner: string): Reference | undefined => {
  const text = inner.trim()
  const shift = shifted.exec(text)
  if (shift !== null) {
    const ms = parseDuration(shift[2] ?? "")
    return ms === undefined ? undefined : { text, root: "now", path: [], offset: shift[1] === "-" ? -ms : ms }
  }
  const parts = dotted.exec(text)
  if (parts === null) return undefined
  const path = [...(parts[2] ?? "").matchAll(/[\w-]+/g)].map(([key]) => key)
  return { text, root: parts[1] ?? "", path, offset: 0 }
}

/** What the texts within a value refer to: names, and what is no reference at all. */
export const referencesIn = (
  value: Json,
): {
  readonly names: ReadonlyArray<{ readonly name: string; readonly keys: ReadonlyArray<string | number> }>
  readonly broken: ReadonlyArray<{ readonly text: string; readonly keys: ReadonlyArray<string | number> }>
} => {
  const names: Array<{ readonly name: string; readonly keys: ReadonlyArray<string | number> }> = []
  const broken: Array<{ readonly text: string; readonly keys: ReadonlyArray<string | number> }> = []
  const walk = (here: Json, keys: ReadonlyArray<string | number>): void => {
    if (typeof here === "string") {
      for (const [whole, escaped, inner = ""] of here.matchAll(pattern)) {
        if (escaped === "$") continue
        const found = parse(inner)
        if (found === undefined) broken.push({ text: whole, keys })
        else names.push({ name: found.root, keys })
      }
    } else if (Array.isArray(here)) for (const [i, item] of here.entries()) walk(item, [...keys, i])
    else if (typeof here === "object" && here !== null)
      for (const [key, inner] of Object.entries(here)) walk(inner as Json, [...keys, key])
  }
  walk(value, [])
  return { names, broken }
}

/** The places within a value of the texts that `filled` may change. */
export const placesToFill = (value: Json): ReadonlyArray<ReadonlyArray<string | number>> => {
  if (typeof value === "string") return value.includes("${") ? [[]] : []
  if (typeof value !== "object" || value === null) return []
  const inner: ReadonlyArray<readonly [string | number, Json]> = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value as JsonObject)
  return inner.flatMap(([key, each]) => placesToFill(each).map((keys) => [key, ...keys]))
}

/** What a scenario knows while it is played. */
export interface Known {
  /** Virtual ms. */
  readonly now: () => number
  readonly value: (name: string) => Json | undefined
}

/** Says which reference stands for nothing. */
export class NothingThere extends Error {
  override readonly name = "NothingThere"
}

/**
 * The value with every reference in its texts filled in; the same value where there is none. `asTexts`: numbers and truth become
 * texts, too. Throws `NothingThere`.
 */
export const filled = (value: Json, known: Known, asTexts = false): Json => {
  if (typeof value === "string") return value.includes("${") ? filledText(value, known, asTexts) : value
  if (typeof value !== "object" || value === null) return value
  let changed: { [key: string]: Json } | Array<Json> | undefined
  for (const key of Object.keys(value)) {
    const each = (value as JsonObject)[key] as Json
    const made = filled(each, known, asTexts)
    if (made === each) continue
    changed ??= Array.isArray(value) ? [...value] : { ...(value as JsonObject) }
    ;(changed as { [key: string]: Json })[key] = made
  }
  return changed ?? value
}

const filledText = (text: string, known: Known, asTexts: boolean): Json => {
  const { alone, first, holes } = readOnce(text)
  if (alone !== undefined) {
    const value = standsFor(alone, known)
    return asTexts && (typeof value === "number" || typeof value === "boolean") ? String(value) : value
  }
  let made = first
  for (const { after, inner } of holes) {
    const value = standsFor(inner, known)
    made += (typeof value === "string" ? value : JSON.stringify(value)) + after
  }
  return made
}

/** What stands between braces, as it is written and as it was read. */
interface Inner {
  readonly text: string
  readonly reference: Reference | undefined
}

/** A text with holes for what it refers to. */
interface Holed {
  /** All of the text is this reference. */
  readonly alone: Inner | undefined
  /** What stands before the first hole. */
  readonly first: string
  readonly holes: ReadonlyArray<{ readonly inner: Inner; readonly after: string }>
}

const read = (text: string): Holed => {
  const pieces = [""]
  const inners: Array<Inner> = []
  let end = 0
  for (const { 0: whole, 1: escaped, 2: inner = "", index } of text.matchAll(pattern)) {
    pieces[pieces.length - 1] += text.slice(end, index) + (escaped === "$" ? whole.slice(1) : "")
    end = index + whole.length
    if (escaped === "$") continue
    inners.push({ text: inner, reference: parse(inner) })
    pieces.push("")
  }
  pieces[pieces.length - 1] += text.slice(end)
  const [first = "", ...after] = pieces
  const isAlone = inners.length === 1 && pieces.every((piece) => piece === "")
  return {
    alone: isAlone ? inners[0] : undefined,
    first,
    holes: inners.map((inner, i) => ({ inner, after: after[i] ?? "" })),
  }
}

/** Texts as they were last read: a loop asks for the same ones each time. */
const texts = new Map<string, Holed>()
const textsMax = 1_000

const readOnce = (text: string): Holed => {
  const before = texts.get(text)
  if (before !== undefined) return before
  if (texts.size >= textsMax) texts.clear()
  const holed = read(text)
  texts.set(text, holed)
  return holed
}

const standsFor = ({ reference, text }: Inner, known: Known): Json => {
  if (reference === undefined) throw new NothingThere(`\${${text}} is no name of a result`)
  if (reference.root === "now") return isoSeconds(known.now() + reference.offset)
  let here = known.value(reference.root)
  if (here === undefined) throw new NothingThere(`there is no result named ${reference.root}`)
  let path = reference.root
  for (const key of reference.path) {
    const inside: Json | undefined =
      typeof here === "object" && here !== null && Object.hasOwn(here, key)
        ? (here as unknown as JsonObject)[key]
        : undefined
    if (inside === undefined) throw new NothingThere(`${path} has no ${key}; it has ${keysOf(here)}`)
    here = inside
    path = `${path}.${key}`
  }
  return here
}

const keysOf = (value: Json): string => {
  if (typeof value !== "object" || value === null) return "no parts"
  const keys = Object.keys(value)
  return keys.length === 0 ? "no parts" : keys.slice(0, 40).join(", ")
}
