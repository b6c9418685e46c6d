import { createHash, type Hash } from "node:crypto"
import * as zlib from "node:zlib"
import { sha256Bytes } from "../../core/canonical.ts"
import { type Body, bodyKeptBytesMax } from "../../core/traffic/RecordedExchange.ts"

/** Takes a body as it passes by, and no more of it into memory than a recording keeps. */
export class Collected {
  #chunks: Array<Buffer> = []
  #length = 0
  #hash: Hash | undefined

  readonly add = (chunk: Buffer): void => {
    this.#length += chunk.length
    if (this.#hash === undefined && this.#length > bodyKeptBytesMax) {
      this.#hash = createHash("sha256")
      for (const before of this.#chunks) this.#hash.update(before)
      this.#chunks = []
    }
    if (this.#hash === undefined) this.#chunks.push(chunk)
    else this.#hash.update(chunk)
  }

  /** Bytes that have passed. */
  get length(): number {
    return this.#length
  }

  /** What is kept of the whole. `codings` is the header Content-Encoding. */
  body(codings = ""): Body {
    if (this.#hash !== undefined)
      return { ...named(codings), length: this.#length, sha256: this.#hash.copy().digest("hex") }
    const bytes = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    return bodyOfBytes(bytes, codings)
  }
}

/** A body of bytes as a recording keeps it: without its codings, as text where it is UTF-8. */
export const bodyOfBytes = (bytes: Buffer, codings = ""): Body => {
  const plain = bytes.length === 0 ? bytes : uncoded(bytes, codings)
  if (plain === undefined) return { ...named(codings), length: bytes.length, sha256: sha256Bytes(bytes) }
  const text = textOf(plain)
  return text === undefined ? { base64: plain.toString("base64"), ...named(codings) } : { ...named(codings), text }
}

const named = (codings: string): { readonly coding?: string } => {
  const coding = codings.trim().toLowerCase()
  return coding === "" || coding === "identity" ? {} : { coding }
}

const bounded = { maxOutputLength: bodyKeptBytesMax }

const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  br: (bytes) => zlib.brotliDecompressSync(bytes, bounded),
  deflate: (bytes) => zlib.inflateSync(bytes, bounded),
  gzip: (bytes) => zlib.gunzipSync(bytes, bounded),
  identity: (bytes) => bytes,
  "x-gzip": (bytes) => zlib.gunzipSync(bytes, bounded),
}

/** Bytes without their codings; `undefined` for codings that are not known, bytes that have none, and more than is kept. */
const uncoded = (bytes: Buffer, codings: string): Buffer | undefined => {
  let plain = bytes
  for (const coding of codings.toLowerCase().split(",").reverse()) {
    const name = coding.trim()
    if (name === "") continue
    const decode = Object.hasOwn(decoders, name) ? decoders[name] : undefined
    if (decode === undefined) return undefined
    try {
      plain = decode(plain)
    } catch {
      return undefined // Broken, or a small body that unfolds without end: length and hash tell enough of it.
    }
  }
  return plain
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const textOf = (bytes: Buffer): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined // Bytes of another kind.
  }
}
