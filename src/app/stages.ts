import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { sha256 } from "../core/canonical.ts"
import type { Landing, WireClient } from "../network/nodeClient.ts"
import { isBelow } from "../network/settings.ts"
import { type Reached, ScenarioBroken } from "../scenarios/Scenario.ts"
import type { Forward, StageOptions, Stages } from "../scenarios/Stage.ts"
import { Exchange } from "../server/Exchange.ts"
import { serveHttp } from "../server/HttpServer.ts"
import { gist } from "../timetravel/gist.ts"
import { startApplication } from "./application.ts"
import { startExchange } from "./exchange.ts"
import { checkChange } from "./liveSettings.ts"
import { rules } from "./rules.ts"
import { settingsOf } from "./settings.ts"
import { checkSettings } from "./settingsCheck.ts"
import { SettingsFile } from "./settingsFile.ts"
import { stageOf } from "./stageOf.ts"
import { traces } from "./traces.ts"

/** The code of requests to addresses that a scenario says nothing about. */
const noEndpoint = "no-endpoint"

/** The exchange as scenarios know it. */
export const stages: Stages = {
  settingsSchema: Schema.Struct({
    twilio: SettingsFile.fields.twilio,
    callbacks: SettingsFile.fields.callbacks,
    conversations: SettingsFile.fields.conversations,
    gateway: SettingsFile.fields.gateway,
  }),
  checkSettings: (settings) =>
    Either.match(checkSettings(settings), { onLeft: (problems) => problems, onRight: () => [] }),
  checkChange: (settings, patch) =>
    Either.match(checkChange(settings, patch), { onLeft: (problems) => problems, onRight: () => [] }),
  entryTypes: rules.entryTypes.map(({ type }) => type),
  open: (options) =>
    Effect.mapError(open(options), (error) =>
      error instanceof ScenarioBroken ? error : new ScenarioBroken({ lines: [error.message] }),
    ),
  noEndpoint,
  gist,
  traces,
}

/** The auth token of a scenario that names none: the same everywhere, so that a hash of it is. */
const tokenOf = (seed: number): string => sha256(`scenario token\n${seed}`).slice(0, 32)

const open = ({ application, forwards, seed, settings, start }: StageOptions) =>
  Effect.gen(function* () {
    const read = settingsOf(settings as SettingsFile)
    let reached: Reached | undefined
    const started = yield* startExchange({
      settings: { ...read, db: ":memory:", authToken: read.authToken ?? Redacted.make(tokenOf(seed)) },
      seed,
      start,
      pace: { _tag: "paused" },
      leavesBy: (client) => fenced(client, forwards, () => reached),
    })
    const { authToken, exchange } = started
    const accountSid = read.run.twilio.account_sid
    const address = application === undefined ? undefined : yield* listen(exchange, application.port)
    if (address !== undefined) started.listensAt(address)
    reached = { accountSid, authToken: Redacted.value(authToken), url: address }
    if (application !== undefined) yield* startApplication(application, forwards, reached)
    return yield* stageOf(started, { accountSid, address })
  })

const listen = (exchange: typeof Exchange.Service, port: number) => {
  const host = "127.0.0.1"
  const listening = serveHttp({ host, port, allowedHosts: [], adminToken: undefined })
  return Effect.map(
    Effect.provide(listening, Layer.succeed(Exchange, exchange)),
    (bound) => `http://${host}:${bound.port}`,
  )
}

/** The client for addresses a scenario forwards to; every other is refused at once, so that a scenario reaches nobody by mistake. */
const fenced = (
  client: WireClient,
  forwards: ReadonlyArray<Forward>,
  reached: () => Reached | undefined,
): WireClient => ({
  send: (request, landed) => {
    const forward = forwards.find(({ to }) => isBelow(request.url, to))
    if (forward !== undefined && forward.handler === undefined) return client.send(request, landed)
    let cancelled = false
    const land = (landing: Landing) => {
      if (!cancelled) landed(landing)
    }
    const exchange = reached()
    if (forward?.handler === undefined || exchange === undefined)
      queueMicrotask(() => land({ _tag: "Failed", cause: { code: noEndpoint } }))
    else
      forward.handler(request, exchange).then(
        ({ body = "", contentType = "", status }) =>
          land({ _tag: "Answered", status, contentType, body: Buffer.from(body) }),
        () => land({ _tag: "Failed", cause: { code: "ECONNRESET" } }),
      )
    return () => {
      cancelled = true
    }
  },
})
