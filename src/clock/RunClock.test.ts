import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { limits } from "../core/limits.ts"
import type { Pace } from "./pace.ts"
import { makeRunClock, type RunClock } from "./RunClock.ts"

interface Wait {
  readonly ms: number
  /** Ends the wait; what was waiting goes on only when fibres next run. */
  readonly elapse: () => void
  given: boolean
}

/** A host whose wall clock can be set while its monotonic one goes on, and whose waits end when a test says so. */
const makeHost = () => {
  const host = { wallMs: 1_767_225_600_000, monotonicMs: 5_000, waits: [] as Array<Wait> }
  const clock: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    unsafeCurrentTimeMillis: () => host.wallMs,
    unsafeCurrentTimeNanos: () => BigInt(Math.round(host.monotonicMs * 1_000_000)),
    currentTimeMillis: Effect.sync(() => host.wallMs),
    currentTimeNanos: Effect.sync(() => BigInt(Math.round(host.monotonicMs * 1_000_000))),
    sleep: (duration) =>
      Effect.async((resume) => {
        const wait: Wait = { ms: Duration.toMillis(duration), elapse: () => resume(Effect.void), given: false }
        host.waits.push(wait)
        return Effect.sync(() => {
          wait.given = true
        })
      }),
  }
  return {
    clock,
    waits: host.waits,
    /** Time goes on, on both clocks. */
    pass: (ms: number) => {
      host.wallMs += ms
      host.monotonicMs += ms
    },
    /** Somebody sets the wall clock. */
    jump: (ms: number) => {
      host.wallMs += ms
    },
  }
}

const real: Pace = { _tag: "real" }
const paused: Pace = { _tag: "paused" }
const fast: Pace = { _tag: "fast" }
const times = (n: number): Pace => ({ _tag: "times", n })

const test = (name: string, body: (clock: RunClock, host: ReturnType<typeof makeHost>) => Effect.Effect<void> | void) =>
  it.effect(name, () => {
    const host = makeHost()
    return Effect.gen(function* () {
      const clock = yield* makeRunClock
      yield* body(clock, host) ?? Effect.void
    }).pipe(Effect.withClock(host.clock))
  })

/** Lets every fibre go as far as it can. */
const settle = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

describe("a run's clock", () => {
  test("stands paused at 0 until it is set", (clock, host) => {
    host.pass(1_000)
    strictEqual(clock.now(), 0)
    deepStrictEqual(clock.pace(), paused)
  })

  test("goes with the host at pace real", (clock, host) => {
    clock.set(100, real)
    strictEqual(clock.now(), 100)
    host.pass(250)
    strictEqual(clock.now(), 350)
  })

  test("goes n times as fast at pace <n>x", (clock, host) => {
    clock.set(100, times(60))
    host.pass(250)
    strictEqual(clock.now(), 100 + 250 * 60)
    host.pass(0.5)
    strictEqual(clock.now(), 100 + 250 * 60 + 30)
  })

  test("shows whole ms and never more than have passed", (clock, host) => {
    clock.set(100, real)
    host.pass(0.999)
    strictEqual(clock.now(), 100)
    host.pass(0.001)
    strictEqual(clock.now(), 101)
  })

  for (const pace of [paused, fast])
    test(`stands at pace ${pace._tag}, whatever the host does`, (clock, host) => {
      clock.set(100, pace)
      host.pass(1_000)
      host.jump(-5_000)
      strictEqual(clock.now(), 100)
      strictEqual(clock.offset(), undefined)
    })

  test("goes on from where it is set, not from where it stood", (clock, host) => {
    clock.set(100, real)
    host.pass(50)
    clock.set(9_000, times(2))
    strictEqual(clock.now(), 9_000)
    host.pass(50)
    strictEqual(clock.now(), 9_100)
    clock.set(clock.now(), paused)
    host.pass(50)
    strictEqual(clock.now(), 9_100)
    clock.set(clock.now(), real)
    host.pass(50)
    strictEqual(clock.now(), 9_150)
  })

  for (const pace of [real, times(60)])
    test(`does not follow a wall clock that is set back and forward (${pace._tag})`, (clock, host) => {
      const speed = pace._tag === "times" ? pace.n : 1
      clock.set(1_000, pace)
      let passed = 0
      let last = clock.now()
      for (const [ms, jump] of [
        [10, -3_600_000],
        [0, 0],
        [10, 7_200_000],
        [5, -86_400_000 * 400],
        [0, 1],
        [20, 86_400_000 * 800],
      ] as const) {
        host.jump(jump)
        strictEqual(clock.now(), last)
        host.pass(ms)
        passed += ms
        strictEqual(clock.now(), 1_000 + passed * speed)
        last = clock.now()
      }
    })

  test("tells how far it is from the host's wall clock, which a restart goes on from", (clock, host) => {
    const started = clock.hostNow()
    clock.set(started + 5_000, real)
    strictEqual(clock.offset(), 5_000)
    host.pass(1_000)
    strictEqual(clock.offset(), 5_000)
    host.jump(-2_000)
    strictEqual(clock.offset(), 7_000)
    clock.set(clock.now(), times(10))
    host.pass(100)
    strictEqual(clock.offset(), 7_900)
  })

  test("reads the host's clocks apart", (clock, host) => {
    const [wall, monotonic] = [clock.hostNow(), clock.hostMonotonic()]
    host.jump(1_000)
    strictEqual(clock.hostNow(), wall + 1_000)
    strictEqual(clock.hostMonotonic(), monotonic)
    host.pass(1.5)
    strictEqual(clock.hostMonotonic(), monotonic + 1.5)
  })
})

describe("a wait", () => {
  test("calls back once, when it has passed", (clock, host) =>
    Effect.gen(function* () {
      let called = 0
      clock.wake(250, () => called++)
      deepStrictEqual(
        host.waits.map(({ ms }) => ms),
        [250],
      )
      yield* settle
      strictEqual(called, 0)
      host.waits[0]?.elapse()
      yield* settle
      strictEqual(called, 1)
      clock.wake(undefined, () => called++)
      yield* settle
      strictEqual(called, 1)
    }))

  test("is cut at the longest the host can hold; the caller looks again", (clock, host) =>
    Effect.gen(function* () {
      let called = 0
      const asked = [limits.waitMsMax - 1, limits.waitMsMax, limits.waitMsMax + 1, 2 ** 31, Number.MAX_SAFE_INTEGER]
      for (const ms of asked) clock.wake(ms, () => called++)
      deepStrictEqual(
        host.waits.map(({ ms }) => ms),
        [limits.waitMsMax - 1, limits.waitMsMax, limits.waitMsMax, limits.waitMsMax, limits.waitMsMax],
      )
      host.waits.at(-1)?.elapse()
      yield* settle
      strictEqual(called, 1)
    }))

  test("of no time calls back, and not before the caller has returned", (clock, host) =>
    Effect.gen(function* () {
      let called = 0
      clock.wake(0, () => called++)
      strictEqual(host.waits[0]?.ms, 0)
      host.waits[0]?.elapse()
      strictEqual(called, 0)
      yield* settle
      strictEqual(called, 1)
    }))

  test("that is replaced never calls back, and is given up at the host", (clock, host) =>
    Effect.gen(function* () {
      const called: Array<string> = []
      clock.wake(100, () => called.push("first"))
      clock.wake(200, () => called.push("second"))
      yield* settle
      assertTrue(host.waits[0]?.given === true)
      host.waits[0]?.elapse()
      host.waits[1]?.elapse()
      yield* settle
      deepStrictEqual(called, ["second"])
    }))

  test("that has passed but was replaced before anybody was told never calls back", (clock, host) =>
    Effect.gen(function* () {
      const called: Array<string> = []
      clock.wake(100, () => called.push("first"))
      host.waits[0]?.elapse()
      clock.wake(200, () => called.push("second"))
      yield* settle
      deepStrictEqual(called, [])
      host.waits[1]?.elapse()
      yield* settle
      deepStrictEqual(called, ["second"])
    }))

  test("that is cancelled never calls back", (clock, host) =>
    Effect.gen(function* () {
      let called = 0
      clock.wake(100, () => called++)
      clock.wake(undefined, () => called++)
      yield* settle
      host.waits[0]?.elapse()
      yield* settle
      strictEqual(called, 0)
      strictEqual(host.waits.length, 1)
    }))

  test("can be begun by the one before", (clock, host) =>
    Effect.gen(function* () {
      const called: Array<number> = []
      clock.wake(1, () => {
        called.push(1)
        clock.wake(2, () => called.push(2))
      })
      host.waits[0]?.elapse()
      yield* settle
      deepStrictEqual(called, [1])
      strictEqual(host.waits[1]?.ms, 2)
      assertTrue(host.waits[1]?.given === false)
      host.waits[1]?.elapse()
      yield* settle
      deepStrictEqual(called, [1, 2])
    }))
})
