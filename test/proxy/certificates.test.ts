import "reflect-metadata"
import { execFileSync } from "node:child_process"
import { createPrivateKey, KeyObject, X509Certificate } from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import * as tls from "node:tls"
import { describe, it } from "@effect/vitest"
import { assertTrue, strictEqual } from "@effect/vitest/utils"
import * as x509 from "@peculiar/x509"
import { makeAuthority, makeLeaf, makeLeafKey } from "../../src/proxy/certificates.ts"
import { newFolder } from "../support/folder.ts"

const now = Date.parse("2026-01-01T00:00:00Z")
const dayMs = 86_400_000

describe("Certificates", () => {
  it("of the CA and its leaves are good to the strictest of readers", async () => {
    const authority = await makeAuthority(now)
    const key = await makeLeafKey()
    const leaf = await makeLeaf(authority, key, "api.dublin.ie1.twilio.com", now)
    const [root, end] = [new X509Certificate(authority.certificate), new X509Certificate(leaf.certificate)]
    assertTrue(root.ca && !end.ca)
    assertTrue(end.verify(root.publicKey) && end.checkIssued(root) && end.checkPrivateKey(createPrivateKey(key)))
    strictEqual(end.subjectAltName, "DNS:api.dublin.ie1.twilio.com")
    strictEqual(Date.parse(end.validFrom), now - dayMs)
    strictEqual(Date.parse(end.validTo), now + 7 * dayMs)
    strictEqual(leaf.goodUntil, now + 6 * dayMs)
    const folder = newFolder()
    fs.writeFileSync(join(folder, "ca.pem"), authority.certificate)
    fs.writeFileSync(join(folder, "leaf.pem"), leaf.certificate)
    const args = ["verify", "-x509_strict", "-attime", String(now / 1000), "-purpose", "sslserver", "-CAfile"]
    strictEqual(
      execFileSync("openssl", [...args, join(folder, "ca.pem"), join(folder, "leaf.pem")], { encoding: "utf8" }),
      `${join(folder, "leaf.pem")}: OK\n`,
    )
  })

  it("that somebody makes with the CA's key for another name are not believed", async () => {
    const at = Date.now()
    const authority = await makeAuthority(at)
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
    const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
    const signingKey = await crypto.subtle.importKey(
      "pkcs8",
      createPrivateKey(authority.key).export({ type: "pkcs8", format: "der" }),
      algorithm,
      false,
      ["sign"],
    )
    const issuer = new x509.X509Certificate(authority.certificate)
    const forged = async (san: x509.JsonGeneralNames) =>
      (
        await x509.X509CertificateGenerator.create({
          subject: "CN=forged",
          issuer: issuer.subject,
          notBefore: new Date(at - dayMs),
          notAfter: new Date(at + dayMs),
          signingAlgorithm: algorithm,
          signingKey,
          publicKey: keys.publicKey,
          extensions: [new x509.SubjectAlternativeNameExtension(san)],
        })
      ).toString("pem")
    const key = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" })
    const believed = async (cert: string, servername: string, host = servername) => {
      const server = tls.createServer({ cert, key }, (socket) => socket.end())
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const { port } = server.address() as { readonly port: number }
      const outcome = await new Promise<string>((resolve) => {
        const socket = tls.connect({
          port,
          host: "127.0.0.1",
          servername,
          ca: authority.certificate,
          checkServerIdentity: (_, shown) => tls.checkServerIdentity(host, shown),
        })
        socket.once("secureConnect", () => resolve("believed"))
        socket.once("error", (error: Error) => resolve(error.message))
        socket.once("close", () => server.close())
      })
      return outcome
    }
    strictEqual(await believed(await forged([{ type: "dns", value: "api.twilio.com" }]), "api.twilio.com"), "believed")
    strictEqual(
      await believed(await forged([{ type: "dns", value: "evil.example" }]), "evil.example"),
      "permitted subtree violation",
    )
    strictEqual(
      await believed(await forged([{ type: "ip", value: "127.0.0.1" }]), "", "127.0.0.1"),
      "excluded subtree violation",
    )
  })
})
