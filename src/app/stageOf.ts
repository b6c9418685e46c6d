import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import { twilioSigns } from "../carriers/twilio/door.ts"
import { authTokenSecret, subaccountTokenSecret } from "../carriers/twilio/settings.ts"
import type { JsonObject } from "../core/canonical.ts"
import type { Row } from "../core/Entry.ts"
import type { OutboundRequested } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import { sign, signedForm } from "../core/signature.ts"
import type { Run } from "../engine/Run.ts"
import type { LogUnavailable } from "../log/EventLog.ts"
import type { Keys } from "../log/Keys.ts"
import { withQuery } from "../network/redirects.ts"
import { restoreUserinfo } from "../network/secretUrl.ts"
import { ScenarioBroken } from "../scenarios/Scenario.ts"
import type { Stage } from "../scenarios/Stage.ts"
import { basic } from "../scenarios/steps/asking.ts"
import { doorOf } from "../server/Exchange.ts"
import type { Started } from "./exchange.ts"

/** The host that answers name where the exchange does not listen. */
const hostShown = "api.twilio.com"

/** A started exchange as scenarios know it; `address` is where it listens, if it does. */
export const stageOf = (
  started: Started,
  at: { readonly accountSid: string; readonly address: string | undefined },
): Effect.Effect<Stage, LogUnavailable> =>
  Effect.map(rowsOf(started.exchange.run), (rows) => stageWith(rows, started, at))

/** The rows of a run's log, to be read at once; those of a file are kept as they are written. */
export const rowsOf = ({ engine, log }: Pick<Run, "engine" | "log">): Effect.Effect<Stage["rows"], LogUnavailable> =>
  Effect.gen(function* () {
    const { packed } = log
    if (packed !== undefined) return packed.read
    const rows: Array<Row> = []
    const later: Array<Row> = []
    engine.onCommitted((made) => {
      for (const { row } of made) later.push(row)
    })
    for (;;) {
      const page = yield* log.read(rows.length, limits.readEntriesMax)
      if (page.length === 0) break
      rows.push(...page)
    }
    const last = rows.length
    return (after, limit) => {
      // What was written while it was read is there twice.
      for (const row of later.splice(0)) if (row.seq > last) rows.push(row)
      return rows.slice(after, after + limit)
    }
  })

const stageWith = (
  rows: Stage["rows"],
  { authToken, exchange, keys }: Started,
  { accountSid, address }: { readonly accountSid: string; readonly address: string | undefined },
): Stage => {
  const { calls, carrier, messages, phones, run, settings: door } = exchange
  const host = address === undefined ? hostShown : new URL(address).host
  const told = new Set([Redacted.value(authToken)])
  return {
    run,
    rows,
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
}

/** Where an answer tells a secret, and where a URL may hold one. */
const secretHole = /\{"secret":"(twilio\.[^"\\]*)"\}/g
const userinfo = /(\w:\/\/)[^/@\s"]*@/g

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
