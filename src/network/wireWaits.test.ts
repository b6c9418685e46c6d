import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as TestClock from "effect/TestClock"
import type { OutboundRequested } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import { WireQueue } from "./wireQueue.ts"
import { makeWaits } from "./wireWaits.ts"

const request = {} as OutboundRequested

const waiting = Effect.gen(function* () {
  const clock = yield* Effect.clock
  const now = () => clock.unsafeCurrentTimeMillis()
  const run = yield* FiberSet.makeRuntime<never, void, never>()
  const queue = new WireQueue()
  const expired: Array<number> = []
  const pace = { follows: true }
  const look = makeWaits({ queue, follows: () => pace.follows, now, run, expired: ({ seq }) => expired.push(seq) })
  const add = (seq: number, origin: string) => {
    queue.add({ seq, subject: "", request, origin, since: now() })
    look()
  }
  return { add, expired, look, pace, queue }
})

describe("requests that wait to be sent", () => {
  it.scoped("wait so long and no longer, each by itself", () =>
    Effect.gen(function* () {
      const { add, expired, queue } = yield* waiting
      add(1, "a")
      yield* TestClock.adjust(1_000)
      add(2, "b")
      add(3, "a")
      yield* TestClock.adjust(limits.wireWaitMsMax - 1_001)
      deepStrictEqual(expired, [])
      yield* TestClock.adjust(1)
      deepStrictEqual(expired, [1])
      queue.take((origin) => origin === "b")
      yield* TestClock.adjust(1_000)
      deepStrictEqual(expired, [1, 3])
    }),
  )
  it.scoped("wait for ever while virtual time stands or jumps, and begin to wait when it follows the host again", () =>
    Effect.gen(function* () {
      const { add, expired, look, pace } = yield* waiting
      pace.follows = false
      add(1, "a")
      yield* TestClock.adjust(10 * limits.wireWaitMsMax)
      pace.follows = true
      look()
      yield* TestClock.adjust(limits.wireWaitMsMax - 1)
      deepStrictEqual(expired, [])
      yield* TestClock.adjust(1)
      deepStrictEqual(expired, [1])
    }),
  )
})
