import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Turns, VirtualClock } from "./virtualFibers.ts"

const given = () => {
  const time = { now: 1_000 }
  const [clock, turns] = [new VirtualClock(() => time.now), new Turns()]
  const awake: Array<string> = []
  const sleeping = (name: string, ms: number) =>
    Effect.runFork(
      Effect.zipRight(
        Effect.sleep(ms),
        Effect.sync(() => awake.push(name)),
      ).pipe(Effect.withClock(clock)),
      { scheduler: turns },
    )
  return { awake, clock, sleeping, time, turns }
}

describe("fibres on virtual time", () => {
  it("are woken when they are due, those of one instant as they fell asleep", () => {
    const { awake, clock, sleeping, time, turns } = given()
    sleeping("late", 20)
    sleeping("first", 10)
    sleeping("second", 10)
    turns.run()
    strictEqual(clock.due, 1_010)
    strictEqual(clock.wake(), false)
    time.now = 1_010
    strictEqual(clock.wake(), true)
    deepStrictEqual([awake, turns.any], [[], true])
    turns.run()
    deepStrictEqual([awake, turns.any, clock.due], [["first", "second"], false, 1_020])
  })

  it("that are interrupted are waited for no more", () => {
    const { awake, clock, sleeping, turns } = given()
    const fiber = sleeping("never", 10)
    turns.run()
    Effect.runFork(Fiber.interruptFork(fiber), { scheduler: turns })
    turns.run()
    deepStrictEqual([awake, clock.due], [[], undefined])
  })

  it("that sleep for ever are never due", () => {
    const { clock, sleeping, turns } = given()
    sleeping("never", Number.POSITIVE_INFINITY)
    turns.run()
    deepStrictEqual([clock.due, clock.wake()], [undefined, false])
  })
})
