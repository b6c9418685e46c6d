import { describe, it } from "@effect/vitest"
import { strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { freeAt, newWindow, passThrough } from "./windows.ts"

const arrivals = FastCheck.array(FastCheck.nat(400), { maxLength: 300 })
const size = FastCheck.integer({ min: 1, max: 40 })

/** When each of what arrives, so long after the one before, goes through: as early as it may. */
const passes = (
  rule: { readonly algorithm: "fixed-window" | "token-bucket"; readonly burst: number; readonly window_ms: number },
  limit: number,
  gaps: ReadonlyArray<number>,
): ReadonlyArray<number> => {
  const window = newWindow()
  let now = 1_767_268_800_123
  return gaps.map((gap) => {
    now = freeAt(window, rule, limit, now + gap)
    strictEqual(freeAt(window, rule, limit, now), now)
    passThrough(window, rule, limit, now)
    return now
  })
}

/** The most that any half-open window holds of those that begin where `from` says. */
const most = (instants: ReadonlyArray<number>, length: number, from: (instant: number) => number): number =>
  Math.max(
    0,
    ...instants.map((instant) => instants.filter((i) => i >= from(instant) && i < from(instant) + length).length),
  )

describe("a limit", () => {
  it.prop("holds in every fixed window, whatever arrives", [arrivals, size], ([gaps, limit]) => {
    const instants = passes({ algorithm: "fixed-window", burst: 1, window_ms: 1_000 }, limit, gaps)
    return most(instants, 1_000, (instant) => instant - (instant % 1_000)) <= limit
  })

  it.prop(
    "of a bucket with a burst of 1 holds in any window, wherever it begins",
    [arrivals, size],
    ([gaps, limit]) => {
      const instants = passes({ algorithm: "token-bucket", burst: 1, window_ms: 1_000 }, limit, gaps)
      return most(instants, 1_000, (instant) => instant) <= limit
    },
  )

  it.prop("of a bucket is passed by its burst less one at most", [arrivals, size, size], ([gaps, limit, burst]) => {
    const instants = passes({ algorithm: "token-bucket", burst, window_ms: 1_000 }, limit, gaps)
    return most(instants, 1_000, (instant) => instant) <= limit + Math.min(burst, limit) - 1
  })

  it.prop("of a bucket is reached when enough arrives", [size], ([limit]) => {
    const instants = passes(
      { algorithm: "token-bucket", burst: 1, window_ms: 1_000 },
      limit,
      Array(10 * limit + 1).fill(0),
    )
    return (instants.at(-1) as number) - (instants[0] as number) <= 10_000
  })
})
