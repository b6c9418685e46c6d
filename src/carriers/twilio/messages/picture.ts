/*
 * A picture for a medium whose bytes nobody has: a pattern of 8 by 8 squares in two colours, mirrored, drawn from the
 * medium's SID. PNG with stored (uncompressed) data, so that the bytes are the same on every machine and zlib.
 */

/** Squares in a row, and bytes of a square's row: 8 pixels each, 1 bit a pixel. */
const squares = 8
const squareBytes = 2
const side = squares * squareBytes * 8

/** The PNG of a SID: the same bytes for the same SID, for ever. 2.3 KB. */
export const picture = (sid: string): Uint8Array => {
  const hex = sid.replace(/[^0-9a-f]/gi, "").padEnd(32, "0")
  const digit = (i: number) => Number.parseInt(hex[i] ?? "0", 16)
  const rows = new Uint8Array(side * (1 + squares * squareBytes))
  let at = 0
  for (let y = 0; y < side; y++) {
    at++ // 0: no filter.
    for (let column = 0; column < squares; column++) {
      const mirrored = Math.min(column, squares - 1 - column)
      const row = Math.floor(y / (side / squares))
      const filled = ((digit(row * 2 + (mirrored >> 1)) >> (mirrored & 1)) & 1) === 1
      rows.fill(filled ? 0xff : 0, at, at + squareBytes)
      at += squareBytes
    }
  }
  const colours = Uint8Array.of(245, 245, 240, digit(26) * 12, digit(27) * 12, digit(28) * 12)
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", joined([bigEndian(side), bigEndian(side), Uint8Array.of(1, 3, 0, 0, 0)])),
    chunk("PLTE", colours),
    chunk("IDAT", stored(rows)),
    chunk("IEND", new Uint8Array(0)),
  ])
}

/** Bytes in zlib's format, not compressed. Source: RFC 1950, RFC 1951 section 3.2.4. */
const stored = (bytes: Uint8Array): Uint8Array => {
  const parts: Array<Uint8Array> = [Uint8Array.of(0x78, 0x01)]
  for (let at = 0; at < bytes.length; at += blockMax) {
    const block = bytes.subarray(at, at + blockMax)
    const { length } = block
    const last = at + length === bytes.length ? 1 : 0
    parts.push(Uint8Array.of(last, length & 255, length >> 8, ~length & 255, (~length >> 8) & 255), block)
  }
  parts.push(bigEndian(adler32(bytes)))
  return joined(parts)
}

const blockMax = 65_535

/** Source: PNG specification, section 5.3. */
const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const named = joined([Uint8Array.from(type, (letter) => letter.charCodeAt(0)), data])
  return joined([bigEndian(data.length), named, bigEndian(crc32(named))])
}

const bigEndian = (n: number): Uint8Array => Uint8Array.of(n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255)

const joined = (parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

const adler32 = (bytes: Uint8Array): number => {
  let a = 1
  let b = 0
  for (const byte of bytes) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  return ((b << 16) | a) >>> 0
}

const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

const crc32 = (bytes: Uint8Array): number => {
  let c = 0xffffffff
  for (const byte of bytes) c = (crcTable[(c ^ byte) & 255] as number) ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}
