import * as fs from "node:fs"
import { TextDecoder } from "node:util"

import { shown } from "./Told.ts"

/** Bytes that are read at a time. */
const pieceBytes = 256 * 1024

/** What kind of text a file is, from its beginning. */
export type Kind = "json" | "yaml" | "csv"

/** The kind of a file that begins with this text; otherwise what is in the way of reading it. */
export const kindOf = (beginning: string): { readonly kind: Kind } | { readonly problem: string } => {
  const text = beginning.trimStart()
  if (text === "") return { problem: "the file is empty" }
  if (text.startsWith("\u001f\u008b") || text.startsWith("\u001f\ufffd"))
    return { problem: "the file is packed by gzip; unpack it first" }
  const [line = ""] = text.split(/\r?\n/, 1)
  if (/^\{[^\n]*"recording":"ringback"/.test(line)) return { problem: "the file is a recording already" }
  if (/^[[{]/.test(text)) return { kind: "json" }
  const names = line
    .toLowerCase()
    .replace(/[^a-z,;]/g, "")
    .split(/[,;]/)
  if (names.includes("from") && names.includes("to")) return { kind: "csv" }
  return /^(?:---|%YAML|#|- |[\w"']+:(?:\s|$))/.test(text)
    ? { kind: "yaml" }
    : { problem: `expected JSON, YAML or the CSV of a message log, found ${shown(line)}` }
}

/** The text of a file piece by piece; it may begin with a byte order mark. Bytes that are no text become U+FFFD. */
export async function* piecesOf(file: string, done: (bytes: number) => void): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined
  let bytes = 0
  for await (const piece of fs.createReadStream(file, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>) {
    decoder ??= new TextDecoder(encodingOf(piece))
    bytes += piece.length
    const text = decoder.decode(piece, { stream: true })
    if (text !== "") yield text
    done(bytes)
  }
  const rest = decoder?.decode() ?? ""
  if (rest !== "") yield rest
}

const encodingOf = ([first, second]: Buffer): string =>
  first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8"

/** A piece that was looked at, and those after it. */
export async function* again(first: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    if (first !== "") yield first
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
  } finally {
    await rest.return?.()
  }
}
