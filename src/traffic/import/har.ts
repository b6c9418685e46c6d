import type { Pair } from "../../core/entries.ts"
import { formBody } from "../../core/form.ts"
import {
  fieldOf,
  type Group,
  groupAt,
  headersListed,
  instantOf,
  isGroup,
  methodOf,
  msOf,
  statusOf,
  type Told,
  type ToldBody,
  textAt,
  Unusable,
  urlOf,
} from "./Told.ts"

/*
 * Entries of HAR 1.2, and of Polly.js, whose recordings are HAR with fields of its own.
 * Source: http://www.softwareishard.com/blog/har-12-spec; Polly.js, persister/src/har and adapter-node-http/src, read 2026-11.
 */

/** Reads one entry of `log.entries`. */
export const readHarEntry = (entry: Group): Told => {
  const request = groupAt(entry, "request", "a request")
  const [id, order] = [fieldOf(entry, "_id"), fieldOf(entry, "_order")]
  return {
    at: instantOf(fieldOf(entry, "startedDateTime")),
    took: msOf(fieldOf(entry, "time")),
    method: methodOf(textAt(request, "method", "a method in request.method")),
    url: urlOf(textAt(request, "url", "a URL in request.url")),
    headers: headersSent(fieldOf(request, "headers")),
    body: postData(fieldOf(request, "postData")),
    answer: answerOf(entry),
    ...(typeof id === "string" && typeof order === "number" ? { id: `${id} ${order}` } : {}),
  }
}

/** Whether Polly.js wrote an entry. */
export const isPollyEntry = (entry: Group): boolean => "_id" in entry && "_order" in entry

/** Without the pseudo-headers of HTTP/2, which browsers write down. */
const headersSent = (value: unknown): ReadonlyArray<Pair> =>
  headersListed(value).filter(([name]) => !name.startsWith(":"))

/** Status 0 is how browsers write down that nothing came back. */
const answerOf = (entry: Group): Told["answer"] => {
  const response = fieldOf(entry, "response")
  if (response === undefined || response === null) return { failed: "no answer was recorded" }
  if (!isGroup(response)) throw new Unusable("expected a response, found something else")
  const status = fieldOf(response, "status")
  if (status === 0) {
    const error = fieldOf(response, "_error")
    return { failed: typeof error === "string" && error !== "" ? error.slice(0, 200) : "no answer came" }
  }
  return {
    status: statusOf(status),
    headers: headersSent(fieldOf(response, "headers")),
    body: content(fieldOf(response, "content")),
  }
}

const postData = (value: unknown): ToldBody => {
  if (!isGroup(value)) return ""
  const text = fieldOf(value, "text")
  if (typeof text === "string" && text !== "")
    return encoded(text, fieldOf(value, "encoding") ?? fieldOf(value, "_encoding"))
  return formBody(headersListed(fieldOf(value, "params")))
}

const content = (value: unknown): ToldBody => {
  if (!isGroup(value)) return ""
  const text = fieldOf(value, "text")
  if (typeof text !== "string") return ""
  return fieldOf(value, "_isBinary") === true ? inPieces(text, "hex") : encoded(text, fieldOf(value, "encoding"))
}

/** A body in base64 may be several pieces that Polly.js keeps apart, as a JSON list. */
const encoded = (text: string, encoding: unknown): ToldBody =>
  encoding === "base64" ? (text.startsWith("[") ? inPieces(text, "base64") : bytesOf(text, "base64")) : text

const inPieces = (text: string, encoding: "base64" | "hex"): ToldBody => {
  let pieces: unknown
  try {
    pieces = text.startsWith("[") ? JSON.parse(text) : [text]
  } catch {
    throw new Unusable(`expected a body in pieces of ${encoding}, found something else`)
  }
  if (!Array.isArray(pieces) || !pieces.every((each) => typeof each === "string"))
    throw new Unusable(`expected a body in pieces of ${encoding}, found something else`)
  return Buffer.concat(pieces.map((each) => bytesOf(each, encoding)))
}

/** Bytes of a text; throws `Unusable` when it is not what it says. */
export const bytesOf = (text: string, encoding: "base64" | "hex"): Uint8Array => {
  const compact = text.replace(/\s+/g, "")
  const good = encoding === "hex" ? /^(?:[0-9a-f]{2})*$/i : /^[A-Za-z0-9+/_-]*={0,2}$/
  if (!good.test(compact)) throw new Unusable(`expected a body in ${encoding}, found something else`)
  return Buffer.from(compact, encoding)
}
