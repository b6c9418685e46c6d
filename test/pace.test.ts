import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { machines } from "../src/app/machines.ts"
import { rules } from "../src/app/rules.ts"
import type { Row } from "../src/core/Entry.ts"
import { verifyRows } from "../src/engine/verify.ts"
import { messagesPath, type SimulateOptions, type Simulation, simulate } from "./support/simulate.ts"

const sound = (rows: ReadonlyArray<Row>, list = machines) =>
  Effect.map(verifyRows(Stream.fromIterable(rows), { ...rules, machines: list }), (verdict) =>
    strictEqual(verdict._tag === "Sound" ? "sound" : verdict.problem, "sound"),
  )

/** Runs `body` against a simulation whose scope ends with it. */
const within = <A, E>(options: SimulateOptions, body: (simulation: Simulation) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(simulate(options), body))

describe("the pace of a run", () => {
  const statusAfter = (simulation: Simulation, sid: string) =>
    Effect.map(
      simulation.api("GET", messagesPath.replace(/\.json$/, `/${sid}.json`)),
      ({ body }) => JSON.parse(body).status,
    )

  it.scoped("real follows the host's clock, 10x ten times as fast", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const simulation = yield* simulate({ pace: { _tag: "real" } })
      const { engine } = simulation.run
      strictEqual(engine.now, 1_800_000_000_000)
      const sid = yield* simulation.send({ To: "+15551234567" })
      yield* TestClock.adjust("1999 millis")
      strictEqual(yield* statusAfter(simulation, sid), "queued")
      yield* TestClock.adjust("1 millis")
      strictEqual(yield* statusAfter(simulation, sid), "sent")
      yield* engine.setPace({ _tag: "times", n: 10 })
      yield* TestClock.adjust("200 millis")
      strictEqual(yield* statusAfter(simulation, sid), "delivered")
      strictEqual(engine.now, 1_800_000_004_000)
      yield* sound(yield* simulation.rows)
    }),
  )

  it.scoped("real fires a timer on its own, without a request that asks", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const simulation = yield* simulate({ pace: { _tag: "real" } })
      yield* simulation.send({ To: "+15551234567" })
      const delivered = yield* Effect.fork(
        Effect.async<void>((resume) => {
          simulation.run.engine.onCommitted((made) => {
            if (made.some(({ row }) => row.data.includes("delivered"))) resume(Effect.void)
          })
        }),
      )
      yield* Effect.yieldNow()
      yield* TestClock.adjust("2 seconds")
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
      yield* TestClock.adjust("2 seconds")
      yield* Fiber.join(delivered)
    }),
  )

  it.effect("paused stands still; advance and step move it", () =>
    within({ pace: { _tag: "paused" }, start: 1_000_000 }, (simulation) =>
      Effect.gen(function* () {
        const { engine } = simulation.run
        const sid = yield* simulation.send({ To: "+15551234567" })
        strictEqual(engine.now, 1_000_000)
        yield* engine.advance(1_500)
        strictEqual(yield* statusAfter(simulation, sid), "queued")
        strictEqual(engine.now, 1_001_500)
        yield* engine.step(1)
        strictEqual(engine.now, 1_002_000)
        strictEqual(yield* statusAfter(simulation, sid), "sent")
        yield* engine.step(5)
        strictEqual(yield* statusAfter(simulation, sid), "delivered")
        strictEqual(engine.now, 1_004_000)
        yield* engine.advance(86_400_000)
        strictEqual(engine.now, 87_404_000)
      }),
    ),
  )

  it.scopedLive("real never steps back or ahead with the host's wall clock", () =>
    Effect.gen(function* () {
      const real = yield* Effect.clock
      let shift = 0
      let monotonic = 0
      const host: Clock.Clock = {
        ...real,
        unsafeCurrentTimeMillis: () => 1_800_000_000_000 + shift,
        unsafeCurrentTimeNanos: () => BigInt(monotonic) * 1_000_000n,
        sleep: (duration) =>
          Effect.sync(() => {
            monotonic += Duration.toMillis(duration)
          }),
      }
      const simulation = yield* simulate({ pace: { _tag: "real" } }).pipe(Effect.withClock(host))
      const { engine } = simulation.run
      for (const jump of [0, -86_400_000, 86_400_000]) {
        shift = jump
        const before = engine.now
        monotonic += 10
        strictEqual(engine.now, before + 10)
        yield* simulation.send({ To: "+15551234567" })
      }
      const rows = yield* simulation.rows
      strictEqual(
        rows.every(({ at }, i) => i === 0 || at >= (rows[i - 1]?.at ?? 0)),
        true,
      )
      strictEqual((rows.at(-1)?.at ?? 0) < 1_800_000_100_000, true)
    }),
  )
})
