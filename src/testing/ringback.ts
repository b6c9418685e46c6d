import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { dataCleared } from "../core/entries.ts"
import type { PhoneMessage as Arriving, Exchange } from "../server/Exchange.ts"
import { addressIs } from "../server/reading/match.ts"
import { callbacksFor, callbacksIn } from "./callbacks.ts"
import { callsOf, phoneCalls } from "./calls.ts"
import { clockOf } from "./clock.ts"
import { connectTo } from "./connect.ts"
import { calledFrom, RingbackError } from "./errors.ts"
import { changingOf } from "./faults.ts"
import { keepInside } from "./inside.ts"
import { keys, onlyKnown } from "./keys.ts"
import { logOf } from "./log.ts"
import { messagesOf } from "./messages.ts"
import { promised } from "./promised.ts"
import { requestsFor, requestsIn } from "./requests.ts"
import type { Alert, Received, Ringback, Verification, VerificationMatch } from "./types.ts"
import type { Patience } from "./waiting.ts"

export interface Parts {
  readonly exchange: typeof Exchange.Service
  readonly authToken: string
  readonly patience: Patience
  readonly port: number
  /** Stops the server and ends the run. */
  readonly close: Effect.Effect<void>
}

/** What a test gets of a started exchange. */
export const ringbackOf = ({ authToken, close, exchange, patience, port }: Parts): Ringback => {
  const { phones, run, verifications } = exchange
  const changing = changingOf(exchange)
  const { engine } = run
  const callbacks = callbacksIn(run)
  const requests = requestsIn(run)
  const url = `http://127.0.0.1:${port}`
  const order = (frames: string, effect: Effect.Effect<unknown, { readonly message: string }>) =>
    promised(frames, Effect.asVoid(effect))
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= Effect.runPromise(close)
    return stopped
  }
  const ringback: Ringback = {
    url,
    port,
    accountSid: String((run.engine.world.settings.twilio as { readonly account_sid: string }).account_sid),
    authToken,
    seed: run.seed,
    clock: clockOf(run, patience),
    messages: messagesOf(exchange, patience),
    calls: callsOf(exchange, patience),
    callbacks: callbacksFor(run, callbacks, patience),
    requests: requestsFor(run, requests, patience),
    log: logOf(run),
    connect: connectTo(url),
    inbound: function inbound(message) {
      return promised(
        calledFrom(inbound),
        Effect.suspend(() => {
          const { body = "", from, media = [], to } = onlyKnown(message, keys.phoneMessage)
          return arrived(exchange, { body, from, media, to })
        }),
      )
    },
    call: function call(given) {
      return promised(
        calledFrom(call),
        Effect.suspend(() => phoneCalls(exchange, given)),
      )
    },
    verifications: (match = {}) => verificationsOf(verifications(), match),
    alerts: () => phones.alerts().map(alertOf),
    change: function change(patch) {
      return order(calledFrom(change), changing.change(patch))
    },
    fault: function fault(given) {
      const frames = calledFrom(fault)
      return promised(
        frames,
        Effect.map(
          Effect.suspend(() => changing.fault(given)),
          (ended) => {
            const off = () => order(frames, ended)
            return { off, [Symbol.asyncDispose]: off }
          },
        ),
      )
    },
    clear: function clear(what = "all") {
      return order(calledFrom(clear), engine.submit(dataCleared.draft("", { what })))
    },
    settled: function settled(options = {}) {
      return order(calledFrom(settled), patience.settle(run, options, engine.settled))
    },
    stop,
    [Symbol.asyncDispose]: stop,
  }
  keepInside(ringback, { exchange, callbacks, requests })
  return ringback
}

const arrived = ({ phones, run }: typeof Exchange.Service, message: Arriving) =>
  Effect.gen(function* () {
    const draft = yield* Either.mapLeft(phones.arriving(message), (why) => new RingbackError(`inbound: ${why}`))
    const received = phones.received(yield* run.engine.submit(draft))
    if (received === undefined)
      return yield* Effect.fail(
        new RingbackError(
          `inbound: no active account has the number ${message.to}; buy it, or name it in settings.twilio.allowed_from_numbers`,
        ),
      )
    const { account_sid, automatic_reply, keyword, sid } = received
    return { sid, accountSid: account_sid, keyword, automaticReply: automatic_reply } satisfies Received
  })

const verificationsOf = (
  all: ReturnType<(typeof Exchange.Service)["verifications"]>,
  match: VerificationMatch,
): ReadonlyArray<Verification> => {
  const { status, to } = onlyKnown(match, keys.verification)
  const isTo = to === undefined ? () => true : addressIs(to)
  return [...all]
    .filter((one) => isTo(one.to) && (status === undefined || one.status === status))
    .map(({ created, expires, sends: _, ...one }) => ({
      ...one,
      dateCreated: new Date(created),
      dateExpires: new Date(expires),
    }))
}

const alertOf = (alert: ReturnType<(typeof Exchange.Service)["phones"]["alerts"]>[number]): Alert => ({
  sid: alert.sid,
  accountSid: alert.account_sid,
  resourceSid: alert.resource_sid,
  errorCode: alert.error_code,
  logLevel: alert.log_level,
  alertText: alert.alert_text,
  requestMethod: alert.request_method,
  requestUrl: alert.request_url,
  dateCreated: new Date(alert.since),
})
