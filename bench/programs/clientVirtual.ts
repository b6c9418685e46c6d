import { performance } from "node:perf_hooks"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Random from "effect/Random"
import { clientOver, type Http, HttpFailure } from "../../src/client/client.ts"
import { accountSid, authToken, numberedForm } from "../support/message.ts"
import { VirtualClock } from "../support/virtualClock.ts"

/*
 * Messages through the client's limits, repeats and circuit breaker in virtual time: of an API inside the process every tenth request is
 * refused with 429, every twentieth finds no connection, and for a minute in every ten all of them fail.
 */

const count = Number(process.argv[2] ?? 10_000)
let requests = 0

const http: Http = {
  send: () =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const n = requests++
      if (n % 20 === 7 || Math.floor(now / 60_000) % 10 === 5)
        return Effect.fail(new HttpFailure({ reason: "connect", left: false, message: "no connection" }))
      if (n % 10 === 3) return Effect.succeed({ status: 429, headers: {}, body: '{"code":20429}' })
      const sid = `SM${String(n).padStart(32, "0")}`
      const body = JSON.stringify({ sid, status: "queued", to: "+1", direction: "outbound-api", num_segments: "1" })
      return Effect.succeed({ status: 201, headers: {}, body })
    }),
}

const client = Either.getOrThrow(
  clientOver(http, { accountSid, authToken, limits: { account: { perSecond: 10 }, numberOf: "recipient" } }),
)

/** A message whose error says that it may be sent later is sent later. */
const sendNow = (n: number): Effect.Effect<boolean> => {
  const { Body: body = "", From: from = "", To: to = "" } = Object.fromEntries(numberedForm(5_550_000 + n))
  return client.messages.send({ to, from, body }).pipe(
    Effect.as(true),
    Effect.catchAll((error) =>
      error.retryable
        ? Effect.zipRight(
            Effect.sleep(error.retryAfterMs ?? 1_000),
            Effect.suspend(() => sendNow(n)),
          )
        : Effect.succeed(false),
    ),
  )
}
const all = Effect.forEach(
  Array.from({ length: count }, (_, n) => n),
  sendNow,
  { concurrency: 100 },
)

const clock = new VirtualClock()
const began = performance.now()
const outcomes = await clock.run(Logger.withMinimumLogLevel(all, LogLevel.None).pipe(Effect.withRandom(Random.make(1))))
const sent = outcomes.filter((ok) => ok).length
const found = { ms: performance.now() - began, virtualMs: clock.now, sent, requests }
if (process.send === undefined) console.log(found)
else process.send(found)
