import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as TestClock from "effect/TestClock"
import { makeDeadlines } from "./deadlines.ts"

const watching = Effect.gen(function* () {
  const clock = yield* Effect.clock
  const run = yield* FiberSet.makeRuntime<never, void, never>()
  const expired: Array<string> = []
  const deadlines = makeDeadlines<{ readonly due: number; readonly name: string }>({
    now: () => clock.unsafeCurrentTimeMillis(),
    run,
    expired: ({ name }) => expired.push(name),
  })
  return { deadlines, expired }
})

describe("deadlines", () => {
  it.scoped("come when they are due, in any order of adding, and only for what was not removed", () =>
    Effect.gen(function* () {
      const { deadlines, expired } = yield* watching
      const removed = { due: 1_500, name: "removed" }
      deadlines.add({ due: 3_000, name: "late" })
      deadlines.add({ due: 1_000, name: "early" })
      deadlines.add(removed)
      deadlines.add({ due: 1_000, name: "as early" })
      yield* TestClock.adjust(999)
      deepStrictEqual(expired, [])
      yield* TestClock.adjust(1)
      deepStrictEqual(expired, ["early", "as early"])
      deadlines.remove(removed)
      yield* TestClock.adjust(1_999)
      deepStrictEqual(expired, ["early", "as early"])
      yield* TestClock.adjust(1)
      deepStrictEqual(expired, ["early", "as early", "late"])
    }),
  )
  it.scoped("are watched anew after a time without any", () =>
    Effect.gen(function* () {
      const { deadlines, expired } = yield* watching
      deadlines.add({ due: 10, name: "first" })
      yield* TestClock.adjust(100)
      deadlines.add({ due: 110, name: "second" })
      yield* TestClock.adjust(10)
      deepStrictEqual(expired, ["first", "second"])
    }),
  )
})
