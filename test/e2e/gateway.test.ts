import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { type Answer, type Callback, type Listener, listen } from "../support/listener.ts"
import { ringback, type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"

const run = promisify(execFile)

/** What the gateway's requirements document asks of its API, as it has it: one curl line whole, the other requests by method and path. */
const document = {
  curl: `curl -X POST http://localhost:8000/api/sms/send \\
  -H "Content-Type: application/json" \\
  -d '{"phone":"01921317475","text":"Hello"}'`,
  requests: [
    "GET /health",
    "GET /api/sms/rate-limits",
    "GET /api/sms/health",
    "GET /api/sms/health/provider1",
    "POST /api/sms/health/provider1/reset",
    "GET /api/sms/distribution-stats",
    "POST /api/sms/distribution-stats/reset",
    "GET /api/sms/requests?limit=50&status=pending",
    "GET /api/sms/requests/{request_id}",
    "GET /api/sms/providers",
    "GET /api/sms/provider1/status",
    "GET /api/sms/provider2/status",
    "GET /api/sms/provider3/status",
  ],
  sends: ["/api/sms/", "/api/sms/send", "/api/sms/provider1", "/api/sms/provider2", "/api/sms/provider3"],
} as const

const documented = "http://localhost:8000"

/** A line of a shell, asked of another server: the status and the answer. */
const shell = async (line: string, server: Server) => {
  const { stdout } = await run("sh", ["-c", `${line.replaceAll(documented, server.address)} -s -w '\\n%{http_code}'`])
  const cut = stdout.lastIndexOf("\n")
  return { status: Number(stdout.slice(cut + 1)), json: JSON.parse(stdout.slice(0, cut)) }
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

describe("the requirements document of the gateway, line by line", () => {
  let server: Server
  let id = ""
  beforeAll(async () => {
    server = await serve()
  })

  it("sends by its curl line", async () => {
    const { json, status } = await shell(document.curl, server)
    strictEqual(status, 200)
    id = json.message_id
    assertTrue(uuid.test(id))
    deepStrictEqual(json, {
      success: true,
      message_id: id,
      message: "SMS queued for sending",
      provider: null,
      queued: true,
    })
  })

  it.each(document.sends)("POST %s takes its request body", async (path) => {
    const body = '{ "phone": "01921317475", "text": "Hello, this is a test SMS!" }'
    const line = `curl -X POST ${documented}${path} -H "Content-Type: application/json" -d '${body}'`
    const { json, status } = await shell(line, server)
    strictEqual(status, 200)
    deepStrictEqual([json.success, json.queued], [true, !path.includes("provider")])
    if (path.includes("provider")) strictEqual(json.provider, path.slice("/api/sms/".length))
  })

  it.each(document.requests)("%s is answered", async (request) => {
    const [method = "", path = ""] = request.split(" ")
    const { json, status } = await shell(`curl -X ${method} '${documented}${path.replace("{request_id}", id)}'`, server)
    strictEqual(status, 200)
    if (path === "/health") strictEqual(json.status, "healthy")
  })

  it("is found in /docs and /openapi.json", async () => {
    const { json } = await server.ask("/openapi.json")
    for (const path of [
      "/api/sms/send",
      "/api/sms/rate-limits",
      "/api/sms/requests/{request_id}",
      "/api/sms/{provider_id}",
    ])
      assertTrue(Object.hasOwn(json.paths, path), path)
  })

  it("answers a browser of another origin, and unknown paths in its own shape", async () => {
    const preflight = await fetch(`${server.address}/api/sms/send`, { method: "OPTIONS" })
    strictEqual(preflight.status, 204)
    strictEqual(preflight.headers.get("access-control-allow-origin"), "*")
    const { headers, json, status } = await server.ask("/api/sms/send")
    deepStrictEqual([status, json.detail.error, headers.get("allow")], [405, "method_not_allowed", "POST"])
  })
})

/** What a provider of plain JSON answers: it takes all, and knows what it took. */
const taking =
  (taken: Map<string, string>) =>
  ({ body, method, path }: Callback): Answer => {
    const json = (value: object): Answer => ({ type: "application/json", body: JSON.stringify(value) })
    if (method === "GET") {
      const reference = new URLSearchParams(path.split("?")[1]).get("reference") ?? ""
      const message_id = taken.get(reference)
      return message_id === undefined ? json({ reference: "another" }) : json({ reference, message_id })
    }
    const { reference } = JSON.parse(body)
    const message_id = `m-${taken.size + 1}`
    taken.set(reference, message_id)
    return json({ success: true, message_id })
  }

const providersOf = (listener: Listener) => ({ PROVIDER1_URL: `${listener.url}/api/sms/provider1` })

const post = (server: Server, path: string, body: object, headers: Record<string, string> = {}) =>
  server.ask(path, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...headers },
  })

describe("a provider over real HTTP", () => {
  it("is the one that the environment names; it gets the text once, and its receipt comes back", async () => {
    const listener = await listen()
    listener.answer = taking(new Map())
    const env = {
      ...providersOf(listener),
      PROVIDER_RATE_LIMIT: "5",
      TOTAL_RATE_LIMIT: "7",
      REDIS_URL: "redis://:secret@x",
    }
    const server = await serve({ env })
    assertTrue(/warning: REDIS_URL does nothing: /.test(server.stderr()))
    assertTrue(!server.stderr().includes("secret"))
    const { json: limits } = await server.ask("/api/sms/rate-limits")
    deepStrictEqual([limits.global.limit, limits.providers.provider1.limit], [7, 5])
    deepStrictEqual(Object.keys(limits.providers), ["provider1"])
    const key = { "idempotency-key": "once" }
    const { json } = await post(server, "/api/sms/send", { phone: "01921317475", text: "Hello" }, key)
    const again = await post(server, "/api/sms/send", { phone: "01921317475", text: "Hello" }, key)
    strictEqual(again.json.message_id, json.message_id)
    const path = `/api/sms/requests/${json.message_id}`
    await until("it is sent", async () => ((await server.ask(path)).json.status === "sent" ? true : undefined))
    deepStrictEqual(
      listener.callbacks.map(({ body, headers, method, path: asked }) => [
        method,
        asked,
        headers["idempotency-key"],
        JSON.parse(body),
      ]),
      [
        [
          "POST",
          "/api/sms/provider1",
          json.message_id,
          { phone: "+8801921317475", text: "Hello", reference: json.message_id },
        ],
      ],
    )
    await post(server, "/api/sms/provider1/receipts", { message_id: "m-1", status: "delivered" })
    strictEqual((await server.ask(path)).json.status, "delivered")
  })

  it("is shown its token, which stands nowhere else", async () => {
    const listener = await listen()
    listener.answer = taking(new Map())
    const url = `${listener.url}/send`
    const config = configFile({ gateway: { providers: [{ id: "acme", url }], tokens: { acme: "s3cret-t0ken" } } })
    const db = join(newFolder(), "ringback.db")
    const server = await serve({ config, db })
    await post(server, "/api/sms/acme", { phone: "01921317475", text: "Hello" })
    strictEqual(listener.callbacks[0]?.headers.authorization, "Bearer s3cret-t0ken")
    const seen = await Promise.all(
      ["/admin/log?limit=1000", "/admin/settings", "/api/sms/providers"].map(
        async (path) => (await server.ask(path)).text,
      ),
    )
    for (const text of seen) assertTrue(!text.includes("s3cret"))
  })
})

describe("a gateway that is killed in the middle of a burst", () => {
  it("goes on after a restart: all is sent, nothing twice, and what was interrupted was asked for", async () => {
    const listener = await listen()
    const taken = new Map<string, string>()
    const take = taking(taken)
    // The provider takes the texts; of some it does not say so while the first process lives.
    listener.answer = (callback, n) => {
      const answer = take(callback)
      return callback.method === "POST" && n % 3 === 0 ? "hang" : answer
    }
    const db = join(newFolder(), "ringback.db")
    const options = { db, env: { ...providersOf(listener), PROVIDER_RATE_LIMIT: "40" } }
    const first = await serve(options)
    const ids: Array<string> = []
    for (let i = 0; i < 60; i++)
      ids.push((await post(first, "/api/sms/send", { phone: "01921317475", text: `Text ${i}` })).json.message_id)
    await until("some are on their way", () => (taken.size >= 20 ? true : undefined))
    await first.kill("SIGKILL")
    listener.answer = (callback) => take(callback)
    const second = await serve(options)
    await until("all are sent", async () => {
      const { json } = await second.ask("/api/sms/requests?limit=1")
      return json.totals.sent === ids.length ? true : undefined
    })
    deepStrictEqual([...taken.keys()].sort(), [...ids].sort())
    const posts = listener.callbacks
      .filter(({ method }) => method === "POST")
      .map(({ body }) => JSON.parse(body).reference)
    strictEqual(new Set(posts).size, posts.length)
    assertTrue(listener.callbacks.some(({ method }) => method === "GET"))
    await second.kill("SIGTERM")
    const { code, stdout } = await ringback(["verify", db])
    deepStrictEqual([code, stdout.startsWith("sound: all ")], [0, true])
  })
})
