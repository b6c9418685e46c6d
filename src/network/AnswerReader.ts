import { isToken, isValue } from "./headerText.ts"

/*
 * One HTTP/1.1 answer, from its bytes as they come. Source: RFC 9112; where it leaves a choice, as strict as node's own client.
 *
 * 1. Nothing is guessed: lines end in CR LF, a length is digits and stands once, and not beside a transfer coding.
 * 2. What it keeps is bounded: `linesBytesMax` of head, trailers and extensions of chunks together, and the body it was made for.
 * 3. Bytes behind the answer are nobody's: the connection that brought them is not used again.
 */

/** How far an answer is: there is more to come, it is whole, its body is too long, or it is none. */
export type Reading = "more" | "whole" | "too-long" | "bad"

/** Bytes of a head, trailers and extensions of chunks, as in node's own client. */
const linesBytesMax = 16 * 1024

/** An answer that is whole. */
export interface Answered {
  readonly _tag: "Answered"
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
  /** Of a redirect: where to. */
  readonly location?: string
}

/** What the next bytes are. */
type Part = "status" | "headers" | "body" | "size" | "chunk" | "chunk-end" | "trailers" | "until-end" | "whole"

const lineFeed = 10
const statusLine = /^HTTP\/(1\.1|1\.0|0\.9|2\.0) (\d{3})(?: .*)?$/
const digits = /^\d{1,15}$/
const chunkSize = /^([0-9a-fA-F]{1,13})(?:;[^\r]*)?$/
const closes = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i
const endsInChunked = /(?:^|,)[ \t]*chunked$/i
const keptFor = /(?:^|[,;][ \t]*)timeout=(\d{1,6})/i

const lineEndBytes = 2

const nothing = Buffer.alloc(0)

class Bad extends Error {}

/** Reads answers, one after the other: `begin` for each. It keeps none of the bytes it is given. */
export class AnswerReader {
  readonly #bodyBytesMax: number
  #part: Part = "status"
  #bodyless = false
  /** Of a line that is not all there yet. */
  #line = ""
  #linesLeft = linesBytesMax
  /** Bytes of the body, or of a chunk, that are still to come. */
  #left = 0
  #length: number | undefined
  #coding: string | undefined
  #body = nothing
  #filled = 0
  #closes = false
  #begun = false
  #keptSeconds: number | undefined
  #status = 0
  #contentType = ""
  #location: string | undefined

  constructor(bodyBytesMax: number) {
    this.#bodyBytesMax = bodyBytesMax
  }

  /** The next answer; the one to a HEAD has no body. */
  begin(method: string): void {
    this.#bodyless = method === "HEAD"
    this.#line = ""
    this.#linesLeft = linesBytesMax
    this.#body = nothing
    this.#filled = 0
    this.#begun = false
    this.#beginHead()
  }

  /** Whether any of it has come. */
  get begun(): boolean {
    return this.#begun
  }

  /** Once its head is there. */
  get status(): number {
    return this.#status
  }

  /** The answer, once it is whole. */
  get answer(): Answered {
    const location = this.#location
    const contentType = this.#contentType
    const status = this.#status
    const body = this.#filled === this.#body.length ? this.#body : this.#body.subarray(0, this.#filled)
    return location !== undefined && status >= 300 && status < 400
      ? { _tag: "Answered", status, contentType, body, location }
      : { _tag: "Answered", status, contentType, body }
  }

  /** Seconds that the other end keeps the connection; 0: not at all; `undefined`: it does not say. */
  get keptSeconds(): number | undefined {
    return this.#closes ? 0 : this.#keptSeconds
  }

  take(bytes: Buffer): Reading {
    this.#begun = true
    try {
      let at = 0
      for (;;) {
        if (this.#part === "whole") {
          if (at < bytes.length) this.#closes = true
          return "whole"
        }
        if (at === bytes.length) return "more"
        const line = this.#part !== "body" && this.#part !== "chunk" && this.#part !== "until-end"
        at = line ? this.#takeLine(bytes, at) : this.#takeBody(bytes, at)
        if (at < 0) return "too-long"
      }
    } catch (error) {
      if (error instanceof Bad) return "bad"
      throw error
    }
  }

  /** The other end has closed the connection: what has no length ends here. */
  end(): Reading {
    if (this.#part === "until-end") this.#part = "whole"
    return this.#part === "whole" ? "whole" : "bad"
  }

  #beginHead(): void {
    this.#part = "status"
    this.#length = undefined
    this.#coding = undefined
    this.#closes = false
    this.#keptSeconds = undefined
    this.#contentType = ""
    this.#location = undefined
  }

  /** Returns where it ends, or the end of the bytes. */
  #takeLine(bytes: Buffer, from: number): number {
    const end = bytes.indexOf(lineFeed, from)
    const to = end < 0 ? bytes.length : end + 1
    this.#linesLeft -= to - from
    if (this.#linesLeft < 0) throw new Bad()
    const text = bytes.toString("latin1", from, to)
    const line = this.#line === "" ? text : this.#line + text
    if (end < 0) {
      this.#line = line
      return to
    }
    this.#line = ""
    if (!line.endsWith("\r\n")) throw new Bad()
    this.#lineOf(line.slice(0, -2))
    return to
  }

  #lineOf(line: string): void {
    switch (this.#part) {
      case "status":
        if (line !== "") this.#statusOf(line)
        return
      case "headers":
        if (line === "") this.#headEnds()
        else this.#headerOf(line)
        return
      case "size":
        this.#sizeOf(line)
        return
      case "chunk-end":
        if (line !== "") throw new Bad()
        this.#linesLeft += lineEndBytes
        this.#part = "size"
        return
      default:
        if (line === "") this.#part = "whole"
    }
  }

  #statusOf(line: string): void {
    const [, version, status] = statusLine.exec(line) ?? []
    if (status === undefined) throw new Bad()
    this.#status = Number(status)
    this.#closes = version !== "1.1"
    this.#part = "headers"
  }

  #headerOf(line: string): void {
    const colon = line.indexOf(":")
    const name = line.slice(0, colon).toLowerCase()
    if (colon < 0 || !isToken(name) || !isValue(line)) throw new Bad()
    switch (name) {
      case "content-length": {
        const value = valueAt(line, colon)
        if (this.#length !== undefined || !digits.test(value)) throw new Bad()
        this.#length = Number(value)
        return
      }
      case "transfer-encoding":
        this.#coding = valueAt(line, colon)
        return
      case "connection":
        if (closes.test(valueAt(line, colon))) this.#closes = true
        return
      case "keep-alive":
        this.#keptSeconds = secondsOf(valueAt(line, colon))
        return
      case "content-type":
        if (this.#contentType === "") this.#contentType = valueAt(line, colon)
        return
      case "location":
        this.#location ??= valueAt(line, colon)
    }
  }

  #headEnds(): void {
    const status = this.#status
    // Nobody asked for another protocol.
    if (status === 101) throw new Bad()
    if (status >= 100 && status < 200) {
      this.#beginHead()
      return
    }
    if (this.#coding !== undefined && this.#length !== undefined) throw new Bad()
    if (this.#bodyless || status === 204 || status === 304) this.#part = "whole"
    else if (this.#coding !== undefined && endsInChunked.test(this.#coding)) this.#part = "size"
    else if (this.#coding !== undefined || this.#length === undefined) {
      this.#part = "until-end"
      this.#closes = true
    } else {
      this.#left = this.#length
      this.#part = this.#left === 0 ? "whole" : "body"
    }
  }

  #sizeOf(line: string): void {
    const [, size] = chunkSize.exec(line) ?? []
    if (size === undefined) throw new Bad()
    // What a chunk needs around it is paid for by its bytes.
    this.#linesLeft += size.length + lineEndBytes
    this.#left = Number.parseInt(size, 16)
    this.#part = this.#left === 0 ? "trailers" : "chunk"
  }

  /** Returns where it ends, or the end of the bytes; -1: it has become too long. */
  #takeBody(bytes: Buffer, from: number): number {
    const to = this.#part === "until-end" ? bytes.length : Math.min(from + this.#left, bytes.length)
    this.#left -= to - from
    const filled = this.#filled + to - from
    if (filled > this.#bodyBytesMax) return -1
    if (filled > this.#body.length) {
      const larger = this.#filled === 0 ? filled : Math.max(filled, Math.min(2 * this.#filled, this.#bodyBytesMax))
      const body = Buffer.allocUnsafe(larger)
      this.#body.copy(body, 0, 0, this.#filled)
      this.#body = body
    }
    bytes.copy(this.#body, this.#filled, from, to)
    this.#filled = filled
    if (this.#left === 0 && this.#part === "body") this.#part = "whole"
    else if (this.#left === 0 && this.#part === "chunk") this.#part = "chunk-end"
    return to
  }
}

/** A header's value without the blanks around it. */
const valueAt = (line: string, colon: number): string => {
  let from = colon + 1
  let to = line.length
  while (from < to && isBlank(line.charCodeAt(from))) from++
  while (to > from && isBlank(line.charCodeAt(to - 1))) to--
  return line.slice(from, to)
}

const isBlank = (code: number): boolean => code === 32 || code === 9

const secondsOf = (value: string): number | undefined => {
  const [, seconds] = keptFor.exec(value) ?? []
  return seconds === undefined ? undefined : Number(seconds)
}
