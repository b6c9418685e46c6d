import type { Problem } from "../alerts/debugger.ts"
import { attributeOf, type TwimlElement, textIn } from "../twiml/document.ts"
import { markup, otherVerbs, type Shape, verbs } from "./schema.ts"
import { breakMs } from "./speech.ts"
import type { Verb } from "./state.ts"

/** The verbs of a document, and what in it Twilio does not know: that is left out. */
export interface Read {
  readonly verbs: ReadonlyArray<Verb>
  readonly problems: ReadonlyArray<Problem>
}

/**
 * Reads the verbs of a `<Response>` by their schema.
 *
 * Warns   of verbs, nouns, attributes and text that the schema has not (12200), of what may not stand in a Gather (13320) or a Dial (13215)
 * Source  errors 12200, 13215, 13320
 */
export const readVerbs = (response: TwimlElement): Read => {
  const problems: Array<Problem> = []
  const found: Array<Verb> = []
  for (const child of response.children) {
    if (typeof child === "string") {
      if (child.trim() !== "") problems.push(strange("text stands directly in <Response>"))
      continue
    }
    const shape = verbs.get(child.name)
    if (shape !== undefined) found.push(readVerb(child, shape, problems))
    else if (otherVerbs.has(child.name)) found.push(verb(child.name))
    else problems.push(strange(`<${cut(child.name)}> is no verb`))
  }
  return { verbs: found, problems }
}

/** A verb as a document would have it. */
export const verb = (name: string, text = ""): Verb => ({ name, attributes: [], text, pause_ms: 0, nouns: [] })

const readVerb = (element: TwimlElement, shape: Shape, problems: Array<Problem>): Verb => {
  const { name } = element
  const attributes = element.attributes.filter(([attribute]) => {
    const known = shape.attributes.has(attribute)
    if (!known) problems.push(strange(`the attribute ${cut(attribute)} is not known in <${name}>`))
    return known
  })
  if (shape.text === "speech") {
    const { pauseMs, text } = speechIn(element, problems)
    return { name, attributes, text: text.trim().replace(/\s+/g, " "), pause_ms: pauseMs, nouns: [] }
  }
  const text = textIn(element)
  if (shape.text === "none" && text !== "") problems.push(strange(`text stands directly in <${name}>`))
  const nouns: Array<Verb> = []
  for (const child of element.children) {
    if (typeof child === "string") continue
    const noun = shape.nouns.get(child.name)
    if (noun !== undefined) nouns.push(readVerb(child, noun, problems))
    else problems.push({ code: shape.strange, detail: `<${cut(child.name)}> may not stand in <${name}>` })
  }
  return { name, attributes, text: shape.text === "none" ? "" : text, pause_ms: 0, nouns }
}

/** What is said of an element: its markup is heard, not kept. Depth is bounded by `twimlLimits`. */
const speechIn = (element: TwimlElement, problems: Array<Problem>): { text: string; pauseMs: number } => {
  let text = ""
  let pauseMs = 0
  for (const child of element.children) {
    if (typeof child === "string") {
      text += child
      continue
    }
    const known = markup.get(child.name)
    if (known === undefined) {
      problems.push(strange(`<${cut(child.name)}> is no markup of speech`))
      continue
    }
    for (const [attribute] of child.attributes)
      if (!known.has(attribute))
        problems.push(strange(`the attribute ${cut(attribute)} is not known in <${child.name}>`))
    if (child.name === "break") pauseMs += breakMs(attributeOf(child, "time"), attributeOf(child, "strength"))
    const inside = speechIn(child, problems)
    const heard = child.name === "sub" ? (attributeOf(child, "alias") ?? inside.text) : inside.text
    // Paragraphs and sentences are no part of the words around them.
    text += child.name === "p" || child.name === "s" ? ` ${heard} ` : heard
    pauseMs += inside.pauseMs
  }
  return { text, pauseMs }
}

const strange = (detail: string): Problem => ({ code: 12200, detail })

const cut = (name: string): string => name.slice(0, 100)
