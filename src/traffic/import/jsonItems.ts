import { jsonParser, type Token } from "stream-json/core/parser.js"
import { type Item, type List, lists } from "./items.ts"

/*
 * The items of a JSON file of any size: what lies in the lists where the formats have their exchanges. Everything else of the file is
 * passed over; at most one item is in memory.
 */

/** Nesting that is read; JSON itself has no limit. */
const depthMax = 200
/** Characters of one item: two bodies of the largest size that is kept, in base64 and pieces, with headers. */
export const itemCharsMax = 32 * 1024 * 1024
/** Characters of a key or a number beyond which it is none that any format has. */
const wordCharsMax = 1_000

interface Level {
  readonly kind: "object" | "list"
  /** In an object the key whose value is being read. */
  key: string
}

/** Takes the text of a file piece by piece, and gives the items that end in it. */
export class JsonItems {
  readonly #parse = jsonParser({ jsonStreaming: true, packValues: false })
  readonly #levels: Array<Level> = []
  /** The item that is being read. */
  #making: Making | undefined
  /** A key or a number that is being read: it may come in pieces. */
  #word: string | undefined
  #items = 0
  #began = false

  /** Items that have begun so far. */
  get begun(): number {
    return this.#items + (this.#making === undefined ? 0 : 1)
  }

  /** Whether the file ends where a value ends. */
  get whole(): boolean {
    return this.#began && this.#levels.length === 0 && this.#word === undefined
  }

  /** Throws what the parser throws where the text is no JSON. It takes what ends before that with it, so it is given little at a time. */
  *take(piece: string): Generator<Item> {
    for (let from = 0; from < piece.length; ) {
      const end = piece.indexOf("}", from) + 1 || piece.length
      const tokens = this.#parse(piece.slice(from, end)) as { readonly values?: ReadonlyArray<Token> }
      from = end
      for (const token of tokens.values ?? []) {
        const item = this.#token(token)
        if (item !== undefined) yield item
      }
    }
  }

  #token(token: Token): Item | undefined {
    switch (token.name) {
      case "startObject":
        return this.#opened("object")
      case "startArray":
        return this.#opened("list")
      case "endObject":
      case "endArray":
        this.#levels.pop()
        this.#making?.close()
        return this.#ended()
      case "startKey":
        this.#word = ""
        return undefined
      case "startNumber":
        this.#word = ""
        return this.#startValue()
      case "startString":
        this.#startValue()
        this.#making?.beginText()
        return undefined
      case "stringChunk":
      case "numberChunk":
        return this.#piece(token.value)
      case "endKey":
        return this.#key(this.#takeWord())
      case "endNumber":
        return this.#number(Number(this.#takeWord()))
      case "endString":
        this.#making?.endText()
        return this.#ended()
      case "nullValue":
      case "trueValue":
      case "falseValue":
        this.#startValue()
        this.#making?.value(token.value)
        return this.#ended()
      default:
        return undefined
    }
  }

  #piece(piece: string): undefined {
    if (this.#word === undefined) this.#making?.addText(piece)
    else if (this.#word.length + piece.length > wordCharsMax)
      throw new Error(`a key or number is longer than ${wordCharsMax} characters`)
    else this.#word += piece
    return undefined
  }

  #number(value: number): Item | undefined {
    this.#making?.value(value)
    return this.#ended()
  }

  #takeWord(): string {
    const word = this.#word ?? ""
    this.#word = undefined
    return word
  }

  #key(key: string): undefined {
    const level = this.#levels.at(-1)
    if (level !== undefined) level.key = key
    this.#making?.key(key)
    return undefined
  }

  #opened(kind: Level["kind"]): undefined {
    this.#startValue()
    if (this.#levels.length >= depthMax) throw new Error(`it is nested deeper than ${depthMax}`)
    this.#levels.push({ kind, key: "" })
    this.#making?.open(kind)
    return undefined
  }

  /** A value begins: it may be an item. */
  #startValue(): undefined {
    this.#began = true
    if (this.#making !== undefined || this.#levels.at(-1)?.kind !== "list") return
    const list = this.#list()
    if (list !== undefined) this.#making = new Making(list, this.#levels.length)
  }

  /** The list whose item begins here, if it is one of those. */
  #list(): List | undefined {
    const around = this.#levels.slice(0, -1)
    if (around.length > 2 || around.some(({ kind }) => kind !== "object")) return undefined
    const name = around.map(({ key }) => key).join(".")
    return lists.find((each) => each === name)
  }

  /** A value has ended: the item, where it is the end of one. */
  #ended(): Item | undefined {
    const making = this.#making
    if (making === undefined || this.#levels.length > making.depth) return undefined
    this.#making = undefined
    this.#items++
    const place = `entry ${this.#items}`
    return making.tooLarge
      ? { _tag: "Lost", place, reason: `it is longer than ${itemCharsMax} characters` }
      : { _tag: "Found", place, list: making.list, value: making.made }
  }
}

/** An item while it is made. */
class Making {
  readonly list: List
  /** Levels around it. */
  readonly depth: number
  tooLarge = false
  made: unknown
  /** What is open, outermost first, with the key that comes next in each. */
  readonly #open: Array<{ readonly made: Record<string, unknown> | Array<unknown>; key: string }> = []
  #text: Array<string> = []
  #chars = 0

  constructor(list: List, depth: number) {
    this.list = list
    this.depth = depth
  }

  key(key: string): void {
    const around = this.#open.at(-1)
    if (around !== undefined) around.key = key
    this.#grow(key.length)
  }

  open(kind: Level["kind"]): void {
    const made = kind === "object" ? {} : []
    this.value(made)
    this.#open.push({ made, key: "" })
  }

  close(): void {
    this.#open.pop()
  }

  beginText(): void {
    this.#text = []
  }

  addText(piece: string): void {
    this.#grow(piece.length)
    if (!this.tooLarge) this.#text.push(piece)
  }

  endText(): void {
    this.value(this.#text.length === 1 ? this.#text[0] : this.#text.join(""))
  }

  value(value: unknown): void {
    this.#grow(8)
    if (this.tooLarge) return
    const around = this.#open.at(-1)
    if (around === undefined) this.made = value
    else if (Array.isArray(around.made)) around.made.push(value)
    // No format has such a field, and it is none of an object's own.
    else if (around.key !== "__proto__") around.made[around.key] = value
  }

  /** What is too large is not kept, however much of it comes. */
  #grow(chars: number): void {
    this.#chars += chars
    if (this.tooLarge || this.#chars <= itemCharsMax) return
    this.tooLarge = true
    this.made = undefined
    this.#open.length = 0
    this.#text = []
  }
}
