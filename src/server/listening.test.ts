import * as http from "node:http"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { listen } from "./listening.ts"

describe("a server that listens", () => {
  it.scoped("tells once that connections cannot be taken, and goes on", () =>
    Effect.gen(function* () {
      const said: Array<string> = []
      const logger = Logger.make(({ message }) => said.push(String(message)))
      const server = http.createServer()
      yield* listen(server, { host: "127.0.0.1", port: 0 }, new Set()).pipe(
        Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
      )
      const failure = Object.assign(new Error("accept EMFILE"), { code: "EMFILE" })
      server.emit("error", failure)
      server.emit("error", failure)
      deepStrictEqual([said, server.listening], [["a connection could not be taken: EMFILE"], true])
    }),
  )
})
