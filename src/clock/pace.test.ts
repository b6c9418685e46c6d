import { describe, it } from "@effect/vitest"
import { assertLeft, assertRight, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { seeded } from "../../test/support/seeded.ts"
import { formatPace, type Move, nextMove, type Pace, parsePace, rate, type Standing } from "./pace.ts"

const times = (n: number): Pace => ({ _tag: "times", n })
const real: Pace = { _tag: "real" }
const paused: Pace = { _tag: "paused" }
const fast: Pace = { _tag: "fast" }

const read: ReadonlyArray<readonly [text: string, pace: Pace, rate: number]> = [
  ["real", real, 1],
  ["paused", paused, 0],
  ["fast", fast, 0],
  ["1x", times(1), 1],
  ["60x", times(60), 60],
  ["1000000x", times(1_000_000), 1_000_000],
]

const refused = [
  "",
  "x",
  "0x",
  "00x",
  "01x",
  "1000001x",
  "9999999x",
  "10000000x",
  "-1x",
  "+1x",
  "1.5x",
  "1e3x",
  "1 x",
  " 1x",
  "1x ",
  "1x\n",
  "1X",
  "60",
  "Real",
  "real ",
  "FAST",
  "toString",
  "__proto__",
  "times",
  "٣x",
]

describe("a pace", () => {
  it.each(read)("is read from %j", (text, pace) => assertRight(parsePace(text), pace))

  it.each(read)("%j is written as it was read", (text, pace) => strictEqual(formatPace(pace), text))

  it.each(read)("%j has its rate", (_, pace, expected) => strictEqual(rate(pace), expected))

  it.each(refused)("%j is none, and it is said what was expected", (text) =>
    assertLeft(
      parsePace(text),
      `expected real, paused, fast or <n>x with n from 1 to 1000000, found ${JSON.stringify(text)}`,
    ),
  )
})

const fire: Move = { _tag: "Fire" }
const await_: Move = { _tag: "AwaitSettled" }
const idle: Move = { _tag: "Idle" }
const nothing: Move = { _tag: "NothingToStep" }
const jump = (to: number): Move => ({ _tag: "Jump", to, step: false })
const step = (to: number): Move => ({ _tag: "Jump", to, step: true })
const arrive = (at: number): Move => ({ _tag: "Arrive", at })
const wait = (hostMs: number): Move => ({ _tag: "Wait", hostMs })

const now = 1_000
/** What moves a run; `_` stands for no timer, no advance. */
type Row = readonly [pace: Pace, due: number | "_", settled: boolean, to: number | "_", steps: number, move: Move]

const rows: ReadonlyArray<Row> = [
  // No order under way: the pace decides.
  [real, "_", true, "_", 0, idle],
  [real, "_", false, "_", 0, idle],
  [real, 1_001, true, "_", 0, wait(1)],
  [real, 1_250, false, "_", 0, wait(250)],
  [times(60), "_", true, "_", 0, idle],
  [times(60), 1_060, true, "_", 0, wait(1)],
  [times(60), 1_061, false, "_", 0, wait(2)],
  [times(1_000_000), 1_001, true, "_", 0, wait(1)],
  [paused, "_", true, "_", 0, idle],
  [paused, "_", false, "_", 0, idle],
  [paused, 2_000, true, "_", 0, idle],
  [paused, 2_000, false, "_", 0, idle],
  [fast, "_", true, "_", 0, idle],
  [fast, "_", false, "_", 0, idle],
  [fast, 2_000, true, "_", 0, jump(2_000)],
  [fast, 2_000, false, "_", 0, await_],
  // Due timers fire first, whatever else is going on.
  ...[real, times(60), paused, fast].flatMap(
    (pace): ReadonlyArray<Row> =>
      [now, now - 1, 0].flatMap(
        (due): ReadonlyArray<Row> => [
          [pace, due, true, "_", 0, fire],
          [pace, due, false, "_", 0, fire],
          [pace, due, false, 3_000, 2, fire],
          [pace, due, true, now, 0, fire],
        ],
      ),
  ),
  // An advance and then a step move any pace.
  ...[real, times(60), paused, fast].flatMap(
    (pace): ReadonlyArray<Row> => [
      [pace, "_", false, 3_000, 0, await_],
      [pace, "_", true, 3_000, 0, arrive(3_000)],
      [pace, 2_000, false, 3_000, 0, await_],
      [pace, 2_000, true, 3_000, 0, jump(2_000)],
      [pace, 3_000, true, 3_000, 0, jump(3_000)],
      [pace, 3_001, true, 3_000, 0, arrive(3_000)],
      [pace, 3_001, false, 3_000, 0, await_],
      [pace, "_", true, now, 0, arrive(now)],
      [pace, 2_000, true, 3_000, 1, jump(2_000)],
      [pace, "_", true, 3_000, 1, arrive(3_000)],
      [pace, "_", false, "_", 1, await_],
      [pace, "_", true, "_", 1, nothing],
      [pace, 2_000, false, "_", 1, await_],
      [pace, 2_000, true, "_", 1, step(2_000)],
      [pace, 2_000, true, "_", 7, step(2_000)],
    ],
  ),
]

const standing = (pace: Pace, due: number | "_", settled: boolean, to: number | "_", stepsLeft: number): Standing => ({
  pace,
  now,
  due: due === "_" ? undefined : due,
  settled,
  advanceTo: to === "_" ? undefined : to,
  stepsLeft,
})

const told = ([pace, due, settled, to, steps, move]: Row) =>
  [
    `${formatPace(pace)}, due ${due}, ${settled ? "settled" : "busy"}, advance to ${to}, ${steps} steps: ${JSON.stringify(move)}`,
    standing(pace, due, settled, to, steps),
    move,
  ] as const

describe("the next move at 1000", () => {
  it.each(rows.map(told))("%s", (_, at, move) => deepStrictEqual(nextMove(at), move))

  const anywhere = FastCheck.record({
    pace: FastCheck.oneof(
      FastCheck.constantFrom(real, paused, fast),
      FastCheck.integer({ min: 1, max: 100 }).map(times),
    ),
    now: FastCheck.nat(1_000),
    due: FastCheck.option(FastCheck.nat(2_000), { nil: undefined }),
    settled: FastCheck.boolean(),
    advanceTo: FastCheck.option(FastCheck.nat(2_000), { nil: undefined }),
    stepsLeft: FastCheck.nat(2),
  })

  it.prop(
    "never passes a due timer, the end of an advance or what is in flight, and never goes back",
    [anywhere],
    ([at]) => {
      const move = nextMove(at)
      if (move._tag === "Jump") {
        strictEqual(move.to, at.due)
        assertTrue(at.settled && move.to > at.now && move.to <= (at.advanceTo ?? Number.POSITIVE_INFINITY))
      }
      if (move._tag === "Arrive") {
        strictEqual(move.at, Math.max(at.advanceTo!, at.now))
        assertTrue(at.settled && (at.due === undefined || at.due > move.at))
      }
      if (move._tag === "Wait") {
        assertTrue(rate(at.pace) > 0 && move.hostMs > 0)
        // At its end the timer is due, and a ms earlier it is not.
        assertTrue(at.now + move.hostMs * rate(at.pace) >= at.due!)
        assertTrue(at.now + (move.hostMs - 1) * rate(at.pace) < at.due!)
      }
      strictEqual(move._tag === "Fire", at.due !== undefined && at.due <= at.now)
    },
    seeded,
  )

  it.prop(
    "of an advance is the same at every pace",
    [anywhere, FastCheck.constantFrom(real, paused, fast, times(3)), FastCheck.nat(2_000)],
    ([at, pace, advanceTo]) => deepStrictEqual(nextMove({ ...at, advanceTo, pace }), nextMove({ ...at, advanceTo })),
    seeded,
  )
})

describe("the pace a log names", () => {
  it.prop(
    "is read as it was written",
    [FastCheck.integer({ min: 1, max: 1_000_000 })],
    ([n]) => deepStrictEqual(Either.getOrThrow(parsePace(formatPace(times(n)))), times(n)),
    seeded,
  )
})
