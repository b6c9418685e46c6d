import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { limits } from "../core/limits.ts"
import { Pump } from "./Pump.ts"

/** A turn of the host's loop, behind those that were asked for before. */
const hostTurn = Effect.async<void>((resume) => {
  setImmediate(() => resume(Effect.void))
})

/** A pump of inputs that are taken one at a time, over a clock that stands still unless it is set. */
const pumping = (...inputs: ReadonlyArray<string>) => {
  const left = [...inputs]
  const taken: Array<string> = []
  const host = { ms: 0, ready: true }
  const pump: Pump = new Pump({
    now: () => host.ms,
    ready: () => host.ready,
    take: () => {
      taken.push(left.shift() ?? "nothing")
      if (left.length > 0) pump.wake()
      return left.length === 0
    },
    queued: () => left.length,
  })
  return { host, pump, taken }
}

describe("a pump", () => {
  it("takes nothing before it is woken", () => {
    const { pump, taken } = pumping("a")
    strictEqual(pump.drain(), false)
    deepStrictEqual(taken, [])
  })

  it("takes all that waits where it is drained, and tells that the run is settled", () => {
    const { pump, taken } = pumping("a", "b", "c")
    pump.wake()
    strictEqual(pump.drain(), true)
    deepStrictEqual(taken, ["a", "b", "c"])
  })

  it.effect("takes in the host's next turn what nobody drained, and nothing more after a drain", () =>
    Effect.gen(function* () {
      const { pump, taken } = pumping("a")
      pump.wake()
      deepStrictEqual(taken, [])
      yield* hostTurn
      deepStrictEqual(taken, ["a"])
      pump.wake()
      pump.drain()
      deepStrictEqual(taken, ["a", "nothing"])
      yield* hostTurn
      deepStrictEqual(taken, ["a", "nothing"])
    }),
  )

  it.effect("is not drained while the host has had no turn for long", () =>
    Effect.gen(function* () {
      const { host, pump, taken } = pumping("a", "b")
      host.ms = limits.engineShareMsMax
      pump.wake()
      strictEqual(pump.drain(), false)
      deepStrictEqual(taken, [])
      yield* hostTurn
      yield* hostTurn
      deepStrictEqual(taken, ["a", "b"])
      pump.wake()
      strictEqual(pump.drain(), true)
    }),
  )

  it.effect("takes nothing while it cannot, and what was wanted then when it is woken again", () =>
    Effect.gen(function* () {
      const { host, pump, taken } = pumping("a")
      host.ready = false
      pump.wake()
      yield* hostTurn
      strictEqual(pump.drain(), false)
      deepStrictEqual(taken, [])
      host.ready = true
      strictEqual(pump.drain(), true)
      deepStrictEqual(taken, ["a"])
    }),
  )
})
