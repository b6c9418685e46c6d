import { createHash } from "node:crypto"
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { bodyKeptBytesMax } from "../../src/core/traffic/RecordedExchange.ts"
import { newFolder } from "../support/folder.ts"
import { listen } from "../support/listener.ts"
import { sendRaw } from "../support/rawSocket.ts"
import { recorder, upstream } from "../support/recorder.ts"
import { until } from "../support/until.ts"

const formType = "application/x-www-form-urlencoded"
const sid = `SM${"1".repeat(32)}`

describe("A recorder", () => {
  it("hands a request and its answer on as they are, and keeps both", async () => {
    const seen: Array<readonly [string, ReadonlyArray<string>, string]> = []
    const address = await upstream((request, response) => {
      let body = ""
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text
      })
      request.on("end", () => {
        seen.push([`${request.method} ${request.url}`, request.rawHeaders, body])
        response.writeHead(201, { "Content-Type": "application/json", "X-Other": "1", "Twilio-Request-Id": "RQ1" })
        response.write('{"sid":')
        response.end(`"${sid}"}`)
      })
    })
    const { address: proxy, recorded, file } = await recorder(address)
    const target = "/2010-04-01/Accounts/AC1/Messages.json?a=%2F..//%7e"
    const { text } = await sendRaw(Number(new URL(proxy).port), [
      [
        `POST ${target} HTTP/1.1`,
        `Host: ${new URL(proxy).host}`,
        "X-Mine: 1",
        "x-mine: 2",
        `Content-Type: ${formType}`,
        `Authorization: Basic ${btoa("AC1:token-of-mine")}`,
        "Content-Length: 15",
        "Connection: close",
        "",
        "To=%2b1555&Body",
      ].join("\r\n"),
    ])
    assertTrue(text.startsWith("HTTP/1.1 201 Created\r\n"), text)
    assertTrue(text.includes("X-Other: 1\r\n") && text.includes(sid), text)
    const [line, headers, body] = seen[0] ?? ["", [], ""]
    strictEqual(line, `POST ${target}`)
    strictEqual(body, "To=%2b1555&Body")
    deepStrictEqual(headers.slice(0, 8), [
      "Host",
      new URL(address).host,
      "X-Mine",
      "1",
      "x-mine",
      "2",
      "Content-Type",
      formType,
    ])
    const [exchange] = await recorded()
    deepStrictEqual(exchange && { ...exchange, at: 0, took: 0 }, {
      about: sid,
      answer: {
        body: { text: `{"sid":"${sid}"}` },
        headers: [
          ["content-type", "application/json"],
          ["twilio-request-id", "RQ1"],
        ],
        status: 201,
      },
      at: 0,
      direction: "api",
      n: 1,
      request: {
        body: { text: "To=%2b1555&Body" },
        headers: [
          ["content-type", formType],
          ["authorization", "present"],
        ],
        method: "POST",
        url: address + target,
      },
      took: 0,
    })
    strictEqual(statSync(file).mode & 0o777, 0o600)
    assertTrue(!readFileSync(file, "utf8").includes("token-of-mine"))
  })

  it("leaves coded answers coded, and keeps what they say", async () => {
    const coded = gzipSync('{"ok":true}')
    const address = await upstream((_, response) => {
      response.writeHead(200, { "Content-Type": "application/json", "Content-Encoding": "gzip" })
      response.write(coded.subarray(0, 5))
      response.end(coded.subarray(5))
    })
    const { address: proxy, recorded } = await recorder(address)
    const { text } = await sendRaw(Number(new URL(proxy).port), [
      `GET /x HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`,
    ])
    assertTrue(text.includes("Content-Encoding: gzip") && text.includes("Transfer-Encoding: chunked"), text)
    const answered = await fetch(`${proxy}/x`)
    strictEqual(await answered.text(), '{"ok":true}')
    strictEqual(gunzipSync(coded).toString(), '{"ok":true}')
    for (const { answer } of await recorded())
      deepStrictEqual("body" in answer && answer.body, { coding: "gzip", text: '{"ok":true}' })
  })

  it("keeps of a large body its length and hash, while all of it goes through", async () => {
    const piece = Buffer.alloc(256 * 1024, 120)
    const pieces = bodyKeptBytesMax / piece.length + 2
    const address = await upstream((request, response) => {
      let length = 0
      request.on("data", (chunk: Buffer) => {
        length += chunk.length
      })
      request.on("end", () => {
        response.writeHead(200, { "X-Length": String(length) })
        for (let i = 0; i < pieces; i++) response.write(piece)
        response.end()
      })
    })
    const { address: proxy, recorded } = await recorder(address)
    const whole = Buffer.concat(Array.from({ length: pieces }, () => piece))
    const answered = await fetch(`${proxy}/media`, { method: "POST", body: whole })
    strictEqual(answered.headers.get("x-length"), String(whole.length))
    assertTrue(Buffer.from(await answered.arrayBuffer()).equals(whole))
    const kept = { length: whole.length, sha256: createHash("sha256").update(whole).digest("hex") }
    const [exchange] = await recorded()
    deepStrictEqual(exchange?.request.body, kept)
    deepStrictEqual(exchange && "body" in exchange.answer && exchange.answer.body, kept)
  })

  it("answers 502 in Twilio's shape where there is nobody, and keeps that", async () => {
    const { address: proxy, recorded } = await recorder("http://127.0.0.1:1")
    const answered = await fetch(`${proxy}/2010-04-01/x.json`, { method: "POST", body: "a=b" })
    strictEqual(answered.status, 502)
    deepStrictEqual(await answered.json(), {
      code: 20503,
      message: "Ringback: http://127.0.0.1:1 could not be asked: connection refused",
      more_info: "https://www.twilio.com/docs/errors/20503",
      status: 502,
    })
    const [exchange] = await recorded()
    deepStrictEqual(exchange?.answer, { failed: "connection refused" })
    deepStrictEqual(exchange?.request.body, { text: "a=b" })
  })

  it("keeps an answer that broke off, and a caller that hung up, as that", async () => {
    let hangs = false
    const address = await upstream((request, response) => {
      hangs = request.url === "/hangs"
      if (hangs) return
      response.writeHead(200, { "Content-Length": "100" })
      response.write("ten bytes!", () => response.destroy())
    })
    const { address: proxy, read } = await recorder(address)
    const broken = await fetch(`${proxy}/breaks`)
      .then((answer) => answer.text())
      .catch(() => "broken")
    strictEqual(broken, "broken")
    const gone = new AbortController()
    const asked = fetch(`${proxy}/hangs`, { signal: gone.signal }).catch(() => "aborted")
    await until("the request is there", () => hangs)
    gone.abort()
    strictEqual(await asked, "aborted")
    const { exchanges } = await until("both are kept", async () => {
      const found = await read()
      return found.exchanges.length === 2 && found
    })
    deepStrictEqual(
      exchanges.map(({ answer }) => "failed" in answer && answer.failed),
      ["the answer broke off after 10 bytes", "whoever asked hung up"],
    )
  })

  it("forwards webhooks to the application, and ties them to their message", async () => {
    const application = await listen()
    application.answer = () => ({ type: "text/xml", body: "<Response/>" })
    const publicUrl = new URL("https://recorder.example")
    const { address: proxy, recorded } = await recorder("http://127.0.0.1:1", {
      webhooksTo: new URL(`${application.url}/base/`),
      publicUrl,
    })
    const answered = await fetch(`${proxy}/webhooks/status?x=1`, {
      method: "POST",
      headers: { "content-type": formType, "x-twilio-signature": "c2lnbmVk" },
      body: `MessageSid=${sid}&MessageStatus=sent`,
    })
    strictEqual(await answered.text(), "<Response/>")
    const [callback] = application.callbacks
    strictEqual(callback?.path, "/base/status?x=1")
    strictEqual(callback?.headers["x-twilio-signature"], "c2lnbmVk")
    const [exchange] = await recorded()
    strictEqual(exchange?.direction, "webhook")
    strictEqual(exchange?.about, sid)
    strictEqual(exchange?.request.url, "https://recorder.example/webhooks/status?x=1")
    assertTrue(
      exchange?.request.headers.some(([name, value]) => name === "x-twilio-signature" && value === "present") === true,
    )
  })

  it("never writes over a file, and says why it cannot write", async () => {
    const file = join(newFolder(), "there.jsonl")
    writeFileSync(file, "mine")
    const refused = await recorder("http://127.0.0.1:1", { file }).catch((error) => String(error))
    assertTrue(String(refused).includes("exists; a recording is never written over"), String(refused))
    strictEqual(readFileSync(file, "utf8"), "mine")
    const nowhere = await recorder("http://127.0.0.1:1", { file: "/proc/nowhere/x.jsonl" }).catch((error) =>
      String(error),
    )
    assertTrue(String(nowhere).includes("cannot be written"), String(nowhere))
  })

  it("numbers requests by their beginning, and writes them as they end", async () => {
    let answerFirst: (() => void) | undefined
    const address = await upstream((request, response) => {
      if (request.url === "/first") answerFirst = () => response.end("1")
      else response.end("2")
    })
    const { address: proxy, file, recorded } = await recorder(address)
    const first = fetch(`${proxy}/first`)
    const answer = await until("the first request is there", () => answerFirst)
    await (await fetch(`${proxy}/second`)).text()
    answer()
    await (await first).text()
    const exchanges = await recorded()
    const order = readFileSync(file, "utf8")
      .split("\n")
      .slice(1, 3)
      .map((line) => JSON.parse(line).n)
    deepStrictEqual(order, [2, 1])
    deepStrictEqual(
      exchanges.map(({ n }) => n),
      [1, 2],
    )
  })
})

describe("A file that is no traffic recording", () => {
  const read = async (text: string | Uint8Array) => {
    const file = join(newFolder(), "x.jsonl")
    writeFileSync(file, text)
    const { readTrafficFile } = await import("../../src/traffic/TrafficFile.ts")
    return Effect.runPromise(Effect.either(readTrafficFile(file)))
  }
  for (const [what, text] of [
    ["empty", ""],
    ["bytes", Uint8Array.from([0, 255, 10, 254])],
    ["a run's recording", '{"format":1,"kind":"run","recording":"ringback"}\n'],
    ["one endless line", "x".repeat(1_000_000)],
  ] as const)
    it(`is refused in one line: ${what}`, async () => {
      const found = await read(text)
      assertTrue(found._tag === "Left" && /^[^\n]{10,400}$/.test(found.left.message), JSON.stringify(found))
    })
})
