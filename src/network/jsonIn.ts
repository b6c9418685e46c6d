import type { ApiRequested, Pair } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import { SecretsFull } from "../log/Keys.ts"
import { type Form, formType, mediaType, notKept, type RawRequest, readForm, readTarget, utf8 } from "./formIn.ts"
import { hideUserinfo, type SecretStore } from "./secretUrl.ts"

/** A request with its headers, by names in lower case. */
export interface HeadedRequest extends RawRequest {
  readonly headers?: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
}

interface JsonApi {
  readonly api: string
  /** The headers that its rules read, in lower case. */
  readonly reads: ReadonlyArray<string>
}

const headerMax = 500

/**
 * Makes an HTTP request of an API that takes JSON the data of `api.requested`: the body as it came, forms as parameters. No
 * credentials are kept. Whether the text is JSON, and what it says, is for the rules.
 */
export const jsonIn = (raw: HeadedRequest, { api, reads }: JsonApi, secrets: SecretStore): ApiRequested => {
  const { path, query, refused: refusedQuery } = readTarget(raw.url, secrets)
  const { params, refused: refusedBody, text } = readBody(raw, secrets)
  const refused = refusedQuery ?? refusedBody
  const headers = reads.flatMap((name): ReadonlyArray<Pair> => {
    const value = raw.headers?.[name]
    return typeof value === "string" ? [[name, value.slice(0, headerMax)]] : []
  })
  return {
    api,
    ...(refused === undefined ? {} : { body: refused }),
    ...(headers.length === 0 ? {} : { headers }),
    method: raw.method,
    params,
    path,
    query,
    ...(text === undefined ? {} : { text }),
  }
}

const readBody = ({ body, contentType }: RawRequest, secrets: SecretStore): Form & { readonly text?: string } => {
  if (!(body instanceof Uint8Array)) return { params: [], refused: body }
  if (body.length === 0) return { params: [] }
  const text = utf8(body)
  if (text !== undefined && mediaType(contentType) === formType) return readForm(text, () => body, secrets)
  if (text === undefined) return { params: [], refused: notKept(body, "bad-encoding") }
  // JSON in JSON writes some characters in six bytes.
  const tooLong = body.length > limits.entryBytesMax / 8 && Buffer.byteLength(JSON.stringify(text)) > textBytesMax
  if (tooLong) return { params: [], refused: notKept(body, "too-large") }
  try {
    return { params: [], text: withoutUserinfo(text, secrets) }
  } catch (error) {
    if (error instanceof SecretsFull) return { params: [], refused: notKept(body, "too-many-secrets") }
    throw error
  }
}

/** A text in JSON, and the name before it where that is one under which messages have theirs. */
const jsonText = /("(?:body|text)"\s*:\s*)?("(?:[^"\\]|\\.)*")/g

/**
 * A body with the names of secrets for userinfo in URLs. What a message says stays as it is, as in forms; so does all else of it, to the byte.
 *
 * Why   no value is made of it and written again: a number or a nesting that a reader changes or fails at goes through
 */
const withoutUserinfo = (text: string, secrets: SecretStore): string => {
  if (!text.includes("@") && !text.includes("\\u0040")) return text
  if (!isJson(text)) return hideUserinfo(text, secrets)
  return text.replace(jsonText, (whole: string, name: string | undefined, quoted: string) => {
    if (name !== undefined) return whole
    const value = JSON.parse(quoted) as string
    const hidden = hideUserinfo(value, secrets)
    return hidden === value ? whole : JSON.stringify(hidden)
  })
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false // The rules say so to whoever sent it.
  }
}

/** Bytes that a text may take in an entry, which leaves room for the rest of it. */
const textBytesMax = limits.entryBytesMax * 0.75
