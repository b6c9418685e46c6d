import * as http from "node:http"
import { Duplex } from "node:stream"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { AnswerReader } from "./AnswerReader.ts"

const bodyBytesMax = 100

/** How reading ends: an answer that is whole, or why there is none; the other end closes the connection behind the bytes. */
type Read =
  | { readonly status: number; readonly body: string; readonly type: string; readonly to: string }
  | "bad"
  | "too-long"

const read = (pieces: ReadonlyArray<Buffer>, method = "GET"): Read => {
  const reader = new AnswerReader(bodyBytesMax)
  reader.begin(method)
  let reading = reader.take(Buffer.alloc(0))
  for (const piece of pieces) {
    if (reading !== "more") break
    reading = reader.take(Buffer.from(piece))
  }
  if (reading === "more") reading = reader.end()
  if (reading !== "whole") return reading === "more" ? "bad" : reading
  const { body, contentType, location = "", status } = reader.answer
  return { status, body: body.toString("latin1"), type: contentType, to: location }
}

const readText = (text: string, method?: string) => read([Buffer.from(text, "latin1")], method)

/** What node's own client makes of the same bytes. */
const readByNode = (text: string): Effect.Effect<Read> =>
  Effect.async((resume) => {
    const end = (found: Read) => resume(Effect.succeed(found))
    const socket = new Duplex({ read: () => {}, write: (_, __, done) => done() })
    const request = http.request({ createConnection: () => socket })
    request.on("error", () => end("bad"))
    request.on("upgrade", () => end("bad"))
    request.on("response", (message) => {
      let body = ""
      message.setEncoding("latin1")
      message.on("data", (chunk) => {
        body += chunk
      })
      message.on("error", () => end("bad"))
      message.on("end", () => {
        const { "content-type": type = "", location = "" } = message.headers
        const status = message.statusCode ?? 0
        const to = status >= 300 && status < 400 ? location : ""
        if (body.length > bodyBytesMax) end("too-long")
        else end({ status, body, type, to })
      })
    })
    request.end()
    socket.push(Buffer.from(text, "latin1"))
    socket.push(null)
  })

const ok = (head: string, body = "hi") => `HTTP/1.1 200 OK\r\n${head}\r\n\r\n${body}`
const chunked = (body: string) => ok("Transfer-Encoding: chunked", body)

/** Answers as applications give them, and as they should not. */
const answers: ReadonlyArray<string> = [
  ok("Content-Length: 2"),
  ok("content-length:2"),
  ok("Content-Length:   2  "),
  ok("Content-Length: 0002"),
  ok("Content-Length: 2", "h"),
  ok("Content-Type: text/xml; charset=utf-8\r\nContent-Length: 2"),
  ok("Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 2"),
  ok("Connection: close"),
  ok("X: \xe9\r\nContent-Length: 2"),
  ...["", "+2", "-1", "2, 2", "0x2", "2 2", "99999999999999999999"].map((length) => ok(`Content-Length: ${length}`)),
  ok("Content-Length: 2\r\nContent-Length: 2"),
  ok("Content-Length: 2\r\n 3"),
  ok("Content-Length : 2"),
  ok("Content-Length: 2\r\nTransfer-Encoding: chunked", "2\r\nhi\r\n0\r\n\r\n"),
  ok("Transfer-Encoding: chunked\r\nContent-Length: 2", "2\r\nhi\r\n0\r\n\r\n"),
  ...["a\x01b", "a\0b", "a\x7fb", "a\rb", "a\nb"].map((value) => ok(`X: ${value}\r\nContent-Length: 2`)),
  ...["X Y: a", ": a", "abc", "X\t: a", " X: a", "(X): a"].map((line) => ok(`${line}\r\nContent-Length: 2`)),
  chunked("2\r\nhi\r\n0\r\n\r\n"),
  chunked("2\r\nhi\r\n3\r\n yo\r\n0\r\n\r\n"),
  chunked("0002;a=b\r\nhi\r\n000\r\nX-Trailer: a\r\n\r\n"),
  chunked("A\r\n0123456789\r\n0\r\n\r\n"),
  ...["2 ;a", "2  ", "0x2", "", "zz", "fffffffffffffffff", "-2", "2\r"].map((size) =>
    chunked(`${size}\r\nhi\r\n0\r\n\r\n`),
  ),
  chunked("2\nhi\n0\n\n"),
  chunked("2\r\nhiX\r\n0\r\n\r\n"),
  chunked("2\r\nhi\r\n"),
  ...["gzip", "identity", "", "CHUNKED", "gzip, chunked", "chunked, gzip", "xchunked", "chunked;q=1"].map((coding) =>
    ok(`Transfer-Encoding: ${coding}`, "2\r\nhi\r\n0\r\n\r\n"),
  ),
  ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "2\r\nhi\r\n0\r\n\r\n"),
  ...["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "HTTP/3.0", "http/1.1", "ICY", "HTTP/1.1 "].map(
    (version) => `${version} 200 OK\r\nContent-Length: 2\r\n\r\nhi`,
  ),
  ...["200", "200 ", "99 X", "1000 X", "099 X", "000 X", "2x0 X", "200 O\rK", "200 O\nK", "200\tOK"].map(
    (status) => `HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\nhi`,
  ),
  "HTTP/1.1 204 No Content\r\n\r\n",
  "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n",
  "HTTP/1.1 205 Reset Content\r\n\r\n",
  "HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 201 Created\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n",
  ...[100, 102, 103, 199].map((status) => `HTTP/1.1 ${status} X\r\nLink: a\r\nContent-Length: 5\r\n\r\n${ok("A: b")}`),
  "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc",
  `\r\n\r\n${ok("Content-Length: 2")}`,
  ` ${ok("Content-Length: 2")}`,
  "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\nhi",
  "GET / HTTP/1.1\r\n\r\n",
  "garbage",
  "",
  ok("Content-Length: 200", "x".repeat(200)),
  chunked(`c8\r\n${"x".repeat(200)}\r\n0\r\n\r\n`),
]

/** Pieces that answers are made of, so that most of what is drawn is nearly right. */
const pieces = [
  ...["HTTP/1.1 200 OK\r\n", "HTTP/1.1 204 No\r\n", "HTTP/1.0 302 Found\r\n", "HTTP/1.1 100 Continue\r\n\r\n"],
  ...["Content-Length: 2\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n", "Location: /x\r\n"],
  ...["Connection: close\r\n", "Content-Type: a/b\r\n", "X: y\r\n", "\r\n", "\r", "\n", " ", ":", "\0", "\xff"],
  ...["2\r\nhi\r\n", "0\r\n\r\n", "hi", "2;x=y\r\n", "ff\r\n"],
]

describe("an answer", () => {
  it.effect.each(answers)("is to the wire what it is to node's own client: %j", (text) =>
    Effect.map(readByNode(text), (byNode) => deepStrictEqual(readText(text), byNode)),
  )

  it.effect.prop(
    "of any pieces is refused by node's own client as well, or the same to it",
    [FastCheck.array(FastCheck.constantFrom(...pieces), { maxLength: 10 })],
    ([parts]) => {
      const text = `HTTP/1.1 200 OK\r\n${parts.join("")}`
      const ours = readText(text)
      if (typeof ours === "string") return Effect.void
      // Bytes behind an answer make node fail, or not, by when they come; and it reads the trailers' names.
      return Effect.map(readByNode(text), (byNode) => {
        if (byNode === "bad") assertTrue(hasMore(text))
        else deepStrictEqual(ours, byNode)
      })
    },
    {
      fastCheck: {
        examples: [[["Content-Length: 0\r\n", "\r\n", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Continue\r\n\r\n"]]],
      },
    },
  )

  it.prop(
    "is the same however it is cut",
    [FastCheck.constantFrom(...answers), FastCheck.array(FastCheck.integer({ min: 0, max: 300 }), { maxLength: 20 })],
    ([text, cuts]) => {
      const bytes = Buffer.from(text, "latin1")
      const at = [0, ...cuts.filter((cut) => cut <= bytes.length).toSorted((a, b) => a - b), bytes.length]
      deepStrictEqual(read(at.slice(1).map((to, i) => bytes.subarray(at[i], to))), readText(text))
    },
  )

  it("to a HEAD has no body", () =>
    deepStrictEqual(readText(ok("Content-Length: 2", ""), "HEAD"), { status: 200, body: "", type: "", to: "" }))

  it("has at most 16 KiB beside its body, however that is brought", () => {
    const dripping = (head: string, piece: string) => {
      const reader = new AnswerReader(1_000_000)
      reader.begin("GET")
      reader.take(Buffer.from(head))
      let bytes = 0
      for (; reader.take(Buffer.from(piece)) === "more" && bytes < 1_000_000; bytes += piece.length);
      return bytes
    }
    const start = "HTTP/1.1 200 OK\r\n"
    const size = `${start}Transfer-Encoding: chunked\r\n\r\n`
    for (const [head, piece] of [
      ["", "H"],
      ["", "\r\n"],
      ["", "HTTP/1.1 100 Continue\r\n\r\n"],
      [start, "h"],
      [start, "X: y\r\n"],
      [size, "1"],
      [size, "1;x=y\r\nz\r\n"],
      [`${size}0\r\n`, "X: y\r\n"],
    ] as const) {
      const bytes = dripping(head, piece)
      assertTrue(bytes <= 64 * 1024, `${JSON.stringify(piece)}: ${bytes}`)
    }
    strictEqual(dripping(size, "1\r\nz\r\n") >= 1_000_000, true)
  })

  it.each<readonly [head: string, seconds: number | undefined]>([
    ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", undefined],
    ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: timeout=5, max=100\r\n\r\n", 5],
    ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\nKeep-Alive: max=100, timeout=7\r\n\r\n", 7],
    ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, Close\r\n\r\n", 0],
    ["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n", 0],
    ["HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 0],
  ])("tells how long its connection is kept: %j", (head, seconds) => {
    const reader = new AnswerReader(10)
    reader.begin("POST")
    strictEqual(reader.take(Buffer.from(head)), "whole")
    strictEqual(reader.keptSeconds, seconds)
  })
})

/** Whether an answer has more bytes behind it, or trailers. */
const hasMore = (text: string): boolean => {
  const bytes = Buffer.from(text, "latin1")
  const reader = new AnswerReader(1_000_000)
  reader.begin("GET")
  const last = bytes.findIndex((_, i) => reader.take(bytes.subarray(i, i + 1)) === "whole")
  return (last >= 0 && last < bytes.length - 1) || text.includes("chunked")
}
