import type { Pair } from "../../../core/entries.ts"

/**
 * TwiML as a tree, for messages and calls alike: verbs are the elements inside `<Response>`, nouns those inside a verb.
 */
export interface TwimlElement {
  readonly name: string
  /** In the order they are written; no name comes twice. */
  readonly attributes: ReadonlyArray<Pair>
  readonly children: ReadonlyArray<TwimlNode>
}

/** An element, or text between elements with its references resolved. */
export type TwimlNode = TwimlElement | string

/** The value of an attribute; `undefined` when it is not given. Names count as they are written. */
export const attributeOf = ({ attributes }: TwimlElement, name: string): string | undefined =>
  attributes.find(([each]) => each === name)?.[1]

export const elementsIn = ({ children }: TwimlElement): ReadonlyArray<TwimlElement> =>
  children.filter((child) => typeof child !== "string")

/** The text that stands directly in an element, without white space around it. */
export const textIn = ({ children }: TwimlElement): string =>
  children
    .filter((child) => typeof child === "string")
    .join("")
    .trim()
