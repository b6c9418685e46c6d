import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, it } from "@effect/vitest"
import { assertFalse, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import { newFolder } from "../support/folder.ts"
import { entriesOf } from "../support/logEntries.ts"
import { requestText, sendRaw } from "../support/rawSocket.ts"
import { type Reply, ringback, type Server, serve } from "../support/ringback.ts"
import { until } from "../support/until.ts"

const form = "application/x-www-form-urlencoded"

/** Whether an answer is an error in Twilio's shape. */
const isError = ({ headers, json, status }: Reply, wantedStatus: number, code: number) => {
  strictEqual(status, wantedStatus)
  strictEqual(headers.get("content-type"), "application/json")
  deepStrictEqual(
    { code: json.code, more_info: json.more_info, status: json.status },
    { code, more_info: `https://www.twilio.com/docs/errors/${code}`, status: wantedStatus },
  )
  strictEqual(typeof json.message, "string")
}

/** Memory a process takes; 0 where the system does not tell in this way. */
const residentMiB = (pid: number): number => {
  const file = `/proc/${pid}/status`
  return existsSync(file) ? Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, "utf8"))?.[1]) / 1024 : 0
}

describe("Bad input to the carrier's API", () => {
  const db = join(newFolder(), "ringback.db")
  let server: Server

  beforeAll(async () => {
    server = await serve({ db })
  })

  /** Whatever came before: the server still takes a message. */
  const stillSends = async () => strictEqual((await server.send()).status, 201)

  afterAll(async () => {
    await stillSends()
    const { code, stderr, stdout } = await ringback(["verify", db])
    strictEqual(stderr, "")
    assertTrue(stdout.startsWith("sound"))
    strictEqual(code, 0)
    const ended = await server.kill("SIGTERM")
    strictEqual(ended.code, 0)
    strictEqual(ended.stderr, "")
  })

  const post = (body: RequestInit["body"], headers: Record<string, string> = {}, path = server.messages) =>
    server.ask(path, { method: "POST", body: body ?? null, headers: { "content-type": form, ...headers } })

  for (const authorization of [
    "Basic",
    "Basic !!!!",
    "Basic =",
    `Basic ${Buffer.from("no colon").toString("base64")}`,
    `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0x80]).toString("base64")}`,
    `Basic ${"QUFB".repeat(2000)}`,
    "Bearer abc",
    "Digest username=x",
    `Basic ${Buffer.from(":").toString("base64")}`,
  ])
    it(`${authorization.slice(0, 30)} as credentials is 401, 20003`, async () => {
      const reply = await server.ask(server.messages, { form: { To: "x" }, headers: { authorization } })
      isError(reply, 401, 20003)
      strictEqual(reply.headers.get("www-authenticate"), 'Basic realm="Twilio API"')
      await stillSends()
    })

  it("a form of more than 64 KiB is 413, and one of exactly 64 KiB is read", async () => {
    const head = "To=%2B15551234567&From=%2B15550000001&Body=x&Padding="
    isError(await post(head.padEnd(64 * 1024 + 1, "x")), 413, 20413)
    strictEqual((await post(head.padEnd(64 * 1024, "x"))).status, 201)
  })

  it("a form of 40 MB is refused, and costs no memory", async () => {
    const before = residentMiB(server.pid)
    const piece = Buffer.alloc(1024 * 1024, "x")
    const head = requestText("POST", server.messages, {
      Authorization: server.authorization,
      "Content-Type": form,
      "Content-Length": String(40 * piece.length),
    })
    const { status } = await sendRaw(server.port, [head, ...Array.from({ length: 40 }, () => piece)])
    assertTrue(status === 413 || status === 0) // 0: reset while we were still sending.
    await stillSends()
    const refused = (await entriesOf(db, ["--type", "api.requested"])).map(({ data }) => data.body)
    assertTrue(refused.some((body) => body?.why === "too-large" && body.cut === true))
    assertTrue(residentMiB(server.pid) < before + 150)
  })

  it("a form of 40 MB in chunks of unknown number is refused too", async () => {
    const head = requestText("POST", server.messages, {
      Authorization: server.authorization,
      "Content-Type": form,
      "Transfer-Encoding": "chunked",
    })
    const piece = `100000\r\n${"x".repeat(0x100000)}\r\n`
    const { status } = await sendRaw(server.port, [head, ...Array.from({ length: 40 }, () => piece), "0\r\n\r\n"])
    assertTrue(status === 413 || status === 0)
    await stillSends()
  })

  for (const type of ["application/json", "text/plain", "multipart/form-data; boundary=x", "", "application/xml"])
    it(`a body of type ${JSON.stringify(type)} is 415 unless there is none`, async () => {
      const headers = { Authorization: server.authorization, "Content-Type": type }
      const { body, status } = await sendRaw(server.port, [requestText("POST", server.messages, headers, '{"To":1}')])
      strictEqual(status, 415)
      strictEqual(JSON.parse(body).code, 20415)
      await stillSends()
    })

  for (const body of ["To=%", "To=%zz", "To=%E2%82", "To=%FF%FE", "To=%ED%A0%80", "%C0%80=x", "Body=%"])
    it(`the broken percent-encoding ${body} is 400`, async () => {
      isError(await post(`${body}&From=%2B15550000001`), 400, 20400)
    })

  it("bytes that are no UTF-8 are 400", async () => {
    isError(await post(Buffer.from([0x54, 0x6f, 0x3d, 0xff, 0xfe])), 400, 20400)
  })

  it("a broken query is 400 where it is read", async () => {
    isError(await server.ask(`${server.messages}?To=%ED%A0%80`), 400, 20400)
  })

  for (const path of [
    "/nothing/here",
    "/2010-04-01/Account.json",
    "/2010-04-01/Accounts/x/Messages.json/",
    "/2010-04-01//Accounts/x/Messages.json",
    "/%zz",
    "/%00",
    "/__proto__",
    "/constructor/prototype",
    `/${"x".repeat(8000)}`,
    "/healthy",
    "/admins",
    "//evil.example/health",
  ])
    it(`${path.slice(0, 40)} is 404, 20404`, async () => {
      const { body, status, text } = await sendRaw(server.port, [
        requestText("GET", path, { Authorization: server.authorization }),
      ])
      strictEqual(status, 404)
      assertTrue(/^content-type: application\/json\r$/im.test(text))
      const error = JSON.parse(body)
      deepStrictEqual([error.code, error.status], [20404, 404])
      assertTrue(String(error.message).includes(path.slice(0, 400)))
    })

  for (const method of ["PUT", "DELETE", "PATCH", "PROPFIND", "TRACE"])
    it(`${method} on the messages is 405`, async () => {
      const { body, status } = await sendRaw(server.port, [
        requestText(method, server.messages, { Authorization: server.authorization, "Content-Type": form }, "To=%"),
      ])
      strictEqual(status, 405)
      strictEqual(JSON.parse(body).code, 20004)
    })

  it("HEAD is GET without a body", async () => {
    const { body, status, text } = await sendRaw(server.port, [
      requestText("HEAD", server.messages, { Authorization: server.authorization }),
    ])
    strictEqual(status, 200)
    strictEqual(body, "")
    assertTrue(/^content-length: \d\d+\r$/im.test(text))
  })

  it("OPTIONS is a CORS preflight, answered to anybody", async () => {
    const { headers, status, text } = await server.ask(server.messages, {
      method: "OPTIONS",
      headers: { authorization: "", origin: "https://app.example", "access-control-request-method": "POST" },
    })
    strictEqual(status, 204)
    strictEqual(text, "")
    strictEqual(headers.get("access-control-allow-origin"), "*")
    assertTrue(headers.get("access-control-allow-methods")?.includes("POST") === true)
    assertTrue(headers.get("access-control-allow-headers")?.includes("Authorization") === true)
  })

  it("a To of 5,000 characters is 21211", async () => {
    isError(await server.send({ To: `+1${"5".repeat(4998)}` }), 400, 21211)
    isError(await server.send({ To: "<script>".repeat(625) }), 400, 21211)
  })

  it("NUL bytes in a To are 21211, and in a Body they are kept", async () => {
    isError(await server.send({ To: "+1555\u00001234567" }), 400, 21211)
    const { json, status } = await server.send({ Body: "a\u0000b" })
    strictEqual(status, 201)
    strictEqual(json.body, "a\u0000b")
  })

  it("quotes, line ends and characters beyond the BMP in a Body come back as they were", async () => {
    const body = `"\\\r\n\t\u2028{{ sid }} {% if x %} \u{1f427} \ufeff \uffff </script>`
    const { json, status } = await server.send({ Body: body })
    strictEqual(status, 201)
    strictEqual(json.body, body)
    strictEqual((await server.ask(json.uri)).json.body, body)
  })

  it("parameters named __proto__, constructor, 9 and nothing are parameters like others", async () => {
    const odd = ["__proto__", "constructor", "9", "", "toString", "hasOwnProperty"].map(
      (name) => [name, "odd"] as const,
    )
    const { json, status } = await server.send([
      ...odd,
      ["To", "+15551234567"],
      ["From", "+15550000001"],
      ["Body", "odd ones out"],
    ])
    strictEqual(status, 201)
    strictEqual(json.body, "odd ones out")
    const requested = (await entriesOf(db, ["--type", "api.requested"])).filter(({ data }) => data.params.length === 9)
    deepStrictEqual(requested[0]?.data.params.slice(0, 6), odd)
  })

  it("parameters named like those of lists are filters that fit nothing", async () => {
    strictEqual((await server.ask(`${server.messages}?__proto__=1&constructor=2&PageSize=1`)).status, 200)
    for (const query of ["PageSize=0", "PageSize=x", "Page=-1", "PageToken=PAnothing", "PageToken=x"])
      isError(await server.ask(`${server.messages}?${query}`), 400, 20400)
    isError(await server.ask(`${server.messages}?PageSize=1001`), 400, 20007)
  })

  for (const url of ["not a url", "ftp://a.example/x", "javascript:alert(1)", "http://", "//a.example", "http://[::1"])
    it(`the StatusCallback ${url} is 21609`, async () => {
      isError(await server.send({ StatusCallback: url }), 400, 21609)
    })

  it("a StatusCallback of more than 4,000 characters is 21609", async () => {
    isError(await server.send({ StatusCallback: `http://127.0.0.1/${"x".repeat(4000)}` }), 400, 21609)
  })

  it("more than 1,000 parameters are 400, and 1,000 are read", async () => {
    const many = (n: number) => Array.from({ length: n }, (_, i) => `a${i}=b`).join("&")
    isError(await post(many(1001)), 400, 20400)
    strictEqual((await post(`To=%2B15551234567&From=%2B15550000001&Body=x&${many(997)}`)).status, 201)
  })

  it("half a body and then silence is no request: nothing of it is in the log", async () => {
    const before = (await server.ask("/health")).json.entries
    const head = requestText("POST", server.messages, {
      Authorization: server.authorization,
      "Content-Type": form,
      "Content-Length": "1000",
    })
    await sendRaw(server.port, [head, "To=%2B1555"], { cut: true })
    await sendRaw(server.port, [head.slice(0, 60)], { cut: true })
    await stillSends()
    const between = await entriesOf(db, ["--type", "api.requested", "--after", String(before)])
    strictEqual(between.length, 1)
  })

  for (const garbage of [
    Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03]),
    Buffer.alloc(4096, 0xff),
    Buffer.from("\r\n\r\n\r\nhello\r\n\r\n"),
    Buffer.from("GET / HTTP/9.9\r\n\r\n"),
    Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(100_000)}\r\n\r\n`),
    Buffer.from("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    Buffer.from("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
  ])
    it(`the bytes ${JSON.stringify(garbage.toString("latin1").slice(0, 24))} are answered 400 or 431 and closed`, async () => {
      const { status } = await sendRaw(server.port, [garbage])
      assertTrue([400, 431, 505].includes(status))
      await stillSends()
    })

  it("two hundred connections that say nothing keep nobody waiting", async () => {
    const silent = Array.from({ length: 200 }, () => sendRaw(server.port, [], { cut: true }))
    await stillSends()
    await Promise.all(silent)
  })

  it("no error tells a secret or where the program lies", async () => {
    const replies = await Promise.all([
      server.send({ To: "x" }),
      post("To=%"),
      server.ask("/2010-04-01/x"),
      server.ask(server.messages, { headers: { authorization: "Basic !!" } }),
    ])
    for (const { text } of replies) {
      assertFalse(text.includes(server.authToken))
      assertFalse(/\bat \w.*:\d+:\d+|node_modules|dist\//.test(text))
    }
  })

  it("a thousand refused requests later the server is as large as before, by and large", async () => {
    const before = residentMiB(server.pid)
    for (let n = 0; n < 10; n++) await Promise.all(Array.from({ length: 100 }, () => post("x=%".padEnd(30_000, "y"))))
    assertTrue(residentMiB(server.pid) < before + 150)
    await until("the run is settled", async () => (await server.ask("/admin/clock")).json.settled)
  })
})
