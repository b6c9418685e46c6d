import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { ask, reply, rig, signed, silent, sms, token } from "../../../test/support/webhookRig.ts"
import { inbound, webhook } from "../../../test/support/webhooks.ts"

describe("A webhook that comes again", () => {
  const counting = (answer: (n: number) => Effect.Effect<string | undefined, unknown>) => {
    let n = 0
    return { messages: [{ answer: () => Effect.suspend(() => answer(++n)) }], times: () => n }
  }
  it.effect("is answered as before and not handled again, whatever its token is", () =>
    Effect.gen(function* () {
      const { messages, times } = counting((n) => Effect.succeed(`answer ${n}`))
      const { inbound: endpoint } = yield* rig({ messages })
      const params = inbound()
      const again = (idempotency?: string) =>
        ask(
          endpoint,
          webhook(sms, params, {
            token,
            headers: idempotency === undefined ? {} : { "I-Twilio-Idempotency-Token": idempotency },
          }),
        )
      for (const idempotency of ["t1", "t1", "t2", undefined])
        deepStrictEqual(yield* again(idempotency), [200, reply("answer 1")])
      strictEqual(times(), 1)
    }),
  )
  it.effect("is let through after a failed handling", () =>
    Effect.gen(function* () {
      const { messages, times } = counting((n) => (n < 3 ? Effect.fail("not yet") : Effect.succeed("now")))
      const { inbound: endpoint } = yield* rig({ messages })
      const request = webhook(sms, inbound(), { token, headers: { "I-Twilio-Idempotency-Token": "t" } })
      strictEqual((yield* ask(endpoint, request.clone()))[0], 500)
      strictEqual((yield* ask(endpoint, request.clone()))[0], 500)
      deepStrictEqual(yield* ask(endpoint, request.clone()), [200, reply("now")])
      deepStrictEqual(yield* ask(endpoint, request.clone()), [200, reply("now")])
      strictEqual(times(), 3)
    }).pipe(Effect.provide(silent)),
  )
  it.effect("at the fallback URL, after it was handled, is known by its token", () =>
    Effect.gen(function* () {
      const { messages, times } = counting((n) => Effect.succeed(`answer ${n}`))
      const { inbound: endpoint } = yield* rig({ messages })
      const params = inbound()
      const headers = { "I-Twilio-Idempotency-Token": "t" }
      yield* ask(endpoint, webhook(sms, params, { token, headers }))
      const fallback = { ...params, ErrorCode: "11205", ErrorUrl: sms }
      deepStrictEqual(yield* ask(endpoint, webhook("https://app.example/fallback", fallback, { token, headers })), [
        200,
        reply("answer 1"),
      ])
      strictEqual(times(), 1)
    }),
  )
  it.effect("at another URL, by a redirect, is another one", () =>
    Effect.gen(function* () {
      const { messages, times } = counting((n) => Effect.succeed(`answer ${n}`))
      const { inbound: endpoint } = yield* rig({ messages })
      const params = inbound()
      const headers = { "I-Twilio-Idempotency-Token": "t" }
      yield* ask(endpoint, webhook(sms, params, { token, headers }))
      yield* ask(endpoint, webhook(`${sms}?step=2`, params, { token, headers }))
      strictEqual(times(), 2)
    }),
  )
  it.effect("while it is handled waits for that answer", () =>
    Effect.gen(function* () {
      const [gate, started] = [yield* Deferred.make<string>(), yield* Deferred.make<void>()]
      const { messages, times } = counting(() =>
        Effect.zipRight(Deferred.succeed(started, undefined), Deferred.await(gate)),
      )
      const { inbound: endpoint } = yield* rig({ messages })
      const request = webhook(sms, inbound(), signed)
      const both = [
        yield* Effect.fork(ask(endpoint, request.clone())),
        yield* Effect.fork(ask(endpoint, request.clone())),
      ]
      yield* Deferred.await(started)
      yield* ask(endpoint, webhook(sms, inbound(), { token: "other" }))
      yield* Deferred.succeed(gate, "one")
      for (const fiber of both) deepStrictEqual(yield* Fiber.join(fiber), [200, reply("one")])
      strictEqual(times(), 1)
    }).pipe(Effect.provide(silent)),
  )
  it.effect("while a handling fails is handled in its place", () =>
    Effect.gen(function* () {
      const [gate, started] = [yield* Deferred.make<void>(), yield* Deferred.make<void>()]
      const { messages, times } = counting((n) =>
        n === 1
          ? Deferred.succeed(started, undefined).pipe(
              Effect.zipRight(Deferred.await(gate)),
              Effect.zipRight(Effect.fail("first")),
            )
          : Effect.succeed("second"),
      )
      const { inbound: endpoint } = yield* rig({ messages })
      const request = webhook(sms, inbound(), signed)
      const first = yield* Effect.fork(ask(endpoint, request.clone()))
      yield* Deferred.await(started)
      const second = yield* Effect.fork(ask(endpoint, request.clone()))
      yield* Deferred.succeed(gate, undefined)
      strictEqual((yield* Fiber.join(first))[0], 500)
      deepStrictEqual(yield* Fiber.join(second), [200, reply("second")])
      strictEqual(times(), 2)
    }).pipe(Effect.provide(silent)),
  )
  it.effect("after a day is not known any more", () =>
    Effect.gen(function* () {
      const { messages, times } = counting(() => Effect.succeed(undefined))
      const { inbound: endpoint } = yield* rig({ messages })
      const request = webhook(sms, inbound(), signed)
      yield* ask(endpoint, request.clone())
      yield* TestClock.adjust("1 day")
      yield* ask(endpoint, request.clone())
      strictEqual(times(), 2)
    }),
  )
  it.effect("is answered 500 when whoever remembers requests is broken", () =>
    Effect.gen(function* () {
      const { inbound: endpoint } = yield* rig({ duplicates: { once: () => Effect.die("no connection") } })
      deepStrictEqual(yield* ask(endpoint, webhook(sms, inbound(), signed)), [500, ""])
    }).pipe(Effect.provide(silent)),
  )
})
