import * as net from "node:net"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { configFile } from "../support/config.ts"
import { requestText, sendRaw } from "../support/rawSocket.ts"
import { type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"

const started = "2026-01-01T00:00:00.000Z"

describe("GET /health", () => {
  it("counts, and tells the run's digest and virtual time", async () => {
    const server = await serve({ args: ["--pace", "fast"] })
    await server.send()
    await server.clock({ settle: true })
    const { json, status } = await server.ask("/health")
    const page = (await server.ask("/admin/log?limit=1000")).json
    strictEqual(status, 200)
    deepStrictEqual(
      [json.status, json.provider, json.statistics, json.virtual_time],
      ["healthy", "twilio", { messages: 1, calls: 0, callbacks: 0 }, "2026-01-01T00:00:04.000Z"],
    )
    strictEqual(json.entries, page.entries.length)
    strictEqual(json.digest, page.entries.at(-1).hash)
    assertTrue(/^\d{4}-\d\d-\d\dT/.test(json.timestamp) && /^\d+\.\d+\.\d+/.test(json.version))
    strictEqual((await server.ask("/health")).json.entries, json.entries) // Looking leaves no trace.
  })
})

describe("/admin/clock", () => {
  let server: Server
  beforeAll(async () => {
    server = await serve({ args: ["--pace", "paused"] })
  })
  const state = async () => (await server.ask("/admin/clock")).json

  it("says where the clock stands", async () => {
    const { entries, pace, settled, timers, virtual_time: now } = await state()
    deepStrictEqual([entries, pace, settled, timers, now], [1, "paused", true, 0, started])
  })
  it("steps from due instant to due instant", async () => {
    const { json: message } = await server.send()
    deepStrictEqual((await state()).next_due, "2026-01-01T00:00:02.000Z")
    const { json } = await server.clock({ step: 1 })
    deepStrictEqual([json.virtual_time, json.next_due], ["2026-01-01T00:00:02.000Z", "2026-01-01T00:00:04.000Z"])
    strictEqual((await server.ask(message.uri)).json.status, "sent")
    strictEqual((await server.clock({ step: 5 })).json.virtual_time, "2026-01-01T00:00:04.000Z")
    strictEqual((await server.ask(message.uri)).json.status, "delivered")
  })
  it("advances by a duration, through everything that is due, and stands still again", async () => {
    const { virtual_time: before } = await state()
    const { json: message } = await server.send()
    const { json, status } = await server.clock({ advance: "1h30m" })
    strictEqual(status, 200)
    strictEqual(Date.parse(json.virtual_time) - Date.parse(before), 5_400_000)
    deepStrictEqual([json.pace, json.settled], ["paused", true])
    strictEqual((await server.ask(message.uri)).json.status, "delivered")
    strictEqual((await state()).virtual_time, json.virtual_time)
  })
  it("settles at pace fast, and keeps a pace", async () => {
    const { json: message } = await server.send()
    strictEqual((await server.clock({ pace: "fast" })).json.pace, "fast")
    strictEqual((await server.clock({ settle: true })).json.timers, 0)
    strictEqual((await server.ask(message.uri)).json.status, "delivered")
    strictEqual((await server.clock({ pace: "10x" })).json.pace, "10x")
    strictEqual((await server.clock({ pace: "paused" })).json.pace, "paused")
  })
  for (const order of [
    {},
    [],
    null,
    "advance",
    { advance: "soon" },
    { advance: 5 },
    { advance: "-1s" },
    { advance: "999999d" },
    { pace: "warp" },
    { pace: "0x" },
    { step: 0 },
    { step: 1.5 },
    { step: -1 },
    { settle: false },
    { frob: 1 },
  ])
    it(`the order ${JSON.stringify(order)} is 400 and changes nothing`, async () => {
      const before = await state()
      const { json, status } = await server.clock(order)
      strictEqual(status, 400)
      assertTrue(typeof json.message === "string" && json.message.length > 0)
      deepStrictEqual(await state(), before)
    })
  it("an order that is no JSON is 400", async () => {
    const init = { method: "POST", body: "{", headers: { "content-type": "application/json" } }
    strictEqual((await server.ask("/admin/clock", init)).status, 400)
  })
  it("an order too large to be one is refused", async () => {
    const { status } = await server.clock({ advance: "1".repeat(5_000_000) })
    assertTrue(status === 400 || status === 413)
  })
})

describe("/clear", () => {
  it("forgets messages and cancels what was still to come; the log keeps them", async () => {
    const server = await serve({ args: ["--pace", "paused"] })
    const { json: message } = await server.send()
    const { json, status } = await server.ask("/clear/messages", { method: "POST" })
    deepStrictEqual([status, json], [200, { deleted: 1, type: "messages" }])
    strictEqual((await server.ask(message.uri)).status, 404)
    deepStrictEqual((await server.ask(server.messages)).json.messages, [])
    strictEqual((await server.ask("/admin/clock")).json.timers, 0)
    strictEqual((await server.ask("/health")).json.statistics.messages, 0)
    assertTrue((await server.ask("/admin/log?limit=1000")).text.includes(message.sid))
    deepStrictEqual((await server.ask("/clear/all", { method: "POST" })).json, { deleted: 0, type: "all" })
    strictEqual((await server.ask("/clear/everything", { method: "POST" })).status, 400)
  })
})

describe("/admin/log", () => {
  let server: Server
  beforeAll(async () => {
    server = await serve({ args: ["--pace", "fast"] })
    for (let n = 0; n < 20; n++) await server.send({ Body: `n ${n}` })
    await server.clock({ settle: true })
  })

  it("gives pages, oldest first, until there is no more", async () => {
    const seen: Array<number> = []
    for (let after = 0, more = true; more; ) {
      const { json } = await server.ask(`/admin/log?after=${after}&limit=7`)
      assertTrue(json.entries.length <= 7)
      seen.push(...json.entries.map(({ seq }: { seq: number }) => seq))
      after = json.last
      more = json.more
    }
    const { entries } = (await server.ask("/health")).json
    deepStrictEqual(
      seen,
      Array.from({ length: entries }, (_, i) => i + 1),
    )
    deepStrictEqual((await server.ask(`/admin/log?after=${entries}`)).json, { entries: [], last: entries, more: false })
  })
  for (const query of ["after=-1", "after=x", "limit=0", "limit=1001", "limit=1.5", "after=1e99"])
    it(`?${query} is 400`, async () => {
      strictEqual((await server.ask(`/admin/log?${query}`)).status, 400)
    })

  it("as a stream tells what is there and what comes, each with its seq as id", async () => {
    const stream = await subscribe(server, "/admin/log?after=5")
    await until("what is there was told", () => stream.ids().length > 20)
    const { json } = await server.send({ Body: "streamed" })
    await until("what comes was told", () => stream.text().includes(json.sid))
    const ids = stream.ids()
    deepStrictEqual(
      ids,
      ids.map((_, i) => i + 6),
    )
    for (const data of stream.data()) assertTrue(typeof data.hash === "string" && typeof data.type === "string")
    stream.close()
  })
  it("as a stream goes on after Last-Event-ID", async () => {
    const stream = await subscribe(server, "/admin/log?after=0", { "Last-Event-ID": "17" })
    await until("something was told", () => stream.ids().length > 0)
    strictEqual(stream.ids()[0], 18)
    stream.close()
  })
  it("as a stream holds nothing up when nobody reads it", async () => {
    const silent = await Promise.all(Array.from({ length: 10 }, () => subscribe(server, "/admin/log", {}, true)))
    const body = "x".repeat(1600)
    for (let n = 0; n < 300; n++) strictEqual((await server.send({ Body: body })).status, 201)
    strictEqual((await server.clock({ settle: true })).status, 200)
    for (const stream of silent) stream.close()
    strictEqual((await server.send()).status, 201)
  })
  it("as a stream does not keep a server from stopping", async () => {
    const own = await serve()
    const stream = await subscribe(own, "/admin/log")
    await until("something was told", () => stream.ids().length > 0)
    deepStrictEqual((await own.kill("SIGTERM")).code, 0)
  })
  it("a request that is never finished does not keep a server from stopping either", async () => {
    const own = await serve()
    const half = requestText("POST", own.messages, { Authorization: own.authorization, "Content-Length": "1000" })
    const sent = sendRaw(own.port, [`${half}To=`])
    strictEqual((await own.send()).status, 201)
    strictEqual((await own.kill("SIGTERM")).code, 0)
    await sent
  })
})

interface Subscription {
  readonly text: () => string
  readonly ids: () => ReadonlyArray<number>
  readonly data: () => ReadonlyArray<{ readonly [name: string]: unknown }>
  readonly close: () => void
}

/** A subscriber on a socket of its own; a deaf one never reads. */
const subscribe = (
  server: Server,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  deaf = false,
): Promise<Subscription> =>
  new Promise((resolve, reject) => {
    const socket = net.connect(server.port, "127.0.0.1")
    let text = ""
    if (deaf) socket.pause()
    else
      socket.on("data", (chunk) => {
        text += chunk.toString("utf8")
      })
    socket.on("error", reject)
    const lines = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}: (.+)$`, "gm"))].map((match) => match[1] ?? "")
    socket.on("connect", () => {
      socket.write(
        requestText("GET", path, { Accept: "text/event-stream", ...headers }).replace("Connection: close\r\n", ""),
      )
      resolve({
        text: () => text,
        ids: () => lines("id").map(Number),
        data: () =>
          lines("data").flatMap((line) => {
            try {
              return [JSON.parse(line)]
            } catch {
              return [] // The last line may be on its way still.
            }
          }),
        close: () => socket.destroy(),
      })
    })
  })

const under = (method: string, paths: string) => paths.split(" ").map((path) => `${method} ${path}`)

describe("The description of the control API", () => {
  let server: Server
  beforeAll(async () => {
    server = await serve()
  })

  it("/openapi.json is OpenAPI 3.1 and lists it, every reference resolved", async () => {
    const { json } = await server.ask("/openapi.json")
    assertTrue(/^3\.1\.\d+$/.test(json.openapi))
    assertTrue(json.info.title.length > 0 && json.info.version.length > 0)
    const listed = Object.entries(json.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
    )
    deepStrictEqual(listed.filter((line) => !/ \/(api|webhook)\//.test(line)).sort(), [
      ...under("DELETE", "/admin/breakpoints/{id} /admin/opt-outs"),
      ...under(
        "GET",
        "/admin/alerts /admin/breakpoints /admin/callback-test /admin/callbacks /admin/calls/{sid}/transcript /admin/clock /admin/forks /admin/log /admin/messages /admin/messages/latest /admin/opt-outs /admin/proxy /admin/settings /admin/templates /admin/verifications /health",
      ),
      ...under("PATCH", "/admin/numbers/{sid} /admin/settings /admin/templates"),
      ...under(
        "POST",
        "/admin/breakpoints /admin/callbacks/{id}/resend /admin/calls /admin/calls/{sid}/answer /admin/calls/{sid}/hangup /admin/calls/{sid}/press /admin/calls/{sid}/speak /admin/clock /admin/expect /admin/forks /admin/inbound /admin/opt-outs /admin/settings/check /admin/templates/check /clear/{what}",
      ),
    ])
    const ids: Array<string> = []
    const walk = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return
      for (const [key, inner] of Object.entries(value)) {
        if (key === "$ref") assertTrue(resolved(json, String(inner)))
        if (key === "operationId") ids.push(String(inner))
        walk(inner)
      }
    }
    walk(json)
    strictEqual(new Set(ids).size, ids.length)
    for (const methods of Object.values(json.paths))
      for (const operation of Object.values(methods as Record<string, { description?: string; responses: object }>)) {
        assertTrue((operation.description ?? "").length > 0)
        assertTrue(Object.keys(operation.responses).every((status) => /^\d{3}$/.test(status)))
      }
  })
  it("/docs is readable offline: nothing is loaded from elsewhere", async () => {
    const { headers, status, text } = await server.ask("/docs")
    strictEqual(status, 200)
    assertTrue(headers.get("content-type")?.startsWith("text/html") === true)
    deepStrictEqual(
      text.match(/<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)\s*=\s*["']?(?:https?:)?\/\/[^>]*>/gi),
      null,
    )
    const policy = headers.get("content-security-policy") ?? ""
    assertTrue(policy.includes("default-src 'none'"))
    assertFalse(/https?:|\*/.test(policy))
    assertTrue(text.includes("/admin/clock"))
  })
  it("/ names the places there are", async () => {
    const { text } = await server.ask("/")
    for (const path of ["/health", "/admin/log", "/admin/clock", "/docs", "/openapi.json"])
      assertTrue(text.includes(path))
  })
})

const resolved = (document: unknown, reference: string): boolean =>
  reference
    .replace(/^#\//, "")
    .split("/")
    .reduce<unknown>(
      (here, key) => (here as Record<string, unknown> | undefined)?.[decodeURIComponent(key).replaceAll("~1", "/")],
      document,
    ) !== undefined

describe("Who may use control", () => {
  const adminToken = "t0ken-for-admins"
  let server: Server
  beforeAll(async () => {
    server = await serve({
      config: configFile({ server: { admin_token: adminToken, allowed_hosts: ["ringback.test"] } }),
    })
  })

  /** The status of a request with just these headers; Host is ours unless it is given. */
  const status = async (method: string, path: string, headers: Readonly<Record<string, string>>) => {
    const host = headers.Host ?? `127.0.0.1:${server.port}`
    const { Host: _, ...others } = headers
    const text = requestText(method, path, others).replace("Host: 127.0.0.1", `Host: ${host}`)
    return (await sendRaw(server.port, [text])).status
  }

  it("plain curl on loopback needs nothing", async () => {
    strictEqual(await status("GET", "/admin/clock", {}), 200)
    strictEqual(await status("POST", "/clear/calls", {}), 200)
  })
  for (const Host of [
    "evil.example",
    "evil.example:8080",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "",
    "[::2]",
  ])
    it(`the Host ${JSON.stringify(Host)} is refused, and the carrier answers under it`, async () => {
      for (const path of ["/", "/admin/clock", "/admin/log", "/docs", "/openapi.json"])
        strictEqual(await status("GET", path, { Host }), 403)
      strictEqual(await status("POST", "/clear/calls", { Host }), 403)
      strictEqual(await status("GET", "/health", { Host }), 200)
      strictEqual(await status("GET", server.messages, { Host, Authorization: server.authorization }), 200)
    })
  for (const Host of [
    "localhost",
    "LOCALHOST:1",
    "app.localhost",
    "127.9.9.9",
    "[::1]:80",
    "ringback.test",
    "Ringback.Test:9",
  ])
    it(`the Host ${Host} is answered`, async () => {
      strictEqual(await status("GET", "/admin/clock", { Host }), 200)
    })
  it("a page of another site may not change anything", async () => {
    const own = `127.0.0.1:${server.port}`
    for (const headers of [
      { Origin: "https://evil.example" },
      { Origin: "null" },
      { Origin: "http://127.0.0.1:1" },
      { Origin: `http://${own}.evil.example` },
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
      { Origin: `http://${own}`, "Sec-Fetch-Site": "cross-site" },
    ])
      for (const path of ["/clear/calls", "/admin/clock"]) strictEqual(await status("POST", path, headers), 403)
  })
  it("a page of this server may", async () => {
    const headers = { Origin: `http://127.0.0.1:${server.port}`, "Sec-Fetch-Site": "same-origin" }
    strictEqual(await status("POST", "/clear/calls", headers), 200)
  })
  it("a page of another site may send messages: the carrier's API has credentials of its own", async () => {
    const headers = {
      Origin: "https://app.example",
      "Sec-Fetch-Site": "cross-site",
      Authorization: server.authorization,
    }
    strictEqual(await status("GET", server.messages, headers), 200)
  })
  it("the admin token opens any Host, and no other token does", async () => {
    const Host = "ringback.example"
    strictEqual(await status("GET", "/admin/clock", { Host, Authorization: `Bearer ${adminToken}` }), 200)
    for (const token of ["", "x", `${adminToken}x`, adminToken.slice(1)])
      strictEqual(await status("GET", "/admin/clock", { Host, Authorization: `Bearer ${token}` }), 403)
  })
  it("nothing of the control API answers a preflight of another site", async () => {
    const headers = { Origin: "https://evil.example", "Access-Control-Request-Method": "POST" }
    const { text } = await sendRaw(server.port, [requestText("OPTIONS", "/admin/clock", headers)])
    assertFalse(/access-control-allow/i.test(text))
  })
  it("paths that come close to control's are the carrier's", async () => {
    for (const path of ["/admin%2Fclock", "/ADMIN/clock", "/Health", "/clear", "/docs/"])
      strictEqual(await status("GET", path, {}), 404)
  })
  it("unknown paths and methods of control are refused in its own words", async () => {
    strictEqual(await status("GET", "/admin/nothing", {}), 404)
    assertTrue([404, 405].includes(await status("DELETE", "/admin/clock", {})))
  })
})
