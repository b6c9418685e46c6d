import { createHash } from "node:crypto"

/** The word that every Java program knows for a trust store that holds nothing secret. */
export const javaStorePassword = "changeit"

/**
 * A trust store as Java reads it (type JKS, version 2): certificates under the aliases `1`, `2`, … Nothing of the host enters: the same
 * certificates are the same bytes.
 *
 * Source  OpenJDK, sun.security.provider.JavaKeyStore (the file's layout and its digest)
 */
export const javaKeyStore = (certificates: ReadonlyArray<Uint8Array>): Uint8Array => {
  const parts: Array<Uint8Array> = [int(0xfeedfeed), int(2), int(certificates.length)]
  for (const [i, certificate] of certificates.entries())
    parts.push(int(2), text(String(i + 1)), Buffer.alloc(8), text("X.509"), int(certificate.length), certificate)
  const content = Buffer.concat(parts)
  const digest = createHash("sha1")
    .update(Buffer.from(javaStorePassword, "utf16le").swap16())
    .update("Mighty Aphrodite")
    .update(content)
    .digest()
  return Buffer.concat([content, digest])
}

const int = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** ASCII behind its length. */
const text = (ascii: string): Uint8Array => {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(ascii.length)
  return Buffer.concat([bytes, Buffer.from(ascii, "latin1")])
}
