import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as FastCheck from "effect/FastCheck"
import { seededRuns } from "../../test/support/seeded.ts"
import { numbersMax, RateLimits, type Rules, type Ticket } from "./rateLimits.ts"
import { fullBucket, isFull, readyAt, take, tokensIn, tokenUs } from "./tokenBucket.ts"

const usual: Rules = { account: { perSecond: 10, burst: 30 }, number: { perSecond: 1, burst: 3 } }
const [ann, bob] = ["+15551234567", "+15557654321"]

describe("A token bucket", () => {
  const rule = { perSecond: 2, burst: 3 }
  it("has as many tokens as its burst at first, and one more each half second", () => {
    let bucket = fullBucket
    for (const left of [2, 1, 0]) {
      assertTrue(readyAt(rule, bucket) <= 1_000)
      bucket = take(rule, bucket, 1_000)
      strictEqual(tokensIn(rule, bucket, 1_000), left)
    }
    strictEqual(readyAt(rule, bucket), 1_500)
    deepStrictEqual(
      [1_499, 1_500, 2_000, 2_499, 2_500, 9_000].map((now) => tokensIn(rule, bucket, now)),
      [0, 1, 2, 2, 3, 3],
    )
    deepStrictEqual([isFull(bucket, 2_499), isFull(bucket, 2_500)], [false, true])
  })
  it("never gives more than its rate, also where that is no whole number of ms", () => {
    const third = { perSecond: 3, burst: 1 }
    strictEqual(tokenUs(third), 333_334)
    strictEqual(readyAt(third, take(third, fullBucket, 0)), 334)
  })
})

describe("Limits of two levels", () => {
  it("let a number's burst go, then one a second", () => {
    const limits = new RateLimits(usual)
    deepStrictEqual(
      [0, 0, 0, 0, 999, 1_000].map((now) => limits.take(ann, now)),
      [undefined, undefined, undefined, { limit: "number", ms: 1_000 }, { limit: "number", ms: 1 }, undefined],
    )
  })
  it("let the account's burst go over all numbers, then ten a second", () => {
    const limits = new RateLimits(usual)
    for (let i = 0; i < 30; i++) strictEqual(limits.take(`+1555000${1000 + i}`, 0), undefined)
    deepStrictEqual(limits.take(ann, 0), { limit: "account", ms: 100 })
    strictEqual(limits.take(ann, 100), undefined)
  })
  it("without a number ask for the account's token alone", () => {
    const limits = new RateLimits(usual)
    for (let i = 0; i < 30; i++) strictEqual(limits.take(undefined, 0), undefined)
    strictEqual(limits.take(undefined, 0)?.limit, "account")
  })
  it("hold nobody up because of a number that waits", () => {
    const limits = new RateLimits(usual)
    for (let i = 0; i < 3; i++) limits.take(ann, 0)
    limits.join(ann, 0)
    strictEqual(limits.take(bob, 0), undefined)
    strictEqual(limits.nextAt(), 1_000)
  })
  it("let those of one number go in their order, and tell a newcomer to wait behind them", () => {
    const limits = new RateLimits(usual)
    for (let i = 0; i < 3; i++) limits.take(ann, 0)
    const [first, second] = [limits.join(ann, 0), limits.join(ann, 0)]
    deepStrictEqual(limits.take(ann, 0), { limit: "number", ms: 3_000 })
    deepStrictEqual(limits.release(1_000), [first])
    deepStrictEqual(limits.release(1_999), [])
    deepStrictEqual(limits.release(2_000), [second])
    strictEqual(limits.waiting, 0)
    strictEqual(limits.nextAt(), undefined)
  })
  it("forget who left", () => {
    const limits = new RateLimits(usual)
    for (let i = 0; i < 3; i++) limits.take(ann, 0)
    const [first, second] = [limits.join(ann, 0), limits.join(ann, 0)]
    limits.leave(first)
    limits.leave(first)
    strictEqual(limits.waiting, 1)
    deepStrictEqual(limits.release(1_000), [second])
  })
  it("take no notice of a clock that goes back", () => {
    const limits = new RateLimits(usual)
    for (let i = 0; i < 3; i++) strictEqual(limits.take(ann, 50_000), undefined)
    strictEqual(limits.take(ann, 0)?.ms, 1_000)
  })
})

/** What a plain log of takes allows: no window of either level holds more than its rate and burst. */
const isWithin = (rules: Rules, takes: ReadonlyArray<{ readonly number: string; readonly at: number }>): boolean => {
  const holds = (rule: Rules["account"], times: ReadonlyArray<number>) =>
    times.every((from, i) =>
      times.slice(i).every((to, j) => j + 1 <= rule.burst + ((to - from) * 1_000) / tokenUs(rule) + 1e-9),
    )
  const numbers = [...new Set(takes.map(({ number }) => number))]
  return (
    holds(
      rules.account,
      takes.map(({ at }) => at),
    ) &&
    numbers.every((number) =>
      holds(
        rules.number,
        takes.filter((one) => one.number === number).map(({ at }) => at),
      ),
    )
  )
}

/** The model: who waits, in order, and what has gone. */
interface Model {
  now: number
  waiting: Array<{ readonly number: string; readonly ticket: Ticket }>
  readonly gone: Array<{ readonly number: string; readonly at: number }>
}
interface Real {
  readonly limits: RateLimits
  readonly rules: Rules
}
type Step = FastCheck.Command<Model, Real>

const drained = (model: Model, { limits, rules }: Real) => {
  const released = limits.release(model.now)
  for (const ticket of released) {
    const place = model.waiting.findIndex((one) => one.ticket === ticket)
    const { number } = model.waiting[place]!
    strictEqual(
      model.waiting.findIndex((one) => one.number === number),
      place,
      "the first of its number goes first",
    )
    model.waiting.splice(place, 1)
    model.gone.push({ number, at: model.now })
  }
  assertTrue(isWithin(rules, model.gone))
  strictEqual(limits.waiting, model.waiting.length)
  assertTrue(limits.numbers <= 2 * (numbersMax(rules) + model.waiting.length) + 1)
}

const arrives = (number: string): Step => ({
  check: () => true,
  toString: () => `arrives(${number})`,
  run: (model, real) => {
    drained(model, real)
    const wait = real.limits.take(number, model.now)
    if (wait === undefined) model.gone.push({ number, at: model.now })
    else {
      assertTrue(wait.ms > 0)
      model.waiting.push({ number, ticket: real.limits.join(number, model.now) })
    }
    drained(model, real)
  },
})
const leaves = (place: number): Step => ({
  check: ({ waiting }) => waiting.length > 0,
  toString: () => `leaves(${place})`,
  run: (model, real) => {
    const [one] = model.waiting.splice(place % model.waiting.length, 1)
    real.limits.leave(one!.ticket)
    drained(model, real)
  },
})
/** As a shell does: it wakes exactly when it is told that somebody may go. */
const passes = (ms: number): Step => ({
  check: () => true,
  toString: () => `passes(${ms})`,
  run: (model, real) => {
    const until = model.now + ms
    for (;;) {
      const at = real.limits.nextAt()
      if (at === undefined || at > until) break
      assertTrue(at > model.now, "whoever may go now has gone")
      model.now = at
      const before = model.gone.length
      drained(model, real)
      assertTrue(model.gone.length > before, "somebody goes when it is said")
    }
    model.now = until
    drained(model, real)
  },
})

describe("Limits against a model", () => {
  it("are never exceeded, keep the order, wake nobody in vain and forget no one", async () => {
    const bucket = FastCheck.record({
      perSecond: FastCheck.constantFrom(0.5, 1, 3, 7, 10),
      burst: FastCheck.integer({ min: 1, max: 5 }),
    })
    const steps = FastCheck.commands(
      [
        FastCheck.constantFrom("a", "b", "c", "d", "e", "f").map(arrives),
        FastCheck.nat(20).map(leaves),
        FastCheck.integer({ min: 1, max: 3_000 }).map(passes),
      ],
      { maxCommands: 60 },
    )
    const property = FastCheck.property(
      FastCheck.record({ account: bucket, number: bucket }),
      steps,
      (rules, steps): void => {
        const model: Model = { now: 0, waiting: [], gone: [] }
        FastCheck.modelRun(() => ({ model, real: { limits: new RateLimits(rules), rules } }), steps)
      },
    )
    await FastCheck.assert(property, seededRuns(300).fastCheck)
  })
  it("keep a bounded count of numbers, whoever is written to", () => {
    const limits = new RateLimits(usual)
    for (let i = 0; i < 20_000; i++) limits.take(`+1${5_550_000_000 + i}`, i * 100)
    assertTrue(limits.numbers <= 2 * numbersMax(usual) + 1)
  })
})
