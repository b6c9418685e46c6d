import { execFile } from "node:child_process"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { program } from "../support/program.ts"
import { ringback, serve } from "../support/ringback.ts"

const shell = (script: string, env: Readonly<Record<string, string>>): Promise<string> =>
  new Promise((resolve) =>
    execFile("bash", ["--norc", "-c", script], { env: { PATH: process.env.PATH ?? "", ...env } }, (_, stdout, stderr) =>
      resolve(stdout + stderr),
    ),
  )

describe("ringback env", () => {
  it("has a shell's programs reach the server that runs, as Twilio", async () => {
    const env = { XDG_STATE_HOME: newFolder() }
    const db = join(newFolder(), "it's.db")
    const server = await serve({ env, db })
    const asked = `curl -s -o /dev/null -w '%{http_code}' -u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" "https://api.twilio.com${server.messages}"`
    const ours = `eval "$('${process.execPath}' '${program}' env --port ${server.port} --db "$DB")"`
    strictEqual(await shell(`${ours}; ${ours}; ${asked}`, { ...env, DB: db }), "200")
    const { requests } = (await server.ask("/admin/proxy")).json
    strictEqual(requests, 1)
  })

  it("takes the token of the settings, or leaves it out and says so where it is nowhere", async () => {
    const env = { XDG_STATE_HOME: newFolder() }
    const config = configFile({ twilio: { auth_token: "fromTheSettings", allowed_from_numbers: ["+15550000001"] } })
    const given = await ringback(["env", "--shell", "json", "--config", config], { env })
    const set = JSON.parse(given.stdout)
    strictEqual(set.TWILIO_AUTH_TOKEN, "fromTheSettings")
    strictEqual(set.TWILIO_PHONE_NUMBER, "+15550000001")
    strictEqual(set.HTTPS_PROXY, "http://127.0.0.1:8080")
    const without = await ringback(["env"], { env })
    strictEqual(without.code, 0)
    assertFalse(without.stdout.includes("TWILIO_AUTH_TOKEN"))
    assertTrue(without.stderr.includes("TWILIO_AUTH_TOKEN is left out"), without.stderr)
    strictEqual((await ringback(["env", "--port", "0"], { env })).code, 2)
  })
})

describe("ringback trust", () => {
  it("tells for every system and language, makes the CA, and changes nothing else", async () => {
    const folder = newFolder()
    const env = { XDG_STATE_HOME: join(folder, "state"), HOME: folder }
    const { code, stdout } = await ringback(["trust"], { cwd: folder, env })
    strictEqual(code, 0)
    for (const told of [
      "update-ca-certificates",
      "update-ca-trust",
      "security add-trusted-cert",
      "Import-Certificate",
      "NODE_EXTRA_CA_CERTS",
      "REQUESTS_CA_BUNDLE",
      "JAVA_TOOL_OPTIONS",
      "SSL_CERT_FILE",
      "PHP_INI_SCAN_DIR",
      ".NET",
      "Firefox",
      "Ruby",
      "Alpine",
      "Go ",
    ])
      assertTrue(stdout.includes(told), told)
    deepStrictEqual(readdirSync(folder), ["state"])
    const state = join(folder, "state", "ringback")
    deepStrictEqual(readdirSync(state).sort(), ["ca-bundle.pem", "ca.jks", "ca.key", "ca.pem", "php"])
    const key = readFileSync(join(state, "ca.key"), "utf8").split("\n")[1] ?? ""
    assertTrue(key.length > 40)
    strictEqual(statSync(join(state, "ca.key")).mode & 0o777, 0o600)
    for (const file of ["ca-bundle.pem", "ca.jks", "ca.pem", "php/ringback.ini"])
      assertFalse(readFileSync(join(state, file), "latin1").includes(key), file)
    assertFalse(stdout.includes(key))
    const one = await ringback(["trust", "debian"], { cwd: folder, env })
    assertTrue(one.stdout.includes("update-ca-certificates") && !one.stdout.includes("Firefox"))
    const none = await ringback(["trust", "plan9"], { cwd: folder, env })
    strictEqual(none.code, 2)
    assertTrue(none.stderr.includes("expected one of debian, fedora"), none.stderr)
  })

  it("makes a trust store that Java reads", async (context) => {
    const folder = newFolder()
    strictEqual((await ringback(["trust"], { env: { XDG_STATE_HOME: folder } })).code, 0)
    const store = join(folder, "ringback", "ca.jks")
    assertTrue(existsSync(store))
    const listed = await shell(
      `command -v keytool >/dev/null || { echo none; exit; }; keytool -list -keystore '${store}' -storepass changeit`,
      {},
    )
    if (listed.trim() === "none") return context.skip("keytool is not here")
    assertTrue(/Your keystore contains \d{2,} entries/.test(listed), listed)
    return undefined
  })
})
