import "reflect-metadata"
import { createPrivateKey, createPublicKey, KeyObject, randomBytes, webcrypto } from "node:crypto"
import * as x509 from "@peculiar/x509"
import { simulatedDomains, simulatedName } from "./names.ts"

/*
 * The certificates of the local CA and of its leaves. The library is large and rarely needed: this file is imported when the first one
 * is made.
 */

/** A certificate and its private key, both PEM. */
export interface Certified {
  readonly certificate: string
  readonly key: string
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }

const dayMs = 86_400_000

/** How long the CA is good: whoever trusts it by hand does so seldom. */
const authorityMs = 3 * 365 * dayMs
/** How long a leaf is good, and how long it has been when it is made: clocks differ. */
const leafMs = 7 * dayMs
const leafBeforeMs = dayMs

/** Made of chance alone, positive as RFC 5280 wants it. */
const serialNumber = (): string => {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString("hex")
}

/** DER of one value: short or long form of the length, as it comes. */
const der = (tag: number, ...parts: ReadonlyArray<Uint8Array>): Uint8Array => {
  const content = Buffer.concat(parts)
  if (content.length > 0xff) throw new Error("longer than anything here is")
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length]
  return Buffer.concat([Uint8Array.of(tag, ...length), content])
}

const sequence = 0x30

/**
 * Only names below the simulated domains, and no address at all. Whoever has the key can make no certificate for another host that a
 * client with this CA would believe.
 *
 * Source  RFC 5280, 4.2.1.10
 */
export const nameConstraints = (): Uint8Array => {
  const permitted = simulatedDomains.map((domain) => der(sequence, der(0x82, Buffer.from(domain))))
  const addresses = [8, 32].map((length) => der(sequence, der(0x87, Buffer.alloc(length))))
  return der(sequence, der(0xa0, ...permitted), der(0xa1, ...addresses))
}

// Node's own types of Web Crypto and those of browsers, which the library names, differ in words alone.
x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0])

const generate = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])

const pemOf = (key: webcrypto.CryptoKey): string =>
  KeyObject.from(key).export({ type: "pkcs8", format: "pem" }).toString()

/** Makes a CA that can sign for the simulated domains alone. `now` host ms since the Unix epoch. */
export const makeAuthority = async (now: number): Promise<Certified> => {
  const keys = await generate()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `O=Ringback, CN=Ringback local CA ${randomBytes(4).toString("hex")}`,
    notBefore: new Date(now - leafBeforeMs),
    notAfter: new Date(now + authorityMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.Extension("2.5.29.30", true, nameConstraints()),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: `${certificate.toString("pem")}\n`, key: pemOf(keys.privateKey) }
}

/** A key for leaves, PEM. */
export const makeLeafKey = async (): Promise<string> => pemOf((await generate()).privateKey)

/** A leaf, and until when it is to be used: well before it ends. */
export interface Leaf {
  readonly certificate: string
  /** Host ms since the Unix epoch. */
  readonly goodUntil: number
}

/** Signs a certificate for one simulated name. Throws for any other name. */
export const makeLeaf = async (authority: Certified, leafKey: string, name: string, now: number): Promise<Leaf> => {
  if (simulatedName(name) !== name) throw new Error(`${JSON.stringify(name)} is no name that is simulated`)
  const issuer = new x509.X509Certificate(authority.certificate)
  const signingKey = await imported(authority.key)
  const publicKey = await webcrypto.subtle.importKey(
    "spki",
    createPublicKey(createPrivateKey(leafKey)).export({ type: "spki", format: "der" }),
    algorithm,
    true,
    ["verify"],
  )
  const notAfter = Math.min(now + leafMs, issuer.notAfter.getTime())
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: "O=Ringback, CN=Ringback leaf",
    issuer: issuer.subject,
    notBefore: new Date(Math.max(now - leafBeforeMs, issuer.notBefore.getTime())),
    notAfter: new Date(notAfter),
    signingAlgorithm: algorithm,
    signingKey,
    publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }]),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return { certificate: `${certificate.toString("pem")}\n`, goodUntil: notAfter - dayMs }
}

const imported = (key: string): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey(
    "pkcs8",
    createPrivateKey(key).export({ type: "pkcs8", format: "der" }),
    algorithm,
    false,
    ["sign"],
  )
