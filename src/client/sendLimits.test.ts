import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { ending, hello, scripted } from "../../test/support/scriptedClient.ts"
import { created, failed, refusedBy } from "../../test/support/scriptedHttp.ts"
import type { ClientError } from "./errors.ts"

describe("Limits and the circuit breaker around sends", () => {
  it.effect("each attempt takes a token of the sender", () =>
    Effect.gen(function* () {
      const { client, events } = scripted([failed("connect", false), failed("connect", false), created()])
      const { tookMs } = yield* ending(client.messages.sendBulk([hello, hello], { concurrency: 1 }))
      // Three attempts take the burst of three; the second message waits until there is one again.
      strictEqual(tookMs, 1_500)
      strictEqual(events.filter(({ _tag }) => _tag === "LimitReached").length, 0)
      yield* ending(client.messages.sendBulk([hello, hello, hello]))
      strictEqual(events.filter(({ _tag }) => _tag === "LimitReached").length > 0, true)
    }),
  )

  it.effect("a send that would wait is refused where the client is told so", () =>
    Effect.gen(function* () {
      const { client, http } = scripted([created()], { limits: { number: { burst: 1 }, onLimit: "refuse" } })
      yield* client.messages.send(hello)
      const error = yield* Effect.flip(client.messages.send(hello))
      deepStrictEqual(
        [error._tag, error.retryAfterMs, error.retryable, http.requests.length],
        ["NumberRateLimited", 1_000, true, 1],
      )
      yield* client.messages.send({ ...hello, from: "+15550000002" })
    }),
  )

  it.effect("recipients are limited where the client is told so", () =>
    Effect.gen(function* () {
      const limits = { number: { burst: 1 }, numberOf: "recipient", onLimit: "refuse" } as const
      const { client } = scripted([created()], { limits })
      yield* client.messages.send(hello)
      yield* client.messages.send({ ...hello, to: "+15551234568" })
      strictEqual(
        (yield* Effect.flip(client.messages.send({ ...hello, from: "+15550000002" })))._tag,
        "NumberRateLimited",
      )
    }),
  )

  it.effect("more than may wait are refused", () =>
    Effect.gen(function* () {
      const { client } = scripted([created()], { limits: { number: { burst: 1 }, waitingMax: 2 } })
      const { result, tookMs } = yield* ending(client.messages.sendBulk([hello, hello, hello, hello]))
      deepStrictEqual(
        [Either.getOrThrow(result).map((one) => (one.ok ? "sent" : one.error._tag)), tookMs],
        [["sent", "sent", "sent", "QueueFull"], 2_000],
      )
    }),
  )

  it.effect("who is interrupted gives its place to the next", () =>
    Effect.gen(function* () {
      const { client, http } = scripted([created()], { limits: { number: { burst: 1 } } })
      yield* client.messages.send(hello)
      const first = yield* Effect.fork(client.messages.send(hello))
      const second = yield* Effect.fork(client.messages.send(hello))
      yield* TestClock.adjust(500)
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust(500)
      yield* Fiber.join(second)
      strictEqual(http.requests.length, 2)
    }),
  )

  it.effect("five failures open the circuit; after 30 s one is let through at a time, and two close it", () =>
    Effect.gen(function* () {
      let well = false
      const { client, events, http } = scripted([() => (well ? created() : refusedBy(503, 20503))], { limits: false })
      for (let i = 0; i < 5; i++) strictEqual((yield* Effect.flip(client.messages.send(hello)))._tag, "OutcomeUnknown")
      const refused = yield* Effect.flip(client.messages.send(hello))
      deepStrictEqual([refused._tag, refused.retryAfterMs, http.requests.length], ["CircuitOpen", 30_000, 5])
      strictEqual(yield* client.circuit, "open")
      yield* TestClock.adjust(30_000)
      strictEqual(yield* client.circuit, "half-open")
      strictEqual((yield* Effect.flip(client.messages.send(hello)))._tag, "OutcomeUnknown")
      strictEqual(yield* client.circuit, "open")
      yield* TestClock.adjust(30_000)
      well = true
      yield* client.messages.send(hello)
      strictEqual(yield* client.circuit, "half-open")
      yield* client.messages.send(hello)
      deepStrictEqual(
        events.flatMap((event) => (event._tag === "CircuitChanged" ? [`${event.from} > ${event.to}`] : [])),
        ["closed > open", "open > half-open", "half-open > open", "open > half-open", "half-open > closed"],
      )
    }),
  )

  it.effect("an open circuit ends a call behind its failures, and the error has the last of them", () =>
    Effect.gen(function* () {
      const { client, http } = scripted([failed("connect", false)], { circuitBreaker: { failures: 2 } })
      const { result } = yield* ending(client.messages.send(hello))
      const error = Either.getOrThrow(Either.flip(result))
      deepStrictEqual([error._tag, error.attempts, http.requests.length], ["CircuitOpen", 2, 2])
      strictEqual((error.cause as ClientError)._tag, "ConnectionFailed")
    }),
  )

  it.effect("what Twilio refuses, and limits, do not open it", () =>
    Effect.gen(function* () {
      const { client } = scripted([refusedBy(400, 21211)], {
        limits: false,
        retry: false,
        circuitBreaker: { failures: 1 },
      })
      yield* Effect.flip(client.messages.send(hello))
      strictEqual(yield* client.circuit, "closed")
      const limited = scripted([refusedBy(429, 20429)], { retry: false, circuitBreaker: { failures: 1 } })
      yield* Effect.flip(limited.client.messages.send(hello))
      strictEqual(yield* limited.client.circuit, "closed")
    }),
  )

  it.effect("a request that was interrupted half open lets the next through", () =>
    Effect.gen(function* () {
      const { client } = scripted([failed("connect", false), "never", created()], {
        circuitBreaker: { failures: 1, successes: 1 },
        retry: false,
      })
      yield* Effect.flip(client.messages.send(hello))
      yield* TestClock.adjust(30_000)
      const fiber = yield* Effect.fork(client.messages.send(hello))
      yield* TestClock.adjust(1_000)
      strictEqual((yield* Effect.flip(client.messages.send(hello)))._tag, "CircuitOpen")
      yield* Fiber.interrupt(fiber)
      yield* client.messages.send(hello)
      strictEqual(yield* client.circuit, "closed")
    }),
  )
})
