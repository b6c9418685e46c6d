import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { requestText, sendRaw } from "../support/rawSocket.ts"
import { type Server, serve } from "../support/ringback.ts"

/* Pages as HTTP sees them; in a browser they are looked at in test/browser. */

const adminToken = "t0ken-for-admins"
let server: Server

beforeAll(async () => {
  server = await serve({ config: configFile({ server: { admin_token: adminToken } }), args: ["--pace", "paused"] })
})

const asBrowser = { headers: { accept: "text/html,application/xhtml+xml" } }
const order = (method: string, path: string, body: unknown) =>
  server.ask(path, { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } })

describe("Pages", () => {
  it("come to browsers at /, and plain text to curl", async () => {
    strictEqual((await server.ask("/", asBrowser)).headers.get("content-type"), "text/html; charset=utf-8")
    assertTrue((await server.ask("/")).text.startsWith("Ringback, a local telephone exchange."))
    strictEqual((await server.ask("/ui", { redirect: "manual" })).headers.get("location"), "/")
  })
  it("let no script or style run but their own files, and are kept by nobody", async () => {
    for (const path of ["/ui/", "/ui/messages", "/ui/nowhere", "/ui/live"]) {
      const { headers, text } = await server.ask(path, asBrowser)
      const policy = headers.get("content-security-policy") ?? ""
      assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self'"))
      assertTrue(!policy.includes("unsafe") && policy.includes("frame-ancestors 'none'"))
      strictEqual(headers.get("cache-control"), "no-store")
      // What snippets replace, https://[^/]+, is no address.
      assertTrue(
        !/<script(?! defer src="\/ui\/assets\/)|<style| style="| on\w+="|https?:\/\/(?!127|localhost|app\.test|\[\^)/.test(
          text,
        ),
        path,
      )
    }
  })
  it("have files that browsers may keep for ever, by a name that changes with them", async () => {
    const { text } = await server.ask("/ui/", asBrowser)
    const files = [...text.matchAll(/(?:src|href)="(\/ui\/assets\/[^"]+)"/g)].map(([, path]) => path ?? "")
    strictEqual(files.length, 3)
    for (const path of files) {
      const { headers, status } = await server.ask(path)
      deepStrictEqual([status, headers.get("cache-control")], [200, "public, max-age=31536000, immutable"])
      strictEqual((await server.ask(path.replace(/assets\/\w+/, "assets/0000000000000000"))).status, 404)
    }
  })
  it("are only read, and looking at them is no entry", async () => {
    strictEqual((await server.ask("/ui/messages", { method: "POST" })).status, 405)
    const { sid } = (await server.send()).json
    const before = (await server.ask("/health")).json.digest
    for (const path of [
      "/ui/",
      "/ui/messages",
      `/ui/messages/${sid}`,
      "/ui/log/1",
      `/ui/timeline/${sid}`,
      "/ui/timetravel",
      "/ui/forks",
      "/ui/phone",
      "/ui/settings",
      "/ui/callbacks",
      "/ui/live",
    ])
      strictEqual((await server.ask(path, asBrowser)).status, 200)
    strictEqual((await server.ask("/health")).json.digest, before)
  })
  it("that are not there, or name nothing, say so", async () => {
    for (const path of [
      "/ui/x",
      "/ui/messages/SM1",
      "/ui/log/999999",
      "/ui/callbacks/1",
      "/ui/timeline/SM1",
      "/ui/forks/9",
      "/ui/messages/%zz",
    ])
      deepStrictEqual([path, (await server.ask(path, asBrowser)).status], [path, 404])
  })
  it("answer allowed Hosts only, or who shows the admin token, which a browser has as a password", async () => {
    const status = async (headers: Readonly<Record<string, string>>) => {
      const text = requestText("GET", "/ui/messages", headers).replace("Host: 127.0.0.1", "Host: evil.example")
      return (await sendRaw(server.port, [text])).status
    }
    const basic = (text: string) => ({ Authorization: `Basic ${Buffer.from(text).toString("base64")}` })
    deepStrictEqual(
      [
        await status({}),
        await status(basic(`anybody:${adminToken}`)),
        await status(basic(`anybody:${adminToken}x`)),
        await status(basic(adminToken)),
        await status(basic(":")),
      ],
      [403, 200, 403, 403, 403],
    )
  })
  it("stay under 150 kB however much there is", async () => {
    for (let i = 0; i < 60; i++) await server.send({ Body: "x".repeat(1_500), StatusCallback: "http://127.0.0.1:1/x" })
    for (const path of ["/ui/", "/ui/messages", "/ui/log", "/ui/timetravel"])
      assertTrue((await server.ask(path, asBrowser)).text.length < 150_000, path)
  })
})

describe("What pages order", () => {
  it("goes to an instant, and not back", async () => {
    const at = "2026-01-05T00:00:00Z"
    strictEqual((await server.clock({ advance_to: at })).json.virtual_time, "2026-01-05T00:00:00.000Z")
    for (const wrong of ["2026-01-04T00:00:00Z", "tomorrow", "2226-01-01T00:00:00Z"])
      strictEqual((await server.clock({ advance_to: wrong })).status, 400)
  })
  it("previews settings without changing them", async () => {
    const before = (await server.ask("/health")).json.digest
    const { json } = await order("POST", "/admin/settings/check", { twilio: { default_behavior: "failure" } })
    deepStrictEqual(json.changes, [{ path: "twilio.default_behavior", from: "success", to: "failure" }])
    strictEqual((await order("POST", "/admin/settings/check", { twilio: { default_behavior: "x" } })).status, 400)
    strictEqual((await order("POST", "/admin/settings/check", {})).json.preview, "Nothing would change.")
    strictEqual((await server.ask("/health")).json.digest, before)
  })
  it("sets up a number's webhooks as its owner does", async () => {
    await order("PATCH", "/admin/settings", { twilio: { allowed_from_numbers: ["+14155550100"] } })
    const numbers = `/2010-04-01/Accounts/${server.accountSid}/IncomingPhoneNumbers.json`
    const [{ sid }] = (await server.ask(numbers)).json.incoming_phone_numbers
    const changed = await order("PATCH", `/admin/numbers/${sid}`, {
      sms_url: "https://app.test/sms",
      sms_method: "GET",
    })
    deepStrictEqual(
      [changed.status, changed.json.sms_url, changed.json.sms_method],
      [200, "https://app.test/sms", "GET"],
    )
    const newest = (await server.ask("/admin/log?limit=1000")).json.entries.findLast(
      ({ type }: { type: string }) => type === "api.requested",
    )
    strictEqual(newest.data.method, "POST")
    strictEqual((await order("PATCH", "/admin/numbers/PN1", {})).status, 404)
    strictEqual((await order("PATCH", `/admin/numbers/${sid}`, { sms_url: "no address" })).status, 400)
    strictEqual((await order("PATCH", `/admin/numbers/${sid}`, { voice: 1 })).status, 400)
  })
  it("sets and removes breakpoints, and makes forks, or says what is wrong", async () => {
    const { json } = await order("POST", "/admin/breakpoints", { pattern: "type:nothing.at-all" })
    deepStrictEqual(json, { id: 1, pattern: "type:nothing.at-all", hits: 0, last: null })
    assertTrue(
      (await order("POST", "/admin/breakpoints", { pattern: "tpe:x" })).json.message.includes("did you mean type:?"),
    )
    strictEqual((await order("DELETE", "/admin/breakpoints/1", {})).status, 200)
    strictEqual((await order("DELETE", "/admin/breakpoints/1", {})).status, 404)
    const fork = await order("POST", "/admin/forks", { at: 1, set: ["twilio.default_behavior=success"] })
    deepStrictEqual([fork.status, fork.json.id, fork.json.place, fork.json.cut], [200, 1, ":memory:", 1])
    const beyond = await order("POST", "/admin/forks", { at: 99_999 })
    strictEqual(beyond.status, 400)
    strictEqual(beyond.json.message.startsWith("there is no entry 99999: the log has entries 1 to "), true)
    for (const wrong of [{ at: 0 }, { at: 1, set: ["server.port=1"] }, { at: 1, swap: [1, 2] }, { at: 1, more: 1 }, {}])
      strictEqual((await order("POST", "/admin/forks", wrong)).status, 400)
  })
})
