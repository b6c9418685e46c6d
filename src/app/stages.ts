import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { twilioSigns } from "../carriers/twilio/door.ts"
import { authTokenSecret, subaccountTokenSecret } from "../carriers/twilio/settings.ts"
import { type JsonObject, sha256 } from "../core/canonical.ts"
import type { OutboundRequested } from "../core/entries.ts"
import { sign, signedForm } from "../core/signature.ts"
import type { Keys } from "../log/Keys.ts"
import type { Landing, WireClient } from "../network/nodeClient.ts"
import { withQuery } from "../network/redirects.ts"
import { restoreUserinfo } from "../network/secretUrl.ts"
import { isBelow } from "../network/settings.ts"
import { type Reached, ScenarioBroken } from "../scenarios/Scenario.ts"
import type { Forward, Stage, StageOptions, Stages } from "../scenarios/Stage.ts"
import { basic } from "../scenarios/steps/asking.ts"
import { doorOf, Exchange } from "../server/Exchange.ts"
import { serveHttp } from "../server/HttpServer.ts"
import { gist } from "../timetravel/gist.ts"
import { startApplication } from "./application.ts"
import { startExchange } from "./exchange.ts"
import { checkChange } from "./liveSettings.ts"
import { rules } from "./rules.ts"
import { settingsOf } from "./settings.ts"
import { checkSettings } from "./settingsCheck.ts"
import { SettingsFile } from "./settingsFile.ts"
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

/** The host that answers name where the exchange does not listen. */
const hostShown = "api.twilio.com"

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
    const { authToken, exchange, keys } = started
    const accountSid = read.run.twilio.account_sid
    const address = application === undefined ? undefined : yield* listen(exchange, application.port)
    if (address !== undefined) started.listensAt(address)
    const { calls, carrier, messages, phones, run, settings: door } = exchange
    const host = address === undefined ? hostShown : new URL(address).host
    reached = { accountSid, authToken: Redacted.value(authToken), url: address }
    if (application !== undefined) yield* startApplication(application, forwards, reached)
    const told = new Set([Redacted.value(authToken)])
    const { packed } = run.log
    if (packed === undefined) return yield* Effect.dieMessage("a scenario is played in memory")
    const stage: Stage = {
      run,
      rows: packed.read,
      accountSid,
      authToken,
      authorization: Redacted.make(basic(`${accountSid}:${Redacted.value(authToken)}`)),
      address,
      request: (raw) => doorOf(exchange, raw.url.split("?", 1)[0] ?? "/").wireIn(raw),
      fill: (body) => {
        const text = carrier.fill(body, host)
        for (const [, name = ""] of body.matchAll(secretHole)) {
          const secret = keys.secret(name)
          if (secret !== undefined) told.add(Redacted.value(secret))
        }
        return text
      },
      headers: (answer) => carrier.headers({ ...answer, concurrent: 1 }),
      hide: (text) =>
        [...told].reduce((hidden, secret) => hidden.replaceAll(secret, "[secret]"), text.replace(userinfo, "$1...@")),
      phones: {
        arriving: phones.arriving,
        received: (made) => phones.received(made) as JsonObject | undefined,
      },
      calls,
      messages: () => messages.newest() ?? [],
      change: (patch) =>
        Effect.matchEffect(door.change(patch), {
          onSuccess: () => Effect.succeed(Either.void),
          onFailure: (error) =>
            error._tag === "BadChange"
              ? Effect.succeed(
                  Either.left(
                    error.problems.map(({ expected, found, path }) => `${path}: expected ${expected}, found ${found}`),
                  ),
                )
              : Effect.fail(new ScenarioBroken({ lines: [error.message] })),
        }),
      signature: signatureBy(keys, accountSid),
    }
    return stage
  })

/** Where an answer tells a secret, and where a URL may hold one. */
const secretHole = /\{"secret":"(twilio\.[^"\\]*)"\}/g
const userinfo = /(\w:\/\/)[^/@\s"]*@/g

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

/**
 * Holds the signature a request is sent with against the one its receiver works out: the application knows the token of the
 * account that the request is about.
 */
const signatureBy =
  (keys: Keys, accountSid: string) =>
  (request: OutboundRequested): "valid" | "invalid" | "none" => {
    if (request.sign === undefined) return "none"
    const url = withQuery(restoreUserinfo(request.url, keys), request)
    const about = request.params.find(([name]) => name === "AccountSid")?.[1] ?? accountSid
    const token = keys.secret(about === accountSid ? authTokenSecret : subaccountTokenSecret(about))
    const sent = twilioSigns(keys)(request.sign)?.(request, url)["X-Twilio-Signature"]
    if (sent === undefined || token === undefined) return "none"
    const params = request.method === "GET" ? [] : request.params
    return sent === sign(Redacted.value(token), signedForm(url), params) ? "valid" : "invalid"
  }
