import type { IncomingHttpHeaders } from "node:http"
import { limits } from "../core/limits.ts"

/*
 * Requests of the commonest form, from their bytes: all there in one piece, with a length or without a body, on a connection that stays.
 * Whatever else HTTP allows is node's to read, and what it does not allow node's to refuse: nothing here answers, and nothing is guessed.
 */

/** A plain request. */
export interface PlainRequest {
  readonly method: string
  /** As on the request line; it begins with a slash. */
  readonly url: string
  /** Names in lower case, each of which stands once. */
  readonly headers: IncomingHttpHeaders
  readonly body: Uint8Array
}

/** Bytes of a head; node reads longer ones, up to its own limit. */
const headBytesMax = 8 * 1024

const headEnd = "\r\n\r\n"

/** Visible ASCII, one space behind the colon, none at the end of a line, CR LF and nothing else that ends one. */
const plainHead = /^(?:GET|POST|DELETE) \/[!-~]* HTTP\/1\.1(?:\r\n[A-Za-z0-9-]+: [!-~](?:[ -~]*[!-~])?)+$/

/** Headers that say more of the connection or of how the body comes than a length does. */
const notPlain = new Set([
  "expect",
  "http2-settings",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
])

const digits = /^\d{1,7}$/

/** The request that these bytes are, if they are one plain request from its first byte to its last. */
export const readPlain = (bytes: Buffer): PlainRequest | undefined => {
  const end = bytes.indexOf(headEnd)
  if (end < 0 || end > headBytesMax) return undefined
  const head = bytes.toString("latin1", 0, end)
  if (!plainHead.test(head)) return undefined
  const lineEnd = head.indexOf("\r\n")
  const headers = headersOf(head, lineEnd + 2)
  if (headers?.host === undefined) return undefined
  const length = headers["content-length"] ?? "0"
  const from = end + headEnd.length
  if (!digits.test(length) || Number(length) > limits.bodyBytesMax || from + Number(length) !== bytes.length)
    return undefined
  const space = head.indexOf(" ")
  return {
    method: head.slice(0, space),
    url: head.slice(space + 1, lineEnd - " HTTP/1.1".length),
    headers,
    body: bytes.subarray(from),
  }
}

/** The headers of a plain head from `at` on; undefined when they say something that is not plain. */
const headersOf = (head: string, at: number): IncomingHttpHeaders | undefined => {
  const headers: IncomingHttpHeaders = {}
  for (let from = at; from < head.length; ) {
    const colon = head.indexOf(":", from)
    const lineEnd = head.indexOf("\r\n", colon)
    const to = lineEnd < 0 ? head.length : lineEnd
    const name = head.slice(from, colon).toLowerCase()
    const value = head.slice(colon + 2, to)
    // What an object has by itself counts as twice: node knows what becomes of such names.
    if (headers[name] !== undefined || notPlain.has(name)) return undefined
    if (name === "connection" && value.toLowerCase() !== "keep-alive") return undefined
    headers[name] = value
    from = to + 2
  }
  return headers
}
