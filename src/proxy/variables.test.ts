import * as fs from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { newFolder } from "../../test/support/folder.ts"
import { written } from "./shells.ts"
import { writeTrustFiles } from "./trustFiles.ts"
import { variablesOf } from "./variables.ts"

const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

const reached = (caPath: string) =>
  Effect.map(writeTrustFiles(caPath, certificate), (files) => ({
    address: "http://127.0.0.1:8080",
    accountSid: "AC1",
    authToken: "t",
    phoneNumber: undefined,
    caPath,
    files,
  }))

describe("Variables for applications", () => {
  it.effect("name proxy, certificates and credentials, and stay the same when they are set twice", () =>
    Effect.gen(function* () {
      const reach = yield* reached(newFolder())
      const once = Object.fromEntries(yield* variablesOf(reach, {}))
      strictEqual(once.HTTP_PROXY, "http://127.0.0.1:8080")
      strictEqual(once.NO_PROXY, "localhost,127.0.0.1,::1")
      strictEqual(once.NODE_EXTRA_CA_CERTS, reach.files.ca)
      strictEqual(once.REQUESTS_CA_BUNDLE, reach.files.bundle)
      deepStrictEqual(Object.fromEntries(yield* variablesOf(reach, once)), once)
    }),
  )

  it.effect("add to what was said before, and take Twilio's names out of what goes round the proxy", () =>
    Effect.gen(function* () {
      const folder = newFolder()
      const theirs = join(folder, "theirs.pem")
      fs.writeFileSync(theirs, "THEIRS")
      const reach = yield* reached(join(folder, "state"))
      const before = {
        NO_PROXY: "intern.example, .twilio.com *",
        SSL_CERT_FILE: theirs,
        CURL_CA_BUNDLE: join(folder, "none.pem"),
        JAVA_TOOL_OPTIONS: '-Xmx1g -Dhttps.proxyHost=old "-Dhttp.nonProxyHosts=a|b c" -Dmine=1',
        PHP_INI_SCAN_DIR: "/etc/php.d",
      }
      const made = Object.fromEntries(yield* variablesOf(reach, before))
      strictEqual(made.NO_PROXY, "localhost,127.0.0.1,::1,intern.example")
      strictEqual(fs.readFileSync(made.SSL_CERT_FILE ?? "", "utf8"), `${certificate}THEIRS\n`)
      strictEqual(made.CURL_CA_BUNDLE, reach.files.bundle)
      assertTrue(made.JAVA_TOOL_OPTIONS?.startsWith("-Xmx1g -Dmine=1 -Dhttp.proxyHost=127.0.0.1 ") === true)
      strictEqual(made.PHP_INI_SCAN_DIR, `/etc/php.d:${reach.files.php}`)
    }),
  )
})

describe("Variables as text", () => {
  const variables = [["A", `it's "x" \\ $b`] as const, ["B", "plain"] as const]

  it("are quoted as each shell reads them", () => {
    strictEqual(written(variables, "bash"), `export A='it'\\''s "x" \\ $b'\nexport B='plain'`)
    strictEqual(written(variables, "fish"), `set -gx A 'it\\'s "x" \\\\ $b'\nset -gx B 'plain'`)
    strictEqual(written(variables, "powershell"), `$env:A = 'it''s "x" \\ $b'\n$env:B = 'plain'`)
    strictEqual(written(variables, "dotenv"), `A="it's \\"x\\" \\ $b"\nB=plain`)
    deepStrictEqual(JSON.parse(written(variables, "json")), Object.fromEntries(variables))
  })
})
