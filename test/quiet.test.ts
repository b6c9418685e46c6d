import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { sealed, simulate } from "./support/simulate.ts"

/** A host clock on which so many ms go by whenever it is looked at, and every wait is over at once. */
const hasty = (ms: number): Clock.Clock => {
  let now = 0
  return Object.assign(Object.create(Clock.make()) as Clock.Clock, {
    unsafeCurrentTimeNanos: () => {
      now += ms
      return BigInt(now) * 1_000_000n
    },
    sleep: () => Effect.async<void>((resume) => void setImmediate(() => resume(Effect.void))),
  })
}

describe("a run with a quiet period", () => {
  it.each([1, 3, 6, 7, 9, 11, 19, 21])(
    "comes to rest whenever that period ends, also between two looks %d ms apart",
    (ms) =>
      Effect.runPromise(
        Effect.gen(function* () {
          const simulation = yield* simulate({ pace: { _tag: "paused" }, wayOut: { ...sealed, quietMs: () => 20 } })
          yield* simulation.send({ To: "+15551234567", StatusCallback: "https://good.test/a" })
          yield* simulation.run.engine.advance(60_000)
          yield* simulation.run.engine.step(5)
          const rows = yield* simulation.rows
          strictEqual(rows.filter(({ type }) => type === "message.status-changed").length, 3)
        }).pipe(Effect.scoped, Effect.withClock(hasty(ms))),
      ),
    20_000,
  )
})
