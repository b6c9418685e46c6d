import { type Document, isAlias, isCollection, LineCounter, parseDocument } from "yaml"
import { limits } from "../limits.ts"

/** A YAML text as a value, and where in the text its parts stand. */
export interface YamlFile {
  readonly value: unknown
  /** The line of what lies at these keys, or of the nearest thing around it; from 1. */
  readonly lineOf: (keys: ReadonlyArray<PropertyKey>) => number
}

/** What is wrong with the text itself. */
export interface YamlProblem {
  readonly line: number
  readonly message: string
}

/** Reads YAML 1.2 with aliases and merge keys. Tags of its own a file cannot have: what comes out is plain data. */
export const readYaml = (text: string): YamlFile | YamlProblem => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false, logLevel: "silent" })
  // What follows from the first fault is no help.
  const [fault] = [...document.errors, ...document.warnings]
  if (fault !== undefined) return { line: lines.linePos(fault.pos[0]).line, message: inOneLine(fault.message) }
  try {
    return { value: document.toJS({ maxAliasCount: limits.aliasesMax }), lineOf: lineIn(document, lines) }
  } catch (error) {
    // More aliases than may be expanded, or one that names nothing.
    return { line: 1, message: inOneLine((error as Error).message) }
  }
}

const inOneLine = (message: string): string => message.replace(/\s+/g, " ").slice(0, 300)

const lineIn =
  (document: Document, lines: LineCounter) =>
  (keys: ReadonlyArray<PropertyKey>): number => {
    let node: unknown = document.contents
    let start = rangeOf(node) ?? 0
    for (const key of keys) {
      if (isAlias(node)) node = node.resolve(document)
      if (!isCollection(node)) break
      const pair = "items" in node && keyNode(node.items, key)
      node = node.get(key, true)
      start = rangeOf(pair) ?? rangeOf(node) ?? start
    }
    return lines.linePos(start).line
  }

/** The key of a mapping's pair: where people look for it. Of a list the item itself is looked for. */
const keyNode = (items: ReadonlyArray<unknown>, key: PropertyKey): unknown => {
  if (typeof key === "number") return undefined
  for (const item of items)
    if (typeof item === "object" && item !== null && "key" in item) {
      const node = item.key
      if (typeof node === "object" && node !== null && "value" in node && String(node.value) === String(key))
        return node
    }
  return undefined
}

const rangeOf = (node: unknown): number | undefined =>
  typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range)
    ? (node.range[0] as number)
    : undefined
