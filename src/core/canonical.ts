import * as crypto from "node:crypto"
import { limits } from "./limits.ts"

/** JSON as the log knows it: no floats, no `undefined`, no `-0`. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** Says what in a value is no canonical JSON and where. Seeing one is a defect of the rule that built it. */
export class NotCanonical extends Error {
  override readonly name = "NotCanonical"
}

/**
 * The one text of a JSON value: keys sorted by code unit, no insignificant space.
 *
 * Refuses floats, unsafe integers, `-0`, `undefined`, class instances and nesting beyond `limits.jsonDepthMax`.
 * Values whose keys already stand in order (all hot constructors build them so) cost one walk and one `JSON.stringify`.
 * `depth`: how deep in others the value stands.
 */
export const canonical = (value: unknown, depth = 0): string =>
  inOrder(value, depth) ? JSON.stringify(value) : sorted(value)

/** SHA-256 of a text, in hex. */
export const sha256 = (text: string): string => crypto.hash("sha256", text, "hex")

/** SHA-256 of bytes, in hex. */
export const sha256Bytes = (bytes: Uint8Array): string => crypto.hash("sha256", bytes, "hex")

/** Throws `NotCanonical` for a number that JSON as the log knows it has not. */
export const refuseInexact = (number: number): void => {
  if (!Number.isSafeInteger(number) || Object.is(number, -0)) throw new NotCanonical(`${number} is no safe integer`)
}

/** Throws `NotCanonical` for an object that is no plain one. */
export const refuseInstance = (object: object): void => {
  const prototype = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) throw new NotCanonical("a class instance is no JSON")
}

/**
 * Whether every object's own keys stand in canonical order, so that `JSON.stringify` gives the canonical text; throws
 * `NotCanonical` for what is not JSON.
 */
const inOrder = (value: unknown, depth: number): boolean => {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true
    case "number":
      refuseInexact(value)
      return true
    case "object":
      return value === null || (Array.isArray(value) ? arrayInOrder(value, depth) : objectInOrder(value, depth))
    default:
      throw new NotCanonical(`${typeof value} is no JSON`)
  }
}

const arrayInOrder = (values: ReadonlyArray<unknown>, depth: number): boolean => {
  if (depth >= limits.jsonDepthMax) throw new NotCanonical(`nested deeper than ${limits.jsonDepthMax}`)
  let ordered = true
  for (let i = 0; i < values.length; i++) ordered = inOrder(values[i], depth + 1) && ordered
  return ordered
}

const objectInOrder = (value: object, depth: number): boolean => {
  if (depth >= limits.jsonDepthMax) throw new NotCanonical(`nested deeper than ${limits.jsonDepthMax}`)
  refuseInstance(value)
  let ordered = true
  let previous: string | undefined
  const record = value as Record<string, unknown>
  // biome-ignore lint/suspicious/useGuardForIn: nothing is inherited here, and walking the keys where they are makes no list of them
  for (const key in record) {
    if (previous !== undefined && previous >= key) ordered = false
    previous = key
    ordered = inOrder(record[key], depth + 1) && ordered
  }
  return ordered
}

const sorted = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(sorted).join(",")}]`
  const record = value as Record<string, unknown>
  const keys = Object.keys(record).sort(byCodeUnit)
  return `{${keys.map((key) => `${JSON.stringify(key)}:${sorted(record[key])}`).join(",")}}`
}

/** Orders texts by UTF-16 code unit, the same in every locale. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
