import * as http from "node:http"
import * as net from "node:net"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import { listen, listenBeside } from "./listening.ts"

/** As many turns of the event loop as it could need for what it must not do. */
const turns = Effect.promise(async () => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
})

const at = { host: "127.0.0.1", port: 0 }

describe("a server that listens", () => {
  it.scoped("and ends waits for its answers on connections that came by another one, too", () =>
    Effect.gen(function* () {
      const asked: Array<http.ServerResponse> = []
      const server = http.createServer((_, response) => void asked.push(response))
      const beside = net.createServer((socket) => server.emit("connection", socket))
      const [scope, outer] = [yield* Scope.make(), yield* Effect.scope]
      yield* Scope.extend(listen(server, at, new Set()), scope)
      yield* Scope.extend(listenBeside(beside, at), outer)
      const { port } = beside.address() as net.AddressInfo
      const got = yield* Effect.fork(
        Effect.promise(async () => {
          const response = await fetch(`http://127.0.0.1:${port}/`)
          return [response.headers.get("connection"), await response.text()]
        }),
      )
      while (asked.length === 0) yield* turns
      const ended = yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* turns
      strictEqual((yield* Fiber.poll(ended))._tag, "None")
      asked[0]?.end("done")
      deepStrictEqual(yield* Fiber.join(got), ["close", "done"])
      // No time passes by this clock, so nothing is cut.
      yield* Fiber.join(ended)
    }),
  )

  it.scoped("tells once that connections cannot be taken, and goes on", () =>
    Effect.gen(function* () {
      const said: Array<string> = []
      const logger = Logger.make(({ message }) => said.push(String(message)))
      const server = http.createServer()
      yield* listen(server, at, new Set()).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
      const failure = Object.assign(new Error("accept EMFILE"), { code: "EMFILE" })
      server.emit("error", failure)
      server.emit("error", failure)
      deepStrictEqual([said, server.listening], [["a connection could not be taken: EMFILE"], true])
    }),
  )
})
