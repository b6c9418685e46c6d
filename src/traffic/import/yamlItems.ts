import { type Document, parseDocument, type ScalarTag } from "yaml"
import { Pattern } from "./cassettes.ts"
import type { Item } from "./items.ts"
import { isGroup } from "./Told.ts"

/*
 * The items of cassettes in YAML, document by document. A document is read as a whole: YAML lets its end change what its beginning
 * means. Tags make nothing but data: `!ruby/object` and `!!python/…` are left out, and what they stand before is read as it is.
 */

/** Bytes of one document. What a parser makes of it takes some thirty times as much memory. */
export const documentCharsMax = 16 * 1024 * 1024
/** How often all aliases of a document may repeat what they name. */
const aliasesMax = 10_000

/** Takes the text of a file piece by piece, and gives the items of each document that ends in it. */
export class YamlItems {
  #document: Array<string> = []
  #chars = 0
  #rest = ""
  #documents = 0
  #items = 0

  #add(text: string): void {
    this.#chars += text.length
    if (this.#chars <= documentCharsMax) this.#document.push(text)
    else this.#document = []
  }

  *take(piece: string): Generator<Item> {
    const lines = (this.#rest + piece).split("\n")
    this.#rest = lines.pop() ?? ""
    // A line that does not end is no marker.
    if (this.#rest.length > documentCharsMax) {
      this.#add(this.#rest)
      this.#rest = ""
    }
    for (const line of lines) {
      if (/^---(?:\s|$)/.test(line)) yield* this.#ended()
      this.#add(`${line}\n`)
    }
  }

  *end(): Generator<Item> {
    this.#add(this.#rest)
    yield* this.#ended()
  }

  *#ended(): Generator<Item> {
    const text = this.#document.join("")
    const chars = this.#chars
    this.#document = []
    this.#chars = 0
    if (chars <= documentCharsMax && isEmpty(text)) return
    this.#documents++
    const place = `document ${this.#documents}`
    if (chars > documentCharsMax)
      yield { _tag: "Lost", place, reason: `it is longer than ${documentCharsMax} characters` }
    else yield* this.#of(text, place)
  }

  *#of(text: string, place: string): Generator<Item> {
    const read = readDocument(text)
    if (typeof read === "string") {
      yield { _tag: "Lost", place, reason: read }
      return
    }
    for (const reason of read.notes) yield { _tag: "Note", place, reason }
    const { value } = read
    const list = Array.isArray(value)
      ? ""
      : ["http_interactions", "interactions"].find((key) => isGroup(value) && key in value)
    const values = Array.isArray(value) ? value : list !== undefined && isGroup(value) ? value[list] : undefined
    if (!Array.isArray(values)) {
      yield { _tag: "Lost", place, reason: `it has no list of http_interactions or interactions${codeIn(text)}` }
      return
    }
    for (const each of values) {
      this.#items++
      yield { _tag: "Found", place: `entry ${this.#items}`, list: (list ?? "") as "" | "interactions", value: each }
    }
  }
}

/** Whether a document says nothing: what stands before the first marker, most often. */
const isEmpty = (text: string): boolean => text.split("\n").every((line) => /^\s*(?:#.*|---\s*|\.\.\.\s*)?$/.test(line))

/** A document as plain data; a text says why it cannot be read. */
const readDocument = (text: string): { readonly value: unknown; readonly notes: ReadonlyArray<string> } | string => {
  try {
    // Ruby and Python write YAML 1.1. A stack that overflows is thrown, too.
    const document = parseDocument(text, {
      schema: "yaml-1.1",
      customTags: (tags) => [...tags, rubyBinary, rubyPattern],
      uniqueKeys: false,
      prettyErrors: true,
      logLevel: "silent",
      stringKeys: false,
    })
    const [fault] = document.errors
    if (fault !== undefined) {
      return `it is no YAML: ${firstLine(fault.message)}${codeIn(text)}`
    }
    return { value: document.toJS({ maxAliasCount: aliasesMax }), notes: notesOf(document) }
  } catch (error) {
    return `it cannot be read: ${firstLine(error instanceof Error ? error.message : String(error))}`
  }
}

/** Says so where a document is a template: its code may be why it is not what it should be. */
const codeIn = (text: string): string =>
  /<%[^%]/.test(text) ? " (it is a template with code, which is never run)" : ""

/** Tags that were left out, each once. */
const notesOf = ({ warnings }: Document): ReadonlyArray<string> => [
  ...new Set(
    warnings.map(({ message }) =>
      firstLine(message).replace(
        /^Unresolved tag: (.*) at line .*$/,
        "the tag $1 is left out, and what it stands before is read as it is",
      ),
    ),
  ),
]

/** What a library says, without the text it shows, which may hold a secret. */
const firstLine = (message: string): string =>
  (message.split("\n")[0] ?? "")
    .replace(/:$/, "")
    .replace(/: ".*"/, "")
    .slice(0, 200)

/** What Ruby calls binary; YAML 1.1 has `!!binary` for it. */
const rubyBinary: ScalarTag = {
  tag: "!binary",
  resolve: (text) => new Uint8Array(Buffer.from(text, "base64")),
}

const rubyPattern: ScalarTag = {
  tag: "!ruby/regexp",
  resolve: (text) => new Pattern(text),
}
