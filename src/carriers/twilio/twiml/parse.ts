import * as Either from "effect/Either"
import { SaxesParser } from "saxes"
import type { Pair } from "../../../core/entries.ts"
import type { TwimlElement, TwimlNode } from "./document.ts"

/*
 * XML as far as TwiML is written in it, read by saxes (docs/decisions/0011-xml-by-saxes.md): what XML 1.0 calls not well-formed is
 * refused at the first place. There are no document types, so no entities but the five that XML has and characters by number:
 * nothing a document says makes it larger than it is.
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
 * Parses a document of messages or calls and gives its root element.
 *
 * Refuses what is not well-formed, a document type, what goes past `twimlLimits` (12100), another version than 1.x (12101)
 * Cost    linear in the text, however hostile
 * Source  XML 1.0, fifth edition; errors 12100, 12101
 */
export const parseTwiml = (text: string): Either.Either<TwimlElement, NotWellFormed> => {
  const parser = new SaxesParser({ defaultXMLVersion: "1.0", forceXMLVersion: true, position: false })
  const tree = new Tree()
  let understood = 0
  const on = (happens: () => void): void => {
    understood = parser.position
    happens()
  }
  parser.on("error", ({ message }) => {
    const reason = message.replace(/\.$/, "")
    const more = reason === "unexpected close tag" ? `: <${tree.closed}> was open` : ""
    refuse(reason + more, reason.startsWith("version number") ? 12101 : 12100)
  })
  parser.on("doctype", () => refuse("there is a document type, which TwiML has not"))
  parser.on("opentagstart", () => on(() => tree.starts()))
  parser.on("attribute", ({ name, value }) => on(() => tree.attribute(name, value)))
  parser.on("opentag", ({ name }) => on(() => tree.open(name)))
  parser.on("closetag", () => on(() => tree.close()))
  parser.on("text", (found) => on(() => tree.text(found)))
  parser.on("cdata", (found) => on(() => tree.text(found)))
  parser.on("comment", () => on(() => {}))
  parser.on("processinginstruction", () => on(() => {}))
  const broken = brokenPair(text)
  try {
    parser.write(broken < 0 ? text : text.slice(0, broken))
    if (broken < 0) parser.close()
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { code, reason } = error
    return Either.left({ code, ...placed(text, reason, parser.position, understood) })
  }
  if (broken >= 0) return Either.left({ code: 12100, reason: "disallowed character", line: lineOf(text, broken) })
  return tree.root === undefined ? Either.left(noElement) : Either.right(tree.root)
}

/**
 * Where a reason is in a text. A `&` that is no reference is only found out at the next `;` or the end: then it is named instead, if
 * one stands behind what was understood.
 */
const placed = (text: string, reason: string, position: number, understood: number) => {
  const late = /^(?:unclosed tag|unexpected end|disallowed character in entity name)/.test(reason)
  const bare = late ? text.slice(understood).search(/&(?!#?\w{1,10};)/) : -1
  return bare < 0
    ? { line: lineOf(text, position), reason }
    : { line: lineOf(text, understood + bare), reason: `a & begins no reference (${reason})` }
}

const lineOf = (text: string, at: number): number => text.slice(0, at).split(/\r\n|\r|\n/).length

const noElement: NotWellFormed = { code: 12100, reason: "document must contain a root element", line: 1 }

/** Ends the reading; it never leaves this file. */
class Refused extends Error {
  readonly reason: string
  readonly code: NotWellFormed["code"]
  constructor(reason: string, code: NotWellFormed["code"]) {
    super(reason)
    this.reason = reason
    this.code = code
  }
}

const refuse = (reason: string, code: NotWellFormed["code"] = 12100): never => {
  throw new Refused(reason, code)
}

/** Where half of a surrogate pair stands alone, which saxes 6.0 takes together with what follows; -1 if none does. */
const brokenPair = (text: string): number =>
  text.isWellFormed() ? -1 : text.search(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/)

/** The tree that the parser's events build, within its limits. */
class Tree {
  root: TwimlElement | undefined
  /** The name of the element that was closed last. */
  closed = ""
  readonly #open: Array<{ readonly element: TwimlElement; readonly children: Array<TwimlNode> }> = []
  #attributes: Array<Pair> = []
  #elements = 0

  starts(): void {
    this.#attributes = []
    if (++this.#elements > twimlLimits.elementsMax) refuse(`there are more than ${twimlLimits.elementsMax} elements`)
    if (this.#open.length >= twimlLimits.depthMax) refuse(`elements are nested more than ${twimlLimits.depthMax} deep`)
  }

  attribute(name: string, value: string): void {
    if (this.#attributes.push([name, value]) > twimlLimits.attributesMax)
      refuse(`an element has more than ${twimlLimits.attributesMax} attributes`)
  }

  open(name: string): void {
    const children: Array<TwimlNode> = []
    const element = { name, attributes: this.#attributes, children }
    this.#open.at(-1)?.children.push(element)
    this.root ??= element
    this.#open.push({ element, children })
  }

  close(): void {
    this.closed = this.#open.pop()?.element.name ?? ""
  }

  /** Adds text behind text: a CDATA section and what stands around it are one. Around the root there is only white space. */
  text(found: string): void {
    const children = this.#open.at(-1)?.children
    if (children === undefined || found === "") return
    const last = children.at(-1)
    if (typeof last === "string") children[children.length - 1] = last + found
    else children.push(found)
  }
}
