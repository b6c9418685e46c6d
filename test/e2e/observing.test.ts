import * as fs from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import Database from "better-sqlite3"
import { numberOf, samplesOf } from "../metrics/exposition.ts"
import { configFile } from "../support/config.ts"
import { newFolder } from "../support/folder.ts"
import { leaksIn } from "../support/leaks.ts"
import { type Listener, listen } from "../support/listener.ts"
import { ringback, type Server, serve, start } from "../support/ringback.ts"
import { until } from "../support/until.ts"

const marks = {
  "auth token": "b5Ke0qUx2WmPz8RtY4Lc7Vn1Hs3Jd6Fg",
  "admin token": "N8vQ2zLk6XwT4pYb0RsJ7mHc3UfDe9Ga",
  "callback password": "Zt7Gw3Xq9Lp2Vb6Nk0Rm4Yc8Hs1Jf5Dd",
  "collector key": "Qe1Ym8Ux5Tb2Wc7Kz3Rv9Ln0Gp4Sj6Ah",
}

const settings = `
server:
  admin_token: ${marks["admin token"]}
twilio:
  auth_token: ${marks["auth token"]}
  registered_numbers: ["+15551234567"]
  callbacks: { delay_seconds: 0.05, retry_attempts: 1 }
conversations:
  monitor: { simulated: { tenants: { "4155550123": "7b0e4b0c-6f6b-4d7e-9a55-0d6c5c3a1f10" } } }
`

const read = (file: string, sql: string) => {
  const db = new Database(file, { readonly: true })
  try {
    return db.prepare(sql).all() as ReadonlyArray<Readonly<Record<string, unknown>>>
  } finally {
    db.close()
  }
}

const linesOf = (server: Server) =>
  server
    .stderr()
    .split("\n")
    .filter((line) => line !== "")
    // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect to be there
    .map((line) => JSON.parse(line) as any)

interface Span {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: { readonly code: number }
  readonly attributes: ReadonlyArray<{ readonly key: string; readonly value: Readonly<Record<string, unknown>> }>
}

const spansIn = (collector: Listener): ReadonlyArray<Span> =>
  collector.callbacks.flatMap(({ body }) =>
    JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: ReadonlyArray<{ spans: ReadonlyArray<Span> }> }) =>
      resource.scopeSpans.flatMap(({ spans }) => spans),
    ),
  )

describe("a server in staging that is looked at from all sides", () => {
  const folder = newFolder()
  const [log, tables] = [join(folder, "ringback.db"), join(folder, "sql/tables.db")]
  let server: Server
  let application: Listener
  let collector: Listener
  let sid: string
  const authorized = { headers: { authorization: `Bearer ${marks["admin token"]}` } }

  beforeAll(async () => {
    application = await listen()
    collector = await listen()
    collector.answer = () => ({ type: "application/json", body: "{}" })
    server = await serve({
      cwd: folder,
      db: log,
      config: configFile(settings),
      args: ["--profile", "staging"],
      env: {
        DATABASE_URL: "sqlite:///sql/tables.db",
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: `x-key=${marks["collector key"]}`,
      },
    })
    const secret = application.url.replace("//", `//user:${marks["callback password"]}@`)
    sid = (
      await server.send({ To: "+15551234567", From: "+15550000001", Body: "a text of my own", StatusCallback: secret })
    ).json.sid
    await until("both callbacks came", () => application.callbacks.length === 2)
    await server.send({ To: "nobody" })
    await server.ask("/metrics", authorized)
  })

  it("keeps the tables of DATABASE_URL up to date, and has them whole when it has ended", async () => {
    const rows = await until("the message is delivered in the tables", () => {
      const found = read(tables, "SELECT message_sid, status, body, to_number FROM messages")
      return found[0]?.status === "delivered" && found
    })
    deepStrictEqual(rows, [
      { message_sid: sid, status: "delivered", body: "a text of my own", to_number: "+15551234567" },
    ])
  })

  it("tells its metrics as Prometheus reads them, to whoever shows the admin token", async () => {
    const { headers, status, text } = await server.ask("/metrics", authorized)
    strictEqual(status, 200)
    strictEqual(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8")
    const samples = samplesOf(text)
    strictEqual(numberOf(samples, "ringback_messages_total", { direction: "outbound-api" }), 1)
    strictEqual(numberOf(samples, "ringback_api_requests_total", { api: "twilio", method: "POST", status: "400" }), 1)
    strictEqual(numberOf(samples, "ringback_outbound_requests_total", { purpose: "callback", outcome: "204" }), 2)
    await server.send({ To: "nobody" })
    const later = samplesOf((await server.ask("/metrics", authorized)).text)
    strictEqual(numberOf(later, "ringback_http_request_seconds_count", { api: "twilio" }), 1)
    strictEqual((await server.ask("/metrics", { ...authorized, method: "POST" })).status, 405)
  })

  it("tells what it depends on in /health", async () => {
    const { json } = await server.ask("/health")
    deepStrictEqual(
      [json.status, json.profile, json.checks],
      [
        "healthy",
        "staging",
        {
          log: { status: "up" },
          carrier: { status: "unknown" },
          gateway: { status: "unknown" },
          monitor: { status: "unknown" },
        },
      ],
    )
  })

  it("tells each request in a line of JSON with named fields, its number masked", async () => {
    const line = await until("the request is told", () => linesOf(server).find((each) => each.twilio_sid === sid))
    deepStrictEqual(Object.keys(line), [
      "timestamp",
      "level",
      "msg",
      "request_id",
      "twilio_sid",
      "phone",
      "route",
      "service",
    ])
    const route = "POST /2010-04-01/Accounts/{sid}/Messages.json"
    deepStrictEqual([line.level, line.msg, line.route, line.service], ["INFO", `${route} 201`, route, "ringback"])
    assertTrue(/^RQ[0-9a-f]{32}$/.test(line.request_id) && /^\d{4}-\d\d-\d\dT/.test(line.timestamp))
    strictEqual(line.phone, "+1555***4567")
    assertTrue(!server.stderr().includes("15551234567") && !server.stderr().includes("a text of my own"))
  })

  it("sends spans of a message's request, of its timers and of its callbacks as one trace", async () => {
    const spans = await until("all spans of the message are there", () => {
      const found = spansIn(collector)
      return found.filter(({ name }) => name === "callback POST").length === 2 && found
    })
    const root = spans.find(({ name }) => name === "POST /2010-04-01/Accounts/{sid}/Messages.json")
    const callbacks = spans.filter(({ name }) => name === "callback POST")
    const byId = new Map(spans.map((span) => [span.spanId, span]))
    for (const callback of callbacks) {
      strictEqual(callback.traceId, root?.traceId)
      strictEqual(callback.kind, 3)
      strictEqual(byId.get(callback.parentSpanId ?? "")?.name.startsWith("timer "), true)
      assertTrue(BigInt(callback.endTimeUnixNano) >= BigInt(callback.startTimeUnixNano))
      const attributes = Object.fromEntries(callback.attributes.map(({ key, value }) => [key, value]))
      deepStrictEqual(attributes["ringback.subject"], { stringValue: sid })
      assertTrue(JSON.stringify(attributes["http.response.status_code"]).includes("204"))
    }
    strictEqual(collector.callbacks[0]?.headers["x-key"], marks["collector key"])
    strictEqual(collector.callbacks[0]?.path, "/v1/traces")
  })

  it("leaks no secret into metrics, lines, spans or tables, and its tables are the log's", async () => {
    const metrics = (await server.ask("/metrics", authorized)).text
    const { code, stderr, stdout } = await server.kill("SIGTERM")
    strictEqual(code, 0)
    const { "auth token": _, ...others } = marks
    deepStrictEqual(leaksIn(metrics, marks), [])
    deepStrictEqual(leaksIn(stderr, marks), [])
    deepStrictEqual(leaksIn(stdout, others), [])
    deepStrictEqual(leaksIn(collector.callbacks.map(({ body }) => body).join("\n"), marks), [])
    for (const name of fs.readdirSync(join(folder, "sql")))
      deepStrictEqual(leaksIn(fs.readFileSync(join(folder, "sql", name)), marks), [], name)
    const done = await ringback(["project", log, "--out", tables, "--check", "--json"])
    strictEqual(done.code, 0)
    const { entries, from, same, seq } = JSON.parse(done.stdout)
    deepStrictEqual([entries, from, same], [0, seq, true])
  })
})

describe("ringback project", () => {
  it("makes tables of a log and of its recording, goes on, and refuses another log and another file", async () => {
    const folder = newFolder()
    const log = join(folder, "a.db")
    const server = await serve({ db: log, args: ["--pace", "fast"] })
    const { sid } = (await server.send()).json
    await server.clock({ settle: true })
    const out = join(folder, "tables.db")
    const first = await ringback(["project", log, "--out", out, "--json"])
    const told = JSON.parse(first.stdout)
    deepStrictEqual([told.from, told.entries, told.tables.messages], [0, told.seq, 1])
    await server.send()
    await server.clock({ settle: true })
    const second = await ringback(["project", log, "--out", out])
    assertTrue(second.stdout.startsWith(`${out}: entries 1 to `))
    deepStrictEqual(
      read(out, "SELECT message_sid, status FROM messages ORDER BY id").map(({ status }) => status),
      ["delivered", "delivered"],
    )
    strictEqual(read(out, "SELECT message_sid FROM messages ORDER BY id")[0]?.message_sid, sid)
    const recording = join(folder, "a.jsonl")
    await ringback(["export", log, "--out", recording])
    const third = await ringback(["project", recording, "--out", join(folder, "b.db"), "--json"])
    strictEqual(JSON.parse(third.stdout).tables.messages, 2)
    const other = join(folder, "other.db")
    await (await serve({ db: other })).kill("SIGTERM")
    const refused = await ringback(["project", other, "--out", out])
    strictEqual(refused.code, 2)
    assertTrue(refused.stderr.includes("entries of another log than"))
    const wrong = await ringback(["project", log, "--out", log])
    deepStrictEqual(
      [wrong.code, wrong.stderr],
      [2, `ringback: ${log} is a SQLite file of something else; name another file\n`],
    )
    const both = await ringback(["project", log, "--out", out, "--check", "--follow"])
    strictEqual(both.code, 2)
  })

  it("follows a live log, goes on after it was killed, and finds what was altered", async () => {
    const folder = newFolder()
    const [log, out] = [join(folder, "a.db"), join(folder, "tables.db")]
    const server = await serve({ db: log, args: ["--pace", "fast"] })
    const count = () => (fs.existsSync(out) ? Number(read(out, "SELECT count(*) AS n FROM messages")[0]?.n) : 0)
    const following = start(["project", log, "--out", out, "--follow"])
    await server.send()
    await until("it follows", () => count() === 1)
    await following.kill("SIGKILL")
    for (let i = 0; i < 20; i++) await server.send()
    const again = start(["project", log, "--out", out, "--follow"])
    await until("it has gone on", () => count() === 21)
    strictEqual((await again.kill("SIGINT")).code, 0)
    strictEqual((await ringback(["project", log, "--out", out, "--check"])).code, 0)
    const db = new Database(out)
    db.exec("UPDATE messages SET status = 'read' WHERE id = (SELECT max(id) FROM messages)")
    db.close()
    const found = await ringback(["project", log, "--out", out, "--check"])
    strictEqual(found.code, 1)
    assertTrue(
      found.stderr.includes("row 21 of messages is not what the log makes") &&
        found.stderr.includes('found     "read"'),
    )
  })
})

describe("a strict profile", () => {
  it("does not start where it would be open", async () => {
    const open = configFile('twilio:\n  validation: { require_auth: false }\nconversations:\n  signatures: "off"\n')
    const { code, stderr } = await ringback(["serve", "--config", open, "--host", "0.0.0.0", "--db", ":memory:"], {
      env: { RINGBACK_PROFILE: "production" },
    })
    deepStrictEqual(
      [code, stderr.split("\n")],
      [
        2,
        [
          "ringback: server.admin_token: expected a token under profile production where server.host is not this machine's own, found none",
          "twilio.validation.require_auth: expected true under profile production, found false",
          "conversations.signatures: expected required under profile production, found off",
          "",
        ],
      ],
    )
  })
  it("tells nothing below INFO, and development tells lines for people", async () => {
    const strict = await serve({ args: ["--profile", "production"], env: { LOG_LEVEL: "DEBUG" } })
    await strict.send()
    await until("the request is told", () => linesOf(strict).length > 0)
    assertTrue(linesOf(strict).every(({ level }) => level === "INFO"))
    // Of a log in memory the hash is made when it is asked for.
    assertTrue(/^RQ[0-9a-f]{32}$/.test(linesOf(strict)[0].request_id))
    const usual = await serve({ env: { LOG_LEVEL: "DEBUG" } })
    await usual.send()
    await until(
      "entries are told",
      () => /^\S+Z DEBUG entry 1 run\.started$/m.test(usual.stderr()) || usual.stderr().includes("DEBUG entry"),
    )
    assertTrue(!usual.stderr().includes("{"))
  })
  it("is told wrong words with what was expected", async () => {
    const { code, stderr } = await ringback(["serve", "--profile", "prod", "--log-format", "xml"])
    deepStrictEqual(
      [code, stderr],
      [
        2,
        'ringback: --profile: expected development, staging, production, found "prod"\n--log-format: expected text, json, found "xml"\n',
      ],
    )
    const environment = await ringback(["serve"], {
      env: { DATABASE_URL: "postgres://user:hunter2@db/x", LOG_FORMAT: "xml" },
    })
    strictEqual(environment.code, 2)
    assertTrue(
      environment.stderr.includes("environment DATABASE_URL: expected sqlite:///path, found a URL of postgres"),
    )
    assertTrue(!environment.stderr.includes("hunter2"))
  })
})
