import type { AddressInfo } from "node:net"
import * as net from "node:net"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { guardsOf } from "./guard.ts"
import { connectTimeout, type Landing, makeNodeClient, type WireClient, type WireRequest } from "./nodeClient.ts"

/** A server that answers every request with these bytes, or does what it is told with the socket. */
const answering = (answer: string | ((socket: net.Socket) => void)) =>
  Effect.acquireRelease(
    Effect.async<{ readonly url: string; readonly received: () => string; readonly close: () => void }>((resume) => {
      let received = ""
      const sockets = new Set<net.Socket>()
      const server = net.createServer((socket) => {
        sockets.add(socket)
        socket.on("error", () => {})
        socket.on("data", (chunk) => {
          received += chunk.toString()
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

const send = (client: WireClient, url: string, more: Partial<WireRequest> = {}) =>
  Effect.async<Landing>((resume) => {
    const request = { method: "POST", url, headers: { "x-a": "b", "Content-Length": "4" }, body: "To=1", ...more }
    const cancel = client.send(request, (landing) => resume(Effect.succeed(landing)))
    return Effect.sync(cancel)
  })

const ask = (answer: Parameters<typeof answering>[0]) =>
  Effect.gen(function* () {
    const server = yield* answering(answer)
    const client = yield* makeNodeClient(
      10,
      guardsOf(() => undefined),
    )
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
      const client = yield* makeNodeClient(
        10,
        guardsOf(() => undefined),
      )
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
      const client = yield* makeNodeClient(
        10,
        guardsOf(() => undefined),
      )
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
      const client = yield* makeNodeClient(
        10,
        guardsOf(() => undefined),
        { idleMsMax: 50 },
      )
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
      const client = yield* makeNodeClient(
        10,
        guardsOf(() => undefined),
        { connectMs: 20 },
      )
      strictEqual((yield* send(client, server.url))._tag, "Answered")
    }),
  )
})
