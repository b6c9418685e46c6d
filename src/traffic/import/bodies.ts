import * as zlib from "node:zlib"
import { sha256Bytes } from "../../core/canonical.ts"
import type { Pair } from "../../core/entries.ts"
import { type Body, bodyKeptBytesMax } from "../../core/traffic/RecordedExchange.ts"
import { headerNamed, type ToldBody } from "./Told.ts"

/** A body as it is kept, and what was lost of it. */
export interface KeptBody {
  readonly body: Body
  readonly lost?: string
}

/**
 * What a body is kept as: what it held before its content codings. Formats differ in whether they have undone those, so bytes tell:
 * what does not look coded is taken as it is. One that unpacks to more than is kept is left packed.
 */
export const keptBody = (told: ToldBody, headers: ReadonlyArray<Pair>): KeptBody => {
  const bytes = typeof told === "string" ? undefined : told
  const coding = headerNamed(headers, "content-encoding")?.trim().toLowerCase() ?? ""
  if (coding === "" || coding === "identity") return plain(told)
  const packed = bytes ?? asBytes(told as string)
  if (packed === undefined || !looksPacked(packed, coding)) return coded(plain(told), coding)
  try {
    return coded(plain(unpacked(packed, coding)), coding)
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE"
    const reason = tooLarge
      ? `a body that unpacks to more than ${bodyKeptBytesMax} bytes is kept as length and hash`
      : `a body that says it is ${coding} cannot be unpacked and is kept as length and hash`
    return { body: asHash(packed, coding), lost: reason }
  }
}

const coded = ({ body, lost }: KeptBody, coding: string): KeptBody => ({
  body: { ...body, coding },
  ...(lost === undefined ? {} : { lost }),
})

const plain = (told: ToldBody): KeptBody => {
  const bytes = typeof told === "string" ? Buffer.from(told.toWellFormed()) : told
  if (bytes.length > bodyKeptBytesMax)
    return {
      body: asHash(bytes),
      lost: `a body of ${bytes.length} bytes is kept as length and hash; at most ${bodyKeptBytesMax} are kept`,
    }
  if (typeof told === "string") return { body: { text: told.toWellFormed() } }
  try {
    return { body: { text: strict.decode(bytes) } }
  } catch {
    return { body: { base64: Buffer.from(bytes).toString("base64") } } // It is no text.
  }
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const asHash = (bytes: Uint8Array, coding?: string): Body => ({
  length: bytes.length,
  sha256: sha256Bytes(bytes),
  ...(coding === undefined ? {} : { coding }),
})

/** Bytes that were written as a text of one character each; `undefined` when the text has others. */
const asBytes = (text: string): Uint8Array | undefined =>
  /^[\0-\xff]*$/.test(text) ? Buffer.from(text, "latin1") : undefined

/** Whether bytes begin as what their coding makes does. Brotli has no mark: what is a text is not packed. */
const looksPacked = (bytes: Uint8Array, coding: string): boolean => {
  const [first = 0, second = 0] = bytes
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return first === 0x1f && second === 0x8b
    case "deflate":
      // The head of zlib: its method is 8, and its two bytes are a multiple of 31.
      return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0
    default:
      return bytes.length > 0 && !isText(bytes)
  }
}

const isText = (bytes: Uint8Array): boolean => {
  try {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what texts do not hold
    return !/[\0-\x08\x0e-\x1f]/.test(strict.decode(bytes))
  } catch {
    return false
  }
}

const unpacked = (bytes: Uint8Array, coding: string): Uint8Array => {
  const bound = { maxOutputLength: bodyKeptBytesMax }
  switch (coding) {
    case "gzip":
    case "x-gzip":
      return zlib.gunzipSync(bytes, bound)
    case "deflate":
      return zlib.inflateSync(bytes, bound)
    case "br":
      return zlib.brotliDecompressSync(bytes, bound)
    default:
      throw new Error("no such coding")
  }
}
