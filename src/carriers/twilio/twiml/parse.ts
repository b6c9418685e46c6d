import * as Either from "effect/Either"
import type { Pair } from "../../../core/entries.ts"
import type { TwimlElement, TwimlNode } from "./document.ts"

/*
 * XML as far as TwiML is written in it: elements, attributes, text, CDATA, comments, processing instructions, a declaration.
 * Strict: what XML 1.0 calls not well-formed is refused. There are no document types, so no entities but the five that XML
 * has and characters by number: nothing a document says makes it larger than it is.
 */

/** A text that is no TwiML document, and where it stops being one. */
export interface NotWellFormed {
  readonly code: 12100 | 12101
  readonly reason: string
  /** From 1. */
  readonly line: number
}

/** Elements inside elements, elements in all, and attributes of one element. */
export const twimlLimits = { depthMax: 32, elementsMax: 2_000, attributesMax: 64 } as const

/**
 * Parses a document and gives its root element.
 *
 * Refuses what is not well-formed, a document type, what goes past `twimlLimits` (12100), another version than 1.x (12101)
 * Cost    linear in the text, however hostile
 * Source  XML 1.0, fifth edition; errors 12100, 12101
 */
export const parseTwiml = (text: string): Either.Either<TwimlElement, NotWellFormed> => {
  const reader = new Reader(text.startsWith("\ufeff") ? text.slice(1) : text)
  try {
    return Either.right(reader.document())
  } catch (error) {
    if (error instanceof Refused) return Either.left(error.why)
    throw error
  }
}

/** Ends the reading; it never leaves this file. */
class Refused extends Error {
  readonly why: NotWellFormed
  constructor(why: NotWellFormed) {
    super(why.reason)
    this.why = why
  }
}

/** An element whose end has not come yet. */
interface Open {
  readonly name: string
  readonly attributes: ReadonlyArray<Pair>
  readonly children: Array<TwimlNode>
}

const declaration = /<\?xml([ \t\r\n][^?>]*)\?>/y
const declared =
  /^[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"([^"]*)"|'([^']*)')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*$/
const name = /[\p{L}_:][\p{L}\p{N}_:.-]*/uy
const space = /[ \t\r\n]*/y
const words = /[^<&]*/y
const quoted = /"([^"<]*)"|'([^'<]*)'/y
const reference = /&(?:(lt|gt|amp|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));/g
const referenceHere = new RegExp(reference.source, "y")

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" }

class Reader {
  readonly #text: string
  #at = 0
  #elements = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): TwimlElement {
    this.#declaration()
    this.#between()
    if (this.#at >= this.#text.length) this.#refuse("there is no element")
    if (!this.#text.startsWith("<", this.#at)) this.#refuse("there is text outside of the root element")
    const root = this.#element()
    this.#between()
    if (this.#at < this.#text.length) this.#refuse("something follows the root element")
    return root
  }

  /** The whole of an element, with a stack of those that are open: no document is too deep for the host. */
  #element(): TwimlElement {
    const open: Array<Open> = []
    for (;;) {
      const here = open.at(-1)
      if (here !== undefined) this.#content(here)
      const ended = this.#text.startsWith("</", this.#at) ? this.#end(open) : this.#start(open)
      if (ended === undefined) continue
      const parent = open.at(-1)
      if (parent === undefined) return ended
      parent.children.push(ended)
    }
  }

  /** A start tag. Gives the element when that is all of it. */
  #start(open: Array<Open>): TwimlElement | undefined {
    const began = this.#at
    this.#at++
    const element = { name: this.#name("an element"), attributes: this.#attributes(), children: [] }
    if (++this.#elements > twimlLimits.elementsMax)
      this.#refuse(`there are more than ${twimlLimits.elementsMax} elements`, began)
    if (this.#takes("/>")) return element
    if (!this.#takes(">")) this.#refuse(`the tag <${element.name}> does not end`, began)
    open.push(element)
    if (open.length > twimlLimits.depthMax)
      this.#refuse(`elements are nested more than ${twimlLimits.depthMax} deep`, began)
    return undefined
  }

  #end(open: Array<Open>): TwimlElement {
    const began = this.#at
    this.#at += 2
    const ends = this.#name("an end tag")
    this.#match(space)
    if (!this.#takes(">")) this.#refuse(`the tag </${ends}> does not end`, began)
    const element = open.pop()
    if (element?.name === ends) return element
    return this.#refuse(
      element === undefined
        ? `</${ends}> ends no element: none is open`
        : `</${ends}> ends no element that is open; <${element.name}> is`,
      began,
    )
  }

  /** Text, CDATA, comments and instructions up to the next tag. */
  #content(here: Open): void {
    for (;;) {
      const text = this.#words(here)
      if (text !== "") append(here.children, text)
      if (this.#takes("<![CDATA[")) append(here.children, normal(this.#until("]]>", "a CDATA section")))
      else if (!this.#aside()) return
    }
  }

  #words(here: Open): string {
    let found = ""
    for (;;) {
      const began = this.#at
      const plain = this.#match(words)?.[0] ?? ""
      if (plain.includes("]]>")) this.#refuse("]]> stands in text", began + plain.indexOf("]]>"))
      this.#characters(plain, began)
      found += normal(plain)
      if (this.#at >= this.#text.length) this.#refuse(`the element <${here.name}> does not end`)
      if (this.#text[this.#at] === "<") return found
      found += this.#reference()
    }
  }

  #attributes(): ReadonlyArray<Pair> {
    const attributes: Array<Pair> = []
    const known = new Set<string>()
    for (;;) {
      const began = this.#at
      const gap = this.#match(space)?.[0] ?? ""
      const next = this.#text[this.#at]
      if (next === ">" || next === "/" || next === undefined) return attributes
      if (gap === "") this.#refuse("there is no space before an attribute", began)
      const attribute = this.#name("an attribute")
      this.#match(space)
      if (!this.#takes("=")) this.#refuse(`the attribute ${attribute} has no value`, began)
      this.#match(space)
      const from = this.#at
      const value = this.#match(quoted)
      if (value === null)
        return this.#refuse(`the value of ${attribute} is not in quotes, does not end, or holds a <`, from)
      if (known.has(attribute)) this.#refuse(`the attribute ${attribute} comes twice`, began)
      if (known.add(attribute).size > twimlLimits.attributesMax)
        this.#refuse(`an element has more than ${twimlLimits.attributesMax} attributes`, began)
      attributes.push([attribute, this.#value(value[1] ?? value[2] ?? "", from + 1)])
    }
  }

  /** An attribute's value: white space is blanks, references are what they name. */
  #value(text: string, from: number): string {
    this.#characters(text, from)
    let value = ""
    let last = 0
    for (const found of text.matchAll(reference)) {
      const plain = text.slice(last, found.index)
      if (plain.includes("&")) break
      value += plain.replace(/\r\n|[\t\r\n]/g, " ") + this.#named(found, from + found.index)
      last = found.index + found[0].length
    }
    const rest = text.slice(last)
    if (rest.includes("&")) this.#refuse("a & begins no reference that is known", from + last + rest.indexOf("&"))
    return value + rest.replace(/\r\n|[\t\r\n]/g, " ")
  }

  #reference(): string {
    const began = this.#at
    const found = this.#match(referenceHere)
    if (found === null) return this.#refuse("a & begins no reference that is known", began)
    return this.#named(found, began)
  }

  #named([, byName, decimal, hex]: RegExpExecArray, at: number): string {
    if (byName !== undefined) return named[byName] as string
    const point = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal)
    if (point > 0x10ffff) this.#refuse("a reference names a character that does not exist", at)
    const text = String.fromCodePoint(point)
    this.#characters(text, at)
    return text
  }

  /** White space, comments and instructions outside of the root element. */
  #between(): void {
    do this.#match(space)
    while (this.#aside())
  }

  /** A comment or an instruction, if one is here. */
  #aside(): boolean {
    const began = this.#at
    if (this.#takes("<!--")) {
      const comment = this.#until("-->", "a comment")
      if (comment.includes("--") || comment.endsWith("-")) this.#refuse("-- stands in a comment", began)
      return true
    }
    if (this.#takes("<?")) {
      if (this.#name("an instruction").toLowerCase() === "xml")
        this.#refuse("the XML declaration is not at the beginning", began)
      this.#until("?>", "an instruction")
      return true
    }
    if (this.#text.startsWith("<!", this.#at) && !this.#text.startsWith("<![CDATA[", this.#at))
      this.#refuse("there is a document type, which TwiML has not", began)
    return false
  }

  #declaration(): void {
    const found = this.#match(declaration)
    if (found === null) return
    const parts = declared.exec(found[1] ?? "") ?? this.#refuse("the XML declaration is none", 0)
    const version = parts[1] ?? parts[2] ?? ""
    if (!/^1\.[0-9]+$/.test(version)) this.#refuse("the version is none of XML 1", 0, 12101)
  }

  /** The text up to an end, which is passed over. */
  #until(end: string, what: string): string {
    const at = this.#text.indexOf(end, this.#at)
    if (at < 0) this.#refuse(`${what} does not end`)
    const text = this.#text.slice(this.#at, at)
    this.#characters(text, this.#at)
    this.#at = at + end.length
    return text
  }

  #name(what: string): string {
    const found = this.#match(name)
    return found === null ? this.#refuse(`${what} has no name`) : found[0]
  }

  #characters(text: string, from: number): void {
    const bad = text.search(notCharacters)
    if (bad >= 0 || !text.isWellFormed()) this.#refuse("there is a character that XML has not", from + Math.max(0, bad))
  }

  #takes(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)
    if (found !== null) this.#at = pattern.lastIndex
    return found
  }

  #refuse(reason: string, at = this.#at, code: NotWellFormed["code"] = 12100): never {
    throw new Refused({ code, reason, line: this.#text.slice(0, at).split(/\r\n|\r|\n/).length })
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones XML has not
const notCharacters = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/

const normal = (text: string): string => (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text)

/** Adds text behind text: a CDATA section and what stands around it are one. */
const append = (children: Array<TwimlNode>, text: string): void => {
  const last = children.at(-1)
  if (typeof last === "string") children[children.length - 1] = last + text
  else children.push(text)
}
