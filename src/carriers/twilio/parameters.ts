import * as Either from "effect/Either"
import type { Pair } from "../../core/entries.ts"
import { type ErrorCode, type TwilioError, twilioError } from "./errors.ts"
import { wholeNumber } from "./paging.ts"

/*
 * Parameters that configure a resource, as tables: which field each one sets, and what it may be.
 */

/** A parameter and the field it sets. An empty URL, SID or text clears the field. */
export interface Parameter<Field extends string = string> {
  readonly name: string
  readonly field: Field
  readonly kind:
    | { readonly _tag: "Text" }
    /** At most 64 characters. Source: error 20002. */
    | { readonly _tag: "Name" }
    | { readonly _tag: "Url" }
    | { readonly _tag: "Method" }
    | { readonly _tag: "Flag" }
    | { readonly _tag: "Sid"; readonly prefix: string; readonly code?: ErrorCode }
    | { readonly _tag: "OneOf"; readonly values: ReadonlyArray<string> }
    | { readonly _tag: "Number"; readonly min: number; readonly max: number; readonly code: ErrorCode }
}

/* Kinds that many tables have. */
export const url = { _tag: "Url" } as const
export const method = { _tag: "Method" } as const
export const flag = { _tag: "Flag" } as const

export type FieldValue = string | number | boolean

/** Characters of a friendly name. Source: error 20002. */
const nameLengthMax = 64
/** Characters of a URL. Source: error 21609. */
const urlLengthMax = 4000
/** Characters of a text of no other limit. */
const textLengthMax = 500

/** The first value of a parameter, an empty one too. */
export const given = (pairs: ReadonlyArray<Pair>, name: string): string | undefined => {
  for (const [key, value] of pairs) if (key === name) return value
  return undefined
}

/** The fields that the parameters set. Refuses with the error of the first one, in the table's order, that is wrong. */
export const readParameters = <Field extends string>(
  pairs: ReadonlyArray<Pair>,
  table: ReadonlyArray<Parameter<Field>>,
): Either.Either<{ readonly [Name in Field]?: FieldValue }, TwilioError> => {
  const fields: { [Name in Field]?: FieldValue } = {}
  for (const parameter of table) {
    const text = given(pairs, parameter.name)
    if (text === undefined) continue
    const value = read(parameter, text)
    if (Either.isLeft(value)) return Either.left(value.left)
    if (value.right !== undefined) fields[parameter.field] = value.right
  }
  return Either.right(fields)
}

/** Whether a text is a friendly name. */
export const isName = (text: string): boolean => [...text].length <= nameLengthMax

const isUrl = (text: string): boolean => text.length <= urlLengthMax && /^https?:\/\//i.test(text) && URL.canParse(text)

const wrong = (reason: string) => Either.left(twilioError(20400, { reason }))

const read = ({ kind, name }: Parameter, text: string): Either.Either<FieldValue | undefined, TwilioError> => {
  switch (kind._tag) {
    case "Text":
      return text.length <= textLengthMax ? Either.right(text) : wrong(`${name} is longer than ${textLengthMax}`)
    case "Name":
      return isName(text) ? Either.right(text) : Either.left(twilioError(20002))
    case "Url":
      return text === "" || isUrl(text) ? Either.right(text) : Either.left(twilioError(21402))
    case "Method": {
      const method = text.toUpperCase()
      if (method === "") return Either.right(undefined)
      return method === "GET" || method === "POST" ? Either.right(method) : Either.left(twilioError(21403))
    }
    case "Flag": {
      if (text === "") return Either.right(undefined)
      return /^(true|false)$/i.test(text)
        ? Either.right(text.toLowerCase() === "true")
        : wrong(`${name} is neither true nor false`)
    }
    case "Sid": {
      if (text === "" || isSid(kind.prefix, text)) return Either.right(text)
      return kind.code === undefined
        ? wrong(`${name} is no SID of a ${kind.prefix}`)
        : Either.left(twilioError(kind.code, { parameter: name }))
    }
    case "OneOf":
      if (text === "") return Either.right(undefined)
      return kind.values.includes(text) ? Either.right(text) : wrong(`${name} is none of ${kind.values.join(", ")}`)
    case "Number": {
      const n = wholeNumber(text, Number.NaN) ?? Number.NaN
      return n >= kind.min && n <= kind.max ? Either.right(n) : Either.left(twilioError(kind.code, { parameter: name }))
    }
  }
}

/** Whether a text has the shape of a SID. */
export const isSid = (prefix: string, text: string): boolean =>
  text.length === 34 && text.startsWith(prefix) && /^[0-9a-fA-F]{32}$/.test(text.slice(2))
