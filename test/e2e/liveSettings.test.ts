import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { listen } from "../support/listener.ts"
import { entriesOf } from "../support/logEntries.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"

const patch = async (server: Server, body: unknown) => {
  const response = await fetch(`${server.address}/admin/settings`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, text, json: text.startsWith("{") ? JSON.parse(text) : undefined }
}

const fateOf = async (server: Server, To: string) => {
  const { json } = await server.send({ To })
  await server.clock({ settle: true })
  const { error_code, status } = (await server.ask(json.uri)).json
  return [status, error_code]
}

describe.concurrent("/admin/settings", () => {
  it("changes what becomes of messages from then on, one entry a change, and the log is sound", async () => {
    const db = join(newFolder(), "ringback.db")
    const server = await serve({ db, args: ["--pace", "fast"] })
    const number = "+15559999999"
    deepStrictEqual(await fateOf(server, number), ["delivered", null])
    const numbers = {
      [number]: { outcome: "undelivered", error_code: 30005, delays: { sent: "1s", delivered: "40s" } },
    }
    const { json, status } = await patch(server, { twilio: { numbers } })
    strictEqual(status, 200)
    deepStrictEqual(json.settings.twilio.numbers, numbers)
    deepStrictEqual(json.in_force.twilio.behaviors[0], {
      error_code: 30005,
      landing_ms: 40_000,
      number,
      outcome: "undelivered",
      sending_ms: 1_000,
    })
    deepStrictEqual(await fateOf(server, number), ["undelivered", 30005])
    strictEqual((await patch(server, { twilio: { numbers } })).status, 200) // Nothing changes: no entry.
    strictEqual(
      (await patch(server, { twilio: { numbers: { [number]: null }, default_behavior: "failure" } })).status,
      200,
    )
    deepStrictEqual(await fateOf(server, number), ["failed", 30008])
    strictEqual((await patch(server, { twilio: { default_behavior: null } })).status, 200)
    deepStrictEqual(await fateOf(server, number), ["delivered", null])
    deepStrictEqual((await server.ask("/admin/settings")).json.settings, { twilio: { numbers: {} } })
    await server.kill("SIGTERM")
    strictEqual((await entriesOf(db, ["--type", "settings.changed"])).length, 3)
    strictEqual((await ringback(["verify", db])).code, 0)
  })

  it("refuses what is wrong, names each place, and changes nothing", async () => {
    const server = await serve({ args: ["--pace", "fast"] })
    const before = (await server.ask("/health")).json.digest
    const cases: ReadonlyArray<
      readonly [body: unknown, ...problems: ReadonlyArray<readonly [string, string, string]>]
    > = [
      [
        { twilio: { default_behavior: "sometimes" }, callbacks: { in_flight: 0 } },
        ["twilio.default_behavior", "success or failure", '"sometimes"'],
        ["callbacks.in_flight", "a whole number, 1 to 256", "0"],
      ],
      [{ twillio: {} }, ["twillio", "a known key (is twilio meant?)", "a group of keys"]],
      [
        { server: { port: 1 }, twilio: { auth_token: "s3cret" } },
        ["server", "a key that can change while the exchange runs (restart it to change this one)", "this key"],
        [
          "twilio.auth_token",
          "a key that can change while the exchange runs (restart it to change this one)",
          "this key",
        ],
      ],
      [[], ["", "a group of keys", "a list"]],
      ["null", ["", "a group of keys", "null"]],
      [
        { twilio: { numbers: { nobody: {} } } },
        ["twilio.numbers.nobody", "a phone number in E.164 form or a short code", "a group of keys"],
      ],
      ['{"__proto__":{"polluted":1}}', ["__proto__", "a known key", "a group of keys"]],
    ]
    for (const [body, ...problems] of cases) {
      const { json, status, text } = await patch(server, body)
      strictEqual(status, 400, text)
      deepStrictEqual(
        json.problems.map(({ expected, found, path }: Record<string, string>) => [path, expected, found]),
        problems,
      )
      strictEqual(text.includes("s3cret"), false)
    }
    strictEqual((await patch(server, "{")).status, 400)
    strictEqual((await patch(server, `${'{"twilio":'.repeat(5_000)}1${"}".repeat(5_000)}`)).status, 400)
    strictEqual(
      (await patch(server, { endpoints: Array.from({ length: 3_300 }, () => ({ url: "http://a" })) })).status,
      400,
    )
    strictEqual((await server.ask("/health")).json.digest, before)
  })

  it("is obeyed by the guard at once, also where a connection is kept", async () => {
    const db = join(newFolder(), "ringback.db")
    const server = await serve({
      db,
      args: ["--pace", "fast"],
      config: configFile({ callbacks: { allow: ["localhost"] } }),
    })
    const listener = await listen()
    const StatusCallback = `${listener.url.replace("127.0.0.1", "localhost")}/status`
    const sent = async () => {
      await server.send({ StatusCallback })
      await server.clock({ settle: true })
      return listener.callbacks.length
    }
    strictEqual(await sent(), 2)
    strictEqual((await patch(server, { callbacks: { allow: ["app.example"] } })).status, 200)
    strictEqual(await sent(), 2)
    strictEqual((await patch(server, { callbacks: { allow: null } })).status, 200)
    strictEqual(await sent(), 4)
    await server.kill("SIGTERM")
    const failures = await entriesOf(db, ["--type", "outbound.failed"])
    deepStrictEqual(
      failures.map(({ data }) => data.detail),
      ["not-allowed", "not-allowed"],
    )
  })

  it("shows and keeps secrets by name only", async () => {
    const db = join(newFolder(), "ringback.db")
    const server = await serve({ db, args: ["--pace", "fast"], env: { TWILIO_AUTH_TOKEN: "t0p-s3cret" } })
    const listener = await listen()
    const to = listener.url.replace("//", "//user:p4ssw0rd@")
    const { status, text } = await patch(server, { callbacks: { rewrite: [{ from: "https://app.example", to }] } })
    strictEqual(status, 200)
    assertTrue(text.includes("userinfo-"))
    await server.send({ StatusCallback: "https://app.example/status" })
    await server.clock({ settle: true })
    strictEqual(
      listener.callbacks[0]?.headers.authorization,
      `Basic ${Buffer.from("user:p4ssw0rd").toString("base64")}`,
    )
    const shown = (await server.ask("/admin/settings")).text
    await server.kill("SIGTERM")
    for (const where of [text, shown, JSON.stringify(await entriesOf(db, []))])
      for (const secret of ["p4ssw0rd", "t0p-s3cret"]) strictEqual(where.includes(secret), false)
  })
})
