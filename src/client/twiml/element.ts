import type { Pair } from "../../core/pair.ts"
import { escapeXml } from "../../core/xml.ts"

/**
 * A piece of TwiML: plain data until `render` or `String()` makes a text of it.
 *
 * Whatever attributes and texts hold, a reader finds the same again, but for characters that XML has not (controls, lone
 * surrogates), which become U+FFFD.
 */
export class TwimlElement<Name extends string = string> {
  readonly name: Name
  readonly attributes: ReadonlyArray<Pair>
  readonly children: ReadonlyArray<TwimlElement | string>

  constructor(name: Name, attributes: ReadonlyArray<Pair>, children: ReadonlyArray<TwimlElement | string>) {
    this.name = name
    this.attributes = attributes
    this.children = children
  }

  /** The document whose root this is. */
  toString(): string {
    return `<?xml version="1.0" encoding="UTF-8"?>${textOf(this)}`
  }
}

/** What attributes are given as; what is absent is left out. Lists are joined by spaces, as in `statusCallbackEvent`. */
export type AttributeValue = string | number | boolean | ReadonlyArray<string> | undefined

/** An element with the attributes that are given, in their order. */
export const element = <Name extends string>(
  name: Name,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  children: ReadonlyArray<TwimlElement | string> = [],
): TwimlElement<Name> =>
  new TwimlElement(
    name,
    Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, Array.isArray(value) ? value.join(" ") : String(value)] as const],
    ),
    children,
  )

const textOf = (node: TwimlElement | string): string => {
  if (typeof node === "string") return escapeXml(node)
  const attributes = node.attributes.map(([name, value]) => ` ${name}="${escapeXml(value)}"`).join("")
  const inside = node.children.map(textOf).join("")
  return inside === "" ? `<${node.name}${attributes}/>` : `<${node.name}${attributes}>${inside}</${node.name}>`
}
