import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Http } from "../Http.ts"
import { clientOver } from "../make.ts"
import { makeMemoryApi } from "./memoryApi.ts"
import { makeRecorder } from "./recorder.ts"
import { makeReplayer } from "./replayer.ts"

const accountSid = `AC${"1".repeat(32)}`
const ann = "+15551234567"

const over = (http: Http) =>
  Either.getOrThrow(
    clientOver(http, {
      accountSid,
      authToken: "a-token",
      from: "+14155550100",
      limits: false,
      circuitBreaker: false,
      retry: false,
    }),
  )

describe("A recording", () => {
  it.effect("tells what became of requests that another recorder had forwarded", () =>
    Effect.gen(function* () {
      const recorder = makeRecorder(makeMemoryApi({ accountSid }))
      yield* over(recorder.http).messages.send({ to: ann, body: "Hi" })
      const told = (failed: string) => {
        const exchanges = recorder.exchanges().map((exchange) => ({ ...exchange, answer: { failed } }))
        return over(makeReplayer(exchanges).http)
          .messages.send({ to: ann, body: "Hi" })
          .pipe(
            Effect.flip,
            Effect.map(({ _tag }) => _tag),
          )
      }
      strictEqual(yield* told("no such host"), "DnsResolutionFailed")
      for (const never of ["connection refused", "the certificate is not trusted (CERT_HAS_EXPIRED)"])
        strictEqual(yield* told(never), "ConnectionFailed", never)
      for (const perhaps of ["no answer in time", "connection closed without an answer", "whoever asked hung up"])
        strictEqual(yield* told(perhaps), "OutcomeUnknown", perhaps)
    }),
  )
  it.effect("has stand-ins that nobody can work out, unless their salt is given", () =>
    Effect.gen(function* () {
      const recordedNumber = (salt?: string) =>
        Effect.gen(function* () {
          const recorder = makeRecorder(makeMemoryApi({ accountSid }), { keepNumbers: false, salt })
          yield* over(recorder.http).messages.send({ to: ann, body: "Hi" })
          return /To=([^&]+)/.exec(JSON.stringify(recorder.exchanges()))?.[1]
        })
      const salted = [yield* recordedNumber("a salt of its own"), yield* recordedNumber("a salt of its own")]
      const unsalted = [yield* recordedNumber(), yield* recordedNumber()]
      deepStrictEqual([new Set(salted).size, new Set([...salted, ...unsalted]).size], [1, 3])
    }),
  )
})
