import * as http from "node:http"
import * as net from "node:net"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { limits } from "../core/limits.ts"
import { type Handler, limitConnections, patiently, usualPatience } from "./connections.ts"

const large = Buffer.alloc(64 * 1024 * 1024, "x")

/** A server with this handler, and raw clients of it. */
const serving = (handler: Handler, patience: Partial<typeof usualPatience> = {}) =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const now = () => clock.unsafeCurrentTimeMillis()
    const patient = yield* patiently({ ...usualPatience, ...patience }, now, handler)
    const server = http.createServer(patient)
    yield* Effect.acquireRelease(
      Effect.async<void>((resume) => void server.listen(0, "127.0.0.1", () => resume(Effect.void))),
      () => Effect.sync(() => server.close().closeAllConnections()),
    )
    const { port } = server.address() as net.AddressInfo
    const client = () => {
      const socket = net.connect(port, "127.0.0.1")
      socket.on("error", () => {})
      return socket
    }
    return { client, server }
  })

const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`

/** Waits for a callback of the host's. */
const until = <A>(register: (then: (value: A) => void) => void) =>
  Effect.async<A>((resume) => register((value) => resume(Effect.succeed(value))))

describe("callers who take their time", () => {
  it.scoped("are answered one request at a time, in order", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const answers: Array<http.ServerResponse> = []
      let called = () => {}
      const { client } = yield* serving((asked, response) => {
        seen.push(asked.url ?? "")
        answers.push(response)
        called()
      })
      const socket = client()
      yield* until<void>((then) => {
        called = then
        socket.write(request("/1") + request("/2") + request("/3"))
      })
      for (const n of [1, 2, 3]) {
        strictEqual(seen.join(), ["/1", "/2", "/3"].slice(0, n).join())
        if (n === 3) break
        yield* until<void>((then) => {
          called = then
          answers[n - 1]?.end("answered")
        })
      }
      socket.destroy()
    }),
  )
  it.scoped("are cut when they take nothing of an answer for too long, and not before", () =>
    Effect.gen(function* () {
      let closed = false
      let response: http.ServerResponse | undefined
      const { client } = yield* serving((_, answering) => {
        response = answering
        answering.end(large)
      })
      const socket = client().pause()
      yield* until<void>((then) => socket.write(request("/"), () => then()))
      while (response === undefined) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      response.once("close", () => {
        closed = true
      })
      yield* TestClock.adjust(limits.unreadMsMax - 1)
      strictEqual(closed, false)
      const ended = until<void>((then) => response?.once("close", () => then()))
      yield* TestClock.adjust(1_000)
      if (!closed) yield* ended
      socket.destroy()
    }),
  )
  it.scoped("are cut, those first that have waited longest, when too much waits for them all", () =>
    Effect.gen(function* () {
      const responses: Array<http.ServerResponse> = []
      const cut: Array<number> = []
      const unreadBytesMax = 2.5 * large.length
      const { client } = yield* serving(
        (_, response) => {
          const n = responses.push(response)
          response.once("close", () => cut.push(n))
          response.end(large)
        },
        { unreadBytesMax },
      )
      for (let n = 1; n <= 4; n++) {
        const socket = client().pause()
        socket.write(request("/"))
        while (responses.length < n) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
        yield* TestClock.adjust(1_000)
      }
      while (cut.length < 2) yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      deepStrictEqual(cut, [1, 2])
    }),
  )
  it.scoped("find no room when there are too many for the files the process may open", () =>
    Effect.gen(function* () {
      const { server } = yield* serving(() => {})
      limitConnections(server)
      assertTrue(server.maxConnections > 0 && server.maxConnections <= limits.connectionsMax)
    }),
  )
})
