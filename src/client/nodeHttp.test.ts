import * as http from "node:http"
import * as https from "node:https"
import type { AddressInfo } from "node:net"
import * as net from "node:net"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { certificate, certificateKey } from "../../test/support/certificate.ts"
import type { HttpAnswer, HttpFailure, HttpRequest } from "./Http.ts"
import { makeNodeHttp, type NodeHttpOptions } from "./nodeHttp.ts"

/** A server on loopback until the scope closes; gives its port. */
const listening = (server: net.Server, host = "127.0.0.1") =>
  Effect.acquireRelease(
    Effect.async<number>((resume) => {
      const sockets = new Set<net.Socket>()
      server.on("connection", (socket: net.Socket) => {
        sockets.add(socket)
        socket.on("error", () => {})
      })
      server.on("close", () => sockets.clear())
      server.listen(0, host, () => resume(Effect.succeed((server.address() as AddressInfo).port)))
      Object.assign(server, { cut: () => [...sockets].map((socket) => socket.destroy()) })
    }),
    () =>
      Effect.sync(() => {
        server.close()
        ;(server as net.Server & { readonly cut: () => void }).cut()
      }),
  )

/** A server that does this with a connection once it has sent something. */
const doing = (act: (socket: net.Socket) => void) =>
  listening(net.createServer((socket) => socket.once("data", () => act(socket))))

const requestTo = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: "POST",
  url,
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
  authorization: Redacted.make("Basic eDp5"),
  body: "To=1",
  timeoutMs: 20_000,
  connectTimeoutMs: 20_000,
  ...more,
})

const sending = (url: string, more: Partial<HttpRequest> = {}, options: NodeHttpOptions = {}) =>
  Effect.flatMap(
    Effect.acquireRelease(
      Effect.sync(() => makeNodeHttp(options)),
      ({ close }) => Effect.sync(close),
    ),
    (made) => made.send(requestTo(url, more)),
  )

/** Why there was no answer, and whether it left. */
const failing = (request: Effect.Effect<HttpAnswer, HttpFailure, import("effect/Scope").Scope>) =>
  Effect.map(Effect.flip(request), ({ left, reason }) => [reason, left])

describe("The way over node's own https", () => {
  it.scopedLive("sends method, headers, credentials and body, and gives the whole answer", () =>
    Effect.gen(function* () {
      const seen: Array<unknown> = []
      const port = yield* listening(
        http.createServer(async (request, response) => {
          let body = ""
          for await (const chunk of request) body += chunk
          const { authorization, "content-type": type } = request.headers
          seen.push(request.method, request.url, authorization, type, body)
          response.writeHead(201, { "X-Two": ["a", "b"], "Content-Type": "application/json" }).end('{"a":"ü"}')
        }),
      )
      const { body, headers, status } = yield* sending(`http://127.0.0.1:${port}/x?a=1`)
      deepStrictEqual([status, body, headers["x-two"]], [201, '{"a":"ü"}', "a, b"])
      deepStrictEqual(seen, ["POST", "/x?a=1", "Basic eDp5", "application/x-www-form-urlencoded", "To=1"])
    }),
  )

  it.scopedLive("follows no redirect", () =>
    Effect.gen(function* () {
      const port = yield* doing((socket) =>
        socket.end("HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\nContent-Length: 0\r\n\r\n"),
      )
      strictEqual((yield* sending(`http://127.0.0.1:${port}/`)).status, 302)
    }),
  )

  it.scopedLive("knows of a port where nobody listens, and of a name that nobody has, that nothing left", () =>
    Effect.gen(function* () {
      const free = yield* Effect.scoped(listening(net.createServer()))
      deepStrictEqual(yield* failing(sending(`http://127.0.0.1:${free}/`)), ["connect", false])
      deepStrictEqual(yield* failing(sending("http://nobody.invalid/")), ["dns", false])
    }),
  )

  it.scopedLive.each<readonly [string, (socket: net.Socket) => void, HttpFailure["reason"]]>([
    ["reset", (socket) => socket.resetAndDestroy(), "reset"],
    ["closed", (socket) => socket.end(), "reset"],
    ["answered by half", (socket) => socket.end("HTTP/1.1 201 Created\r\nContent-Length: 10\r\n\r\n{"), "reset"],
    ["answered by what is no HTTP", (socket) => socket.end("SSH-2.0-x\r\n"), "broken"],
  ])("knows of a request that was %s that it left", ([, act, reason]) =>
    Effect.gen(function* () {
      const port = yield* doing(act)
      deepStrictEqual(yield* failing(sending(`http://127.0.0.1:${port}/`)), [reason, true])
    }),
  )

  it.scopedLive("knows of a request that was not answered in time that it left", () =>
    Effect.gen(function* () {
      const port = yield* doing(() => {})
      deepStrictEqual(yield* failing(sending(`http://127.0.0.1:${port}/`, { timeoutMs: 200 })), ["timeout", true])
    }),
  )

  it.scopedLive("knows of one that waited for a connection in vain that nothing of it left", () =>
    Effect.gen(function* () {
      const port = yield* doing(() => {})
      const made = makeNodeHttp({ connectionsMax: 1 })
      const first = yield* Effect.fork(made.send(requestTo(`http://127.0.0.1:${port}/`)))
      yield* Effect.sleep(50)
      deepStrictEqual(yield* failing(made.send(requestTo(`http://127.0.0.1:${port}/`, { timeoutMs: 100 }))), [
        "timeout",
        false,
      ])
      yield* Fiber.interrupt(first)
      made.close()
    }),
  )

  it.scopedLive("bounds a handshake that does not come about, of which nothing left", () =>
    Effect.gen(function* () {
      const port = yield* doing(() => {})
      deepStrictEqual(yield* failing(sending(`https://127.0.0.1:${port}/`, { connectTimeoutMs: 100 })), [
        "timeout",
        false,
      ])
    }),
  )

  it.scopedLive("refuses an answer that has no end", () =>
    Effect.gen(function* () {
      const port = yield* doing((socket) => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n")
        const more = () => {
          while (!socket.destroyed && socket.write(Buffer.alloc(1 << 20))) {}
        }
        socket.on("drain", more)
        more()
      })
      deepStrictEqual(yield* failing(sending(`http://127.0.0.1:${port}/`)), ["too-long", true])
    }),
  )

  it.scopedLive("ends the connection of a request that is interrupted", () =>
    Effect.gen(function* () {
      const [arrived, ended] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const port = yield* doing((socket) => {
        Deferred.unsafeDone(arrived, Effect.void)
        socket.once("close", () => Deferred.unsafeDone(ended, Effect.void))
      })
      const fiber = yield* Effect.fork(sending(`http://127.0.0.1:${port}/`))
      yield* Deferred.await(arrived)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(ended)
    }),
  )

  it.scopedLive("uses a connection again, and takes no chance on one that is closed just then: that request left", () =>
    Effect.gen(function* () {
      let connections = 0
      const port = yield* listening(
        net.createServer((socket) => {
          connections++
          socket.once("data", () => {
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            socket.once("data", () => socket.resetAndDestroy())
          })
        }),
      )
      const made = makeNodeHttp()
      strictEqual((yield* made.send(requestTo(`http://127.0.0.1:${port}/`))).status, 200)
      yield* Effect.yieldNow()
      deepStrictEqual(yield* failing(made.send(requestTo(`http://127.0.0.1:${port}/`))), ["reset", true])
      strictEqual(connections, 1)
      made.close()
    }),
  )

  const secure = (options: https.ServerOptions = {}, host?: string) =>
    listening(
      https.createServer({ key: certificateKey, cert: certificate, ...options }, (_, response) => response.end("{}")),
      host,
    )

  it.scopedLive("trusts a certificate that it is told to trust, and no other", () =>
    Effect.gen(function* () {
      const port = yield* secure()
      strictEqual((yield* sending(`https://127.0.0.1:${port}/`, {}, { ca: certificate })).status, 200)
      deepStrictEqual(yield* failing(sending(`https://127.0.0.1:${port}/`)), ["tls", false])
    }),
  )

  it.scopedLive("trusts none of another name", () =>
    Effect.gen(function* () {
      const port = yield* secure({}, "127.0.0.2")
      deepStrictEqual(yield* failing(sending(`https://127.0.0.2:${port}/`, {}, { ca: certificate })), ["tls", false])
    }),
  )

  it.scopedLive("speaks no TLS below 1.2, and no TLS with what is none", () =>
    Effect.gen(function* () {
      const old = yield* secure({ minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" })
      deepStrictEqual(yield* failing(sending(`https://127.0.0.1:${old}/`, {}, { ca: certificate })), ["tls", false])
      const plain = yield* listening(http.createServer((_, response) => response.end("{}")))
      deepStrictEqual(yield* failing(sending(`https://127.0.0.1:${plain}/`)), ["tls", false])
    }),
  )

  it.scopedLive("tells in its failures nothing of what was sent", () =>
    Effect.gen(function* () {
      const port = yield* doing((socket) => socket.resetAndDestroy())
      const failure = yield* Effect.flip(sending(`http://127.0.0.1:${port}/`))
      const told = [JSON.stringify(failure), String(failure), failure.stack].join()
      for (const secret of ["eDp5", "To=1"]) assertTrue(!told.includes(secret), told)
    }),
  )
})
