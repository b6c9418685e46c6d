import * as https from "node:https"
import type { AddressInfo } from "node:net"
import * as net from "node:net"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { vi } from "vitest"
import { certificate, certificateKey } from "../../test/support/certificate.ts"
import { notAllowed } from "./allow.ts"
import { badAnswer } from "./Connections.ts"
import { guardsOf } from "./guard.ts"
import {
  type ConnectionMs,
  connectTimeout,
  type Landing,
  makeNodeClient,
  type WireClient,
  type WireRequest,
} from "./nodeClient.ts"

/** A server that answers every request with these bytes, or does what it is told with the socket. */
const answering = (answer: string | ((socket: net.Socket) => void), heard: (chunk: Buffer) => void = () => {}) =>
  Effect.acquireRelease(
    Effect.async<{ readonly url: string; readonly received: () => string; readonly close: () => void }>((resume) => {
      let received = ""
      const sockets = new Set<net.Socket>()
      const server = net.createServer((socket) => {
        sockets.add(socket)
        socket.on("error", () => {})
        socket.on("data", (chunk) => {
          received += chunk.toString()
          heard(chunk)
          if (typeof answer === "string") socket.write(answer)
          else answer(socket)
        })
      })
      const close = () => {
        for (const socket of sockets) socket.destroy()
        server.close()
      }
      server.listen(0, "127.0.0.1", () =>
        resume(
          Effect.succeed({
            url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x?a=1`,
            received: () => received,
            close,
          }),
        ),
      )
    }),
    ({ close }) => Effect.sync(close),
  )

const makeClient = (ms: ConnectionMs = {}) =>
  makeNodeClient(
    10,
    guardsOf(() => undefined),
    ms,
  )

const send = (client: WireClient, url: string, more: Partial<WireRequest> = {}) =>
  Effect.async<Landing>((resume) => {
    const request = { method: "POST", url, headers: { "x-a": "b", "Content-Length": "4" }, body: "To=1", ...more }
    const cancel = client.send(request, (landing) => resume(Effect.succeed(landing)))
    return Effect.sync(cancel)
  })

const ask = (answer: Parameters<typeof answering>[0]) =>
  Effect.gen(function* () {
    const server = yield* answering(answer)
    const client = yield* makeClient()
    const landing = yield* send(client, server.url)
    return { landing, received: server.received() }
  })

describe("the client of the wire", () => {
  it.scoped("sends method, path, headers and body, and gives status and body", () =>
    Effect.gen(function* () {
      const { landing, received } = yield* ask("HTTP/1.1 202 OK\r\nContent-Length: 2\r\n\r\nhi")
      deepStrictEqual(landing, { _tag: "Answered", status: 202, contentType: "", body: Buffer.from("hi") })
      assertTrue(received.startsWith("POST /x?a=1 HTTP/1.1\r\n"))
      assertTrue(/\r\nx-a: b\r\n/i.test(received) && /\r\ncontent-length: 4\r\n/i.test(received))
      assertTrue(received.endsWith("\r\n\r\nTo=1"))
    }),
  )
  it.scoped.each([
    ["HTTP/1.1 204 No Content\r\n\r\n", 204, {}],
    ["HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", 999, {}],
    ["HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n", 302, { location: "/y" }],
  ] as const)("gives any status as it is, and follows nothing: %j", ([answer, status, where]) =>
    Effect.map(ask(answer), ({ landing }) =>
      deepStrictEqual(landing, { _tag: "Answered", status, contentType: "", body: Buffer.alloc(0), ...where }),
    ),
  )
  it.scoped("refuses a longer body than it reads, with the status it came with", () =>
    Effect.map(ask("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n01234567890"), ({ landing }) =>
      deepStrictEqual(landing, { _tag: "TooLong", status: 200 }),
    ),
  )
  it.scoped("fails with the system's error when the connection breaks, before or inside the answer", () =>
    Effect.gen(function* () {
      for (const answer of ["", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n01"]) {
        const { landing } = yield* ask((socket) => socket.write(answer, () => socket.destroy()))
        assertTrue(landing._tag === "Failed")
        strictEqual((landing.cause as NodeJS.ErrnoException).code, "ECONNRESET")
      }
    }),
  )

  it.scoped("sends again, on a connection of its own, when a kept one was closed just as it was taken up", () =>
    Effect.gen(function* () {
      const answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
      const requests = new Map<net.Socket, number>()
      const server = yield* answering((socket) => {
        const nth = (requests.get(socket) ?? 0) + 1
        requests.set(socket, nth)
        if (nth === 1) socket.write(answer)
        else socket.resetAndDestroy()
      })
      const client = yield* makeClient()
      for (let i = 0; i < 3; i++)
        deepStrictEqual(yield* send(client, server.url), {
          _tag: "Answered",
          status: 200,
          contentType: "",
          body: Buffer.alloc(0),
        })
      strictEqual(requests.size >= 2, true)
    }),
  )
  it.scoped("tells nothing more of a request that was cancelled", () =>
    Effect.gen(function* () {
      const asked = yield* Deferred.make<net.Socket>()
      const server = yield* answering((socket) => Deferred.unsafeDone(asked, Effect.succeed(socket)))
      const client = yield* makeClient()
      const landings: Array<Landing> = []
      const cancel = client.send({ method: "GET", url: server.url, headers: {}, body: undefined }, (landing) =>
        landings.push(landing),
      )
      const socket = yield* Deferred.await(asked)
      const closed = Effect.async<void>((resume) => {
        socket.once("close", () => resume(Effect.void))
      })
      cancel()
      yield* closed
      deepStrictEqual(landings, [])
    }),
  )

  it.scoped("closes a connection that nobody uses", () =>
    Effect.gen(function* () {
      let closed: (() => void) | undefined
      const server = yield* answering((socket) => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        socket.once("close", () => closed?.())
      })
      const client = yield* makeClient({ idleMsMax: 50 })
      const ended = Effect.async<void>((resume) => {
        closed = () => resume(Effect.void)
      })
      strictEqual((yield* send(client, server.url))._tag, "Answered")
      yield* ended // The scope, which closes all that is left, is open still.
    }),
  )

  it.scoped.each<readonly [string, Partial<WireRequest>]>([
    ["http://never.test/", {}],
    ["https://never.test/", {}],
    ["http://never.test/", { readMs: 10_000 }],
    ["http://never.test/", { connectMs: 20 }],
  ])("fails with a code of its own when no connection comes about in time: %s %j", ([url, more]) =>
    Effect.gen(function* () {
      // A name whose address is never told.
      const guard = { check: () => {}, lookup: () => {} }
      const ms = { connectMs: more.connectMs === undefined ? 20 : 10_000 }
      const client = yield* makeNodeClient(10, () => guard, ms)
      const landing = yield* send(client, url, more)
      assertTrue(landing._tag === "Failed")
      strictEqual((landing.cause as NodeJS.ErrnoException).code, connectTimeout)
    }),
  )

  it.scoped("waits for an answer longer than for a connection", () =>
    Effect.gen(function* () {
      const server = yield* answering((socket) => {
        const late = net.connect((socket.address() as AddressInfo).port, "127.0.0.1")
        late.setTimeout(80, () => {
          late.destroy()
          if (!socket.destroyed) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        })
      })
      const client = yield* makeClient({ connectMs: 20 })
      strictEqual((yield* send(client, server.url))._tag, "Answered")
    }),
  )
})

describe("a connection of the client", () => {
  const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
  const empty: Landing = { _tag: "Answered", status: 200, contentType: "", body: Buffer.alloc(0) }

  /** How many connections two requests take, the second as soon as the first is answered, and what came of that. */
  const two = (answer: string | ((socket: net.Socket) => void), first: Partial<WireRequest> = {}) =>
    Effect.gen(function* () {
      const sockets = new Set<net.Socket>()
      const server = yield* answering((socket) => {
        sockets.add(socket)
        if (typeof answer === "string") socket.write(answer)
        else answer(socket)
      })
      const client = yield* makeClient()
      const landing = yield* send(client, server.url, first)
      deepStrictEqual((yield* send(client, server.url))._tag, landing._tag)
      return { connections: sockets.size, landing, received: server.received() }
    })

  it.scoped("is used again", () =>
    Effect.map(two(ok), ({ connections, received }) => {
      strictEqual(connections, 1)
      strictEqual(received.match(/\r\nConnection: keep-alive\r\n/g)?.length, 2)
    }),
  )
  it.scoped.each<readonly [why: string, answer: string, first?: Partial<WireRequest>]>([
    ["the other end says that it closes it", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"],
    ["the other end keeps it for a second", "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n"],
    ["it speaks HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"],
    ["there is more than was asked for", `${ok}HTTP/1.1 418 No\r\nContent-Length: 0\r\n\r\n`],
    ["its request had bounds of its own", ok, { readMs: 10_000 }],
  ])("is not used again when %s", ([, answer, first]) =>
    Effect.map(two(answer, first), ({ connections, landing }) => {
      strictEqual(connections, 2)
      deepStrictEqual(landing, empty)
    }),
  )
  it.scoped("is not used again when it brings what nobody asked for, and that is no answer", () =>
    Effect.gen(function* () {
      const sockets: Array<net.Socket> = []
      const closed = yield* Deferred.make<void>()
      const server = yield* answering((socket) => {
        sockets.push(socket)
        socket.once("close", () => Deferred.unsafeDone(closed, Effect.void))
        socket.write(ok)
      })
      const client = yield* makeClient()
      deepStrictEqual(yield* send(client, server.url), empty)
      sockets[0]?.write("HTTP/1.1 418 No\r\nContent-Length: 0\r\n\r\n")
      yield* Deferred.await(closed)
      deepStrictEqual(yield* send(client, server.url), empty)
      strictEqual(new Set(sockets).size, 2)
    }),
  )
  it.scoped("is not used again under another guard", () =>
    Effect.gen(function* () {
      const sockets = new Set<net.Socket>()
      const server = yield* answering((socket) => {
        sockets.add(socket)
        socket.write(ok)
      })
      let list: ReadonlyArray<string> | undefined
      const client = yield* makeNodeClient(
        10,
        guardsOf(() => list),
      )
      for (const now of [undefined, ["127.0.0.0/8"], ["10.0.0.1"]]) {
        list = now
        const landing = yield* send(client, server.url)
        if (now?.[0] !== "10.0.0.1") deepStrictEqual(landing, empty)
        else strictEqual((landing as { cause: { code?: string } }).cause.code, notAllowed)
      }
      strictEqual(sockets.size, 2)
    }),
  )
  it.scoped("brings what has no length, up to its end", () =>
    Effect.map(
      ask((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhi")),
      ({ landing }) =>
        deepStrictEqual(landing, { _tag: "Answered", status: 200, contentType: "text/plain", body: Buffer.from("hi") }),
    ),
  )
  it.scoped.each(["GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"])(
    "that brings no answer is a failure with a code of its own: %j",
    (answer) =>
      Effect.map(ask(answer), ({ landing }) =>
        deepStrictEqual((landing as { cause: { code?: string } }).cause.code, badAnswer),
      ),
  )
  it.scoped("speaks TLS, and only to whom it can trust", () =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.async<https.Server>((resume) => {
          const made = https.createServer({ cert: certificate, key: certificateKey }, (request, response) => {
            request.resume().once("end", () => response.end(`${request.method} ${request.url}`))
          })
          made.listen(0, "127.0.0.1", () => resume(Effect.succeed(made)))
        }),
        (made) =>
          Effect.sync(() => {
            made.close()
            made.closeAllConnections()
          }),
      )
      let connections = 0
      server.on("secureConnection", () => connections++)
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/x`
      const client = yield* makeClient()
      const refused = yield* send(client, url)
      strictEqual((refused as { cause: { code?: string } }).cause.code, "DEPTH_ZERO_SELF_SIGNED_CERT")
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0")
        }),
        () =>
          Effect.sync(() => {
            vi.unstubAllEnvs()
          }),
      )
      connections = 0
      for (let i = 0; i < 2; i++) deepStrictEqual(yield* send(client, url), { ...empty, body: Buffer.from("POST /x") })
      strictEqual(connections, 1)
    }),
  )
})

describe("a request as the client writes it", () => {
  it.scoped.each<readonly [Partial<WireRequest>, ReadonlyArray<string>, string]>([
    [{ method: "GET", body: undefined, headers: {} }, ["GET /x?a=1 HTTP/1.1", "Connection: keep-alive"], ""],
    [{ body: undefined, headers: {} }, ["POST /x?a=1 HTTP/1.1", "Content-Length: 0", "Connection: keep-alive"], ""],
    [
      {
        body: "ñ",
        headers: { "X-A": "é", "content-length": "100", connection: "close", "Transfer-Encoding": "chunked" },
      },
      ["POST /x?a=1 HTTP/1.1", "X-A: é", "Content-Length: 2", "Connection: keep-alive"],
      "Ã±",
    ],
    [
      { body: "a", headers: {}, connectMs: 1_000 },
      ["POST /x?a=1 HTTP/1.1", "Content-Length: 1", "Connection: close"],
      "a",
    ],
  ])("says itself how long it is, and what becomes of its connection: %j", ([more, lines, body]) =>
    Effect.gen(function* () {
      let received = ""
      const server = yield* answering(
        (socket) => {
          socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        },
        (chunk) => {
          received += chunk.toString("latin1")
        },
      )
      const client = yield* makeClient()
      yield* send(client, server.url, more)
      const [first = "", ...rest] = lines
      deepStrictEqual(received, [first, `Host: ${new URL(server.url).host}`, ...rest, "", body].join("\r\n"))
    }),
  )
  it.scoped("shows user and password of its URL, unless it shows others", () =>
    Effect.gen(function* () {
      const server = yield* answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      const client = yield* makeClient()
      const url = server.url.replace("://", "://us%65r:p%40ss@")
      yield* send(client, url)
      yield* send(client, url, { headers: { authorization: "Bearer x" } })
      const basic = Buffer.from("user:p@ss").toString("base64")
      deepStrictEqual(server.received().match(/^authorization: .*$/gim), [
        `Authorization: Basic ${basic}`,
        "authorization: Bearer x",
      ])
    }),
  )
  it.scoped.each<readonly [string, Partial<WireRequest>]>([
    ["ERR_INVALID_CHAR", { headers: { "X-A": "b\r\nX-B: c" } }],
    ["ERR_INVALID_CHAR", { headers: { "X-A": "\u{1f4de}" } }],
    ["ERR_INVALID_HTTP_TOKEN", { headers: { "X-A: b\r\nX-B": "c" } }],
    ["ERR_INVALID_HTTP_TOKEN", { method: "GET / HTTP/1.1\r\nX:" }],
    ["ERR_INVALID_PROTOCOL", { url: "ftp://127.0.0.1/" }],
    ["ERR_INVALID_URL", { url: "http://" }],
  ])("is not sent when it would be another: %s %j", ([code, more]) =>
    Effect.gen(function* () {
      const server = yield* answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      const client = yield* makeClient()
      const landing = yield* send(client, server.url, more)
      strictEqual((landing as { cause: { code?: string } }).cause.code, code)
      strictEqual(server.received(), "")
    }),
  )
})
