import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { Exchange } from "../server/Exchange.ts"
import { serveHttp } from "../server/HttpServer.ts"
import { type Started, startExchange } from "./exchange.ts"
import { readSettings } from "./settings.ts"

/** An exchange of its own, in memory, that answers on loopback what a recording does not; settings are those of file and environment. */
export const simulatedExchange = (
  config: string | undefined,
): Effect.Effect<URL, { readonly message: string }, Scope.Scope> =>
  Effect.gen(function* () {
    const settings = yield* readSettings({ config, db: ":memory:", host: "127.0.0.1", port: 0 })
    const started: Started = yield* startExchange({ settings })
    const listening = serveHttp({ ...settings.server, allowedHosts: [], adminToken: undefined })
    const { port } = yield* Effect.provide(listening, Layer.succeed(Exchange, started.exchange))
    const address = `http://127.0.0.1:${port}`
    started.listensAt(address)
    return new URL(address)
  })

/** The token that signs webhooks of a recording: that of the settings and the environment, as `ringback serve` reads them. */
export const webhookToken = (
  config: string | undefined,
): Effect.Effect<Redacted.Redacted<string> | undefined, { readonly message: string }> =>
  Effect.map(readSettings({ config }), ({ authToken }) => authToken)
