import type { Pair } from "../../core/entries.ts"

/** What a template may name: values, groups of values, and lists of pairs, of which the first of a name is meant. */
export interface TemplateValues {
  readonly [name: string]: Scalar | TemplateValues | ReadonlyArray<Pair>
}
export type Scalar = string | number | boolean | null | undefined

/** A dotted path: its names, and for each place the rest of the path as one name, for lists of pairs. */
export interface Path {
  readonly text: string
  readonly names: ReadonlyArray<string>
  readonly rests: ReadonlyArray<string>
}

/**
 * The value at a path, looked up in own properties only; a group or a list is no value.
 *
 * `request`, when given, is what `request.X` reads instead of a value of that name.
 */
export const valueAt = (values: TemplateValues, request: ReadonlyArray<Pair> | undefined, path: Path): Scalar => {
  const { names, rests } = path
  if (request !== undefined && names[0] === "request") return firstOf(request, rests[1])
  let here: TemplateValues[string] = values
  for (let i = 0; i < names.length; i++) {
    if (typeof here !== "object" || here === null) return undefined
    if (isList(here)) return firstOf(here, rests[i])
    const name = names[i] as string
    if (!Object.hasOwn(here, name)) return undefined
    here = here[name]
  }
  return typeof here === "object" ? undefined : here
}

/** Whether a value meets a condition. A number or boolean equals its text; what is not there equals nothing. */
export const meets = (value: Scalar, equals: string | undefined): boolean =>
  equals === undefined ? Boolean(value) : value !== undefined && value !== null && String(value) === equals

/** A value as text; what is not there is empty. */
export const plainText = (value: Scalar): string => (value === undefined || value === null ? "" : String(value))

/** A value as part of a JSON string, without quotes. */
export const quotedText = (value: Scalar): string => (typeof value === "string" ? escaped(value) : plainText(value))

/** A value as JSON; what is not there is `null`. */
export const bareText = (value: Scalar): string => {
  if (typeof value === "string") return `"${escaped(value)}"`
  return value === undefined ? "null" : JSON.stringify(value)
}

/** A value as JSON in ASCII, as Twilio answers: everything else is \uXXXX. */
export const asciiJson = (value: unknown): string => JSON.stringify(value).replace(notAscii, asEscape)

/** A text inside a JSON string: everything but ASCII as \uXXXX, lone surrogates included. */
export const escaped = (text: string): string =>
  needsNoEscape.test(text) ? text : JSON.stringify(text).slice(1, -1).replace(notAscii, asEscape)

const needsNoEscape = /^[\x20\x21\x23-\x5b\x5d-\x7f]*$/
const notAscii = /[\u0080-\uffff]/g
const asEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`

const isList = (values: TemplateValues | ReadonlyArray<Pair>): values is ReadonlyArray<Pair> => Array.isArray(values)

const firstOf = (pairs: ReadonlyArray<Pair>, name: string | undefined): string | undefined => {
  for (let i = 0; i < pairs.length; i++) {
    const pair = pairs[i] as Pair
    if (pair[0] === name) return pair[1]
  }
  return undefined
}
