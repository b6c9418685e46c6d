import * as http from "node:http"
import type { AddressInfo } from "node:net"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Scope from "effect/Scope"
import { onFirstUse, type PathHandler } from "./onFirstUse.ts"
import { send } from "./plainAnswer.ts"

const path: PathHandler = (asked, _, response) => send(response, 200, "text/plain", asked)

/** A server of one handler, for the scope; gives a function that asks it. */
const served = (handler: PathHandler) =>
  Effect.acquireRelease(
    Effect.async<http.Server>((resume) => {
      const server = http.createServer((request, response) => handler(request.url ?? "", request, response))
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      }),
  ).pipe(
    Effect.map(
      (server) => (to: string) =>
        Effect.promise(async () => {
          const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${to}`)
          return `${answer.status} ${await answer.text()}`
        }),
    ),
  )

describe("a handler that is loaded at its first request", () => {
  it.scopedLive("is loaded once, for all who come meanwhile, and not before", () =>
    Effect.gen(function* () {
      let loaded = 0
      const ask = yield* served(
        yield* onFirstUse("it", async () => {
          loaded++
          return Effect.succeed(path)
        }),
      )
      strictEqual(loaded, 0)
      const answers = yield* Effect.all([ask("/a"), ask("/b"), ask("/c")], { concurrency: 3 })
      deepStrictEqual([...answers, yield* ask("/d")], ["200 /a", "200 /b", "200 /c", "200 /d"])
      strictEqual(loaded, 1)
    }),
  )

  it.scopedLive("answers 500 when it cannot be loaded or built, and says why once", () =>
    Effect.gen(function* () {
      const said: Array<string> = []
      const logger = Logger.make(({ message }) => said.push(String(message)))
      const broken = [
        () => Promise.reject(new Error("no such file")),
        async () =>
          Effect.sync((): PathHandler => {
            throw new Error("no such part")
          }),
      ]
      for (const load of broken) {
        const ask = yield* served(
          yield* onFirstUse<never>("the page", load).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger))),
        )
        for (const to of ["/a", "/b"])
          strictEqual(
            yield* ask(to),
            '500 {"_tag":"Refused","message":"the page cannot be loaded; the server\'s log says why"}',
          )
      }
      deepStrictEqual(said, [
        "the page cannot be loaded: Error: no such file",
        "the page cannot be loaded: Error: no such part",
      ])
    }),
  )

  it.live("is released with the scope, after what was acquired later", () =>
    Effect.gen(function* () {
      const released: Array<string> = []
      const release = (name: string) => Effect.addFinalizer(() => Effect.sync(() => released.push(name)))
      const scope = yield* Scope.make()
      const ask = yield* Effect.gen(function* () {
        const handler = yield* onFirstUse("it", async () => Effect.as(release("handler"), path))
        const asking = yield* served(handler)
        yield* release("server")
        return asking
      }).pipe(Scope.extend(scope))
      strictEqual(yield* ask("/a"), "200 /a")
      deepStrictEqual(released, [])
      yield* Scope.close(scope, Exit.void)
      deepStrictEqual(released, ["server", "handler"])
    }),
  )
})
