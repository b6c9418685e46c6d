import { isToken, isValue } from "./headerText.ts"

/** A request as it goes over the wire. */
export interface WireRequest {
  readonly method: string
  readonly url: string
  /** But for those that say how long it is and what becomes of its connection, which are added. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Host ms to connect, where they are not the usual ones, and between two bytes of the answer, where these are bounded. */
  readonly connectMs?: number | undefined
  readonly readMs?: number | undefined
}

/** Where a URL leads, and how a request names it. */
export interface Target {
  readonly url: URL
  /** Scheme, host and port: connections to the same are alike. */
  readonly origin: string
  readonly secure: boolean
  /** A name or an address, as it is connected to. */
  readonly host: string
  readonly port: number
  /** The line of the request behind its method, and the header that names the host. */
  readonly line: string
  /** The header for user and password, or none. */
  readonly authorization: string
}

/** What a request may not be made of; `code` as node's own client has it. */
class Invalid extends TypeError {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Throws for what is no URL, or of another scheme than http and https. */
export const targetOf = (text: string): Target => {
  const url = new URL(text)
  const { host, hostname, port, protocol } = url
  const secure = protocol === "https:"
  if (!secure && protocol !== "http:") throw new Invalid("ERR_INVALID_PROTOCOL", `${protocol} is not http: or https:`)
  return {
    url,
    origin: `${protocol}//${host}`,
    secure,
    host: hostname.startsWith("[") ? hostname.slice(1, -1) : hostname,
    port: port === "" ? (secure ? 443 : 80) : Number(port),
    line: `${url.pathname}${url.search} HTTP/1.1\r\nHost: ${host}\r\n`,
    authorization: url.username === "" && url.password === "" ? "" : `Authorization: ${basic(url)}\r\n`,
  }
}

const ascii = /^[\t\x20-\x7e]*$/

/** How long a request is and what becomes of its connection is said by who sends it. */
const ours = new Set(["connection", "content-length", "host", "transfer-encoding"])

/** Requests by which a body is expected say that theirs is empty. Source: RFC 9110, 8.6. */
const withoutBody = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE"])

/**
 * A request as it goes over a connection, kept open behind it or not. Throws for what no header may hold, so that nothing given
 * can become another header or request.
 */
export const requestText = (
  { body, headers, method }: WireRequest,
  { authorization, line }: Target,
  keeps: boolean,
): string | Buffer => {
  if (!isToken(method)) throw new Invalid("ERR_INVALID_HTTP_TOKEN", "the method is not valid")
  let head = `${method} ${line}`
  let plain = true
  let authorized = false
  for (const name of Object.keys(headers)) {
    const value = headers[name] as string
    const small = name.toLowerCase()
    if (ours.has(small)) continue
    if (small === "authorization") authorized = true
    if (!isToken(name)) throw new Invalid("ERR_INVALID_HTTP_TOKEN", "the name of a header is not valid")
    if (!ascii.test(value)) {
      if (!isValue(value)) throw new Invalid("ERR_INVALID_CHAR", `the value of ${name} is not valid`)
      plain = false
    }
    head += `${name}: ${value}\r\n`
  }
  if (!authorized) head += authorization
  const length = body === undefined ? 0 : Buffer.byteLength(body)
  if (body !== undefined || !withoutBody.has(method)) head += `Content-Length: ${length}\r\n`
  head += keeps ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n"
  if (plain) return body === undefined ? head : head + body
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body ?? "")])
}

const basic = ({ password, username }: URL): string =>
  `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString("base64")}`
