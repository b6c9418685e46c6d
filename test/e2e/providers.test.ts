import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { ringback, serve } from "../support/ringback.ts"

/* `ringback serve --providers`: the simulated providers over HTTP, as somebody else's gateway meets them. */

const urlOf = (greeting: string, provider: string): string =>
  new RegExp(`${provider} +(http://127\\.0\\.0\\.1:\\d+/api/sms/${provider})`).exec(greeting)?.[1] ?? ""

const post = async (url: string, body: unknown) => {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  })
  return { status: response.status, json: JSON.parse(await response.text()) as Record<string, unknown> }
}

const open = ["--providers", "--providers-port", "0", "--pace", "fast"]

describe.concurrent("Providers that are opened to callers from outside", () => {
  it("each have a port, take texts, refuse wrong ones, and know what they took", async () => {
    const server = await serve({ args: open })
    for (const provider of ["provider1", "provider2", "provider3"]) {
      const url = urlOf(server.stdout(), provider)
      const taken = await post(url, { phone: "01921317475", text: "Hello", reference: `mine ${provider}` })
      deepStrictEqual([taken.status, taken.json.success, taken.json.provider], [200, true, provider])
      const known = await fetch(`${url}?reference=${encodeURIComponent(`mine ${provider}`)}`)
      strictEqual(((await known.json()) as { message_id: string }).message_id, taken.json.message_id)
      strictEqual((await post(url, { phone: "01921317475" })).status, 422)
      strictEqual((await post(url, "{")).status, 422)
      strictEqual((await fetch(new URL("/health", url))).status, 200)
      strictEqual((await fetch(new URL("/api/sms/nobody", url))).status, 404)
    }
  })

  it("post receipts to their caller, whose password is not in the log", async () => {
    const db = join(newFolder(), "run.db")
    const server = await serve({ db, args: open })
    const callback_url = `http://us:hunter2secret@127.0.0.1:${server.port}/callback-test/receipts`
    await post(urlOf(server.stdout(), "provider1"), { phone: "01921317475", text: "Hello", callback_url })
    await server.clock({ settle: true })
    const { text } = await server.ask("/admin/log?limit=200")
    assertTrue(text.includes('"/callback-test/receipts"') && text.includes("delivered"))
    assertTrue(!text.includes("hunter2secret"))
    await server.kill("SIGTERM")
    const verified = await ringback(["verify", db])
    deepStrictEqual([verified.code, verified.stderr], [0, ""])
  })

  it("say which option chooses another port, where one is taken", async () => {
    const server = await serve({ args: open })
    const port = new URL(urlOf(server.stdout(), "provider2")).port
    const { code, stderr, stdout } = await ringback([
      "serve",
      "--port",
      "0",
      "--db",
      ":memory:",
      "--providers",
      "--providers-port",
      port,
    ])
    deepStrictEqual([code, stdout], [2, ""])
    assertTrue(stderr.includes(`127.0.0.1:${port} is in use`) && stderr.includes("--providers-port"))
    const alone = await ringback(["serve", "--port", "0", "--db", ":memory:", "--providers-port", "9000"])
    deepStrictEqual([alone.code, alone.stderr], [2, "ringback: --providers-port needs --providers\n"])
  })
})
