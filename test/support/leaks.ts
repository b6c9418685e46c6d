import { constants, inflateRawSync } from "node:zlib"

/** A secret that must not be found, in any encoding. Its text is plain letters and digits, so that no escaping hides it. */
export type Marks = Readonly<Record<string, string>>

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex")

/** How a text looks in the base64 of something it is part of: the digits its own bits decide, at each of three offsets. */
const base64At = (text: string, offset: 0 | 1 | 2): string => {
  const whole = Buffer.from("\0".repeat(offset) + text).toString("base64")
  const from = offset === 0 ? 0 : offset + 1
  return whole.slice(from, Math.floor(((offset + text.length) * 8) / 6))
}

const percent = (text: string) => [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join("")

/** A text in every encoding that is looked for. */
export const encodingsOf = (text: string): ReadonlyArray<readonly [encoding: string, needle: string]> => [
  ["plain", text],
  ["reversed", [...text].reverse().join("")],
  ["utf-16", Buffer.from(text, "utf16le").toString("latin1")],
  ["percent", percent(text)],
  ["PERCENT", percent(text).toUpperCase()],
  ["hex", hex(Buffer.from(text))],
  ["HEX", hex(Buffer.from(text)).toUpperCase()],
  ...([0, 1, 2] as const).map((offset) => [`base64 at ${offset}`, base64At(text, offset)] as const),
  ...([0, 1, 2] as const).map(
    (offset) => [`base64url at ${offset}`, base64At(text, offset).replaceAll("+", "-").replaceAll("/", "_")] as const,
  ),
]

/** How gzip (without a name) and zlib begin, and how long that is; behind it stands the same raw stream. */
const magics = [
  ["1f8b08", 10],
  ["7801", 2],
  ["785e", 2],
  ["789c", 2],
  ["78da", 2],
] as const

/** Whatever is compressed somewhere in the bytes, as far as it can be read. */
const unpacked = (bytes: Buffer): ReadonlyArray<Buffer> =>
  magics.flatMap(([magic, length]) => {
    const found: Array<Buffer> = []
    for (let at = bytes.indexOf(magic, 0, "hex"); at >= 0; at = bytes.indexOf(magic, at + 1, "hex"))
      try {
        found.push(inflateRawSync(bytes.subarray(at + length), { finishFlush: constants.Z_SYNC_FLUSH }))
      } catch {
        // Bytes that only look like a beginning.
      }
    return found
  })

/** What is found of the marks in bytes: `name (encoding)`. */
export const leaksIn = (bytes: string | Uint8Array, marks: Marks): ReadonlyArray<string> => {
  const buffer = Buffer.from(bytes as Uint8Array)
  const texts = [buffer, ...unpacked(buffer)].map((each) => each.toString("latin1"))
  return Object.entries(marks).flatMap(([name, mark]) =>
    encodingsOf(mark)
      .filter(([, needle]) => texts.some((text) => text.includes(needle)))
      .map(([encoding]) => `${name} (${encoding})`),
  )
}
