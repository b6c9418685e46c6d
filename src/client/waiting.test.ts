import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { seededRuns } from "../../test/support/seeded.ts"
import { type CircuitBreaker, makeCircuitBreaker } from "./CircuitBreaker.ts"
import type { CircuitResult } from "./circuitBreaker.decider.ts"
import { makeRateLimiter, type RateLimiter } from "./RateLimiter.ts"
import type { CircuitState } from "./types.ts"

/* The shells that wait, driven by commands on the test's clock, beside models written from the specification. */

type Runtime = ManagedRuntime.ManagedRuntime<never, never>
const runtimeOfTest = (): Runtime => ManagedRuntime.make(TestContext.TestContext) as Runtime
const passing = (runtime: Runtime, ms: number) => runtime.runPromise(TestClock.adjust(ms))
/** Lets everything that is ready go on. */
const settling = (runtime: Runtime) => runtime.runPromise(Effect.repeatN(Effect.yieldNow(), 20))

/** Every time is a multiple of it, so that the model can go from one to the next. */
const tickMs = 50
interface Rule {
  readonly perSecond: number
  readonly burst: number
}
interface Sender {
  readonly id: number
  readonly number: string
}
/** Who waits in the order they came, and who went when. A bucket is what its takes say: no window holds more than burst and rate allow. */
interface Queue {
  now: number
  readonly waiting: Array<Sender>
  readonly gone: Array<Sender & { readonly at: number }>
}
interface Line {
  readonly runtime: Runtime
  readonly limiter: RateLimiter
  readonly rules: { readonly account: Rule; readonly number: Rule }
  readonly fibers: Map<number, Fiber.RuntimeFiber<void, unknown>>
  readonly gone: Array<Sender & { readonly at: number }>
  count: number
}

const hasToken = ({ burst, perSecond }: Rule, takes: ReadonlyArray<number>, now: number): boolean =>
  takes.every((from, i) => (takes.length - i + 1 - burst) * 1_000 <= (now - from) * perSecond)

const drain = (queue: Queue, { account, number }: Line["rules"]): void => {
  for (;;) {
    const times = (of?: string) => queue.gone.flatMap((one) => (of === undefined || one.number === of ? [one.at] : []))
    if (!hasToken(account, times(), queue.now)) return
    const place = queue.waiting.findIndex((one) => hasToken(number, times(one.number), queue.now))
    if (place < 0) return
    const [next] = queue.waiting.splice(place, 1)
    queue.gone.push({ ...(next as Sender), at: queue.now })
  }
}

type LineStep = FastCheck.AsyncCommand<Queue, Line>
const comesOut = async (queue: Queue, line: Line) => {
  await settling(line.runtime)
  deepStrictEqual(line.gone, queue.gone)
  strictEqual(line.limiter.waiting(), queue.waiting.length)
}
const arrive = (number: string): LineStep => ({
  check: () => true,
  toString: () => `arrive(${number})`,
  run: async (queue, line) => {
    const sender: Sender = { id: line.count++, number }
    queue.waiting.push(sender)
    drain(queue, line.rules)
    const taking = Effect.zipRight(
      line.limiter.take(number, () => Effect.void),
      Effect.map(Clock.currentTimeMillis, (at) => void line.gone.push({ ...sender, at })),
    )
    line.fibers.set(sender.id, line.runtime.runFork(taking))
    await comesOut(queue, line)
  },
})
const giveUp = (place: number): LineStep => ({
  check: ({ waiting }) => waiting.length > 0,
  toString: () => `giveUp(${place})`,
  run: async (queue, line) => {
    const [one] = queue.waiting.splice(place % queue.waiting.length, 1)
    await line.runtime.runPromise(Fiber.interrupt(line.fibers.get((one as Sender).id) as Fiber.RuntimeFiber<void>))
    await comesOut(queue, line)
  },
})
const wait = (ms: number): LineStep => ({
  check: () => true,
  toString: () => `wait(${ms})`,
  run: async (queue, line) => {
    for (const until = queue.now + ms; queue.now < until; ) {
      queue.now += tickMs
      drain(queue, line.rules)
    }
    await passing(line.runtime, ms)
    await comesOut(queue, line)
  },
})

/** The circuit as counts; requests under way know how often it had changed when they began. */
interface Counts {
  now: number
  state: CircuitState
  failures: number
  successes: number
  until: number
  changes: number
  readonly underWay: Array<{ readonly id: number; readonly change: number }>
}
interface Requests {
  readonly runtime: Runtime
  readonly breaker: CircuitBreaker
  readonly fibers: Map<number, { readonly fiber: Fiber.RuntimeFiber<void, unknown>; readonly end: Ends }>
  count: number
}
type Ends = Deferred.Deferred<void, "failure">
type RequestStep = FastCheck.AsyncCommand<Counts, Requests>
const resetMs = 30_000

const become = (counts: Counts, state: CircuitState): void => {
  Object.assign(counts, { state, failures: 0, successes: 0, changes: counts.changes + 1 })
  if (state === "open") counts.until = counts.now + resetMs
}
const isAsTold = async (counts: Counts, { breaker, runtime }: Requests) => {
  const isOver = counts.state === "open" && counts.now >= counts.until
  strictEqual(await runtime.runPromise(breaker.state), isOver ? "half-open" : counts.state)
}
const request: RequestStep = {
  check: () => true,
  toString: () => "request",
  run: async (counts, requests) => {
    if (counts.state === "open" && counts.now >= counts.until) become(counts, "half-open")
    const isTried = counts.underWay.some(({ change }) => change === counts.changes)
    const isLetThrough = counts.state === "closed" || (counts.state === "half-open" && !isTried)
    const { breaker, fibers, runtime } = requests
    const end: Ends = Deferred.unsafeMake(undefined as never)
    const fiber = runtime.runFork(
      breaker.through(Deferred.await(end), (exit) => (Exit.isSuccess(exit) ? "success" : "failure")),
    )
    await settling(runtime)
    const id = requests.count++
    const ended = fiber.unsafePoll()
    strictEqual(ended === null, isLetThrough, "let through")
    if (isLetThrough) {
      counts.underWay.push({ id, change: counts.changes })
      fibers.set(id, { fiber, end })
    } else assertTrue(String(ended).includes("CircuitOpen"), String(ended))
    await isAsTold(counts, requests)
  },
}
const ends = (place: number, how: CircuitResult): RequestStep => ({
  check: ({ underWay }) => underWay.length > 0,
  toString: () => `ends(${place}, ${how})`,
  run: async (counts, requests) => {
    const [one] = counts.underWay.splice(place % counts.underWay.length, 1)
    const { id, change } = one as Counts["underWay"][number]
    const { end, fiber } = requests.fibers.get(id) as { fiber: Fiber.RuntimeFiber<void>; end: Ends }
    const over = { success: Deferred.succeed(end, undefined), failure: Deferred.fail(end, "failure" as const) }
    // One that is interrupted says nothing of the other side.
    await requests.runtime.runPromise(
      how === "neither" ? Fiber.interrupt(fiber) : Effect.zipRight(over[how], Fiber.await(fiber)),
    )
    if (change === counts.changes && how !== "neither") {
      if (counts.state === "closed") {
        counts.failures = how === "failure" ? counts.failures + 1 : 0
        if (counts.failures === 2) become(counts, "open")
      } else if (how === "failure") become(counts, "open")
      else if (++counts.successes === 2) become(counts, "closed")
    }
    await isAsTold(counts, requests)
  },
})
const pass = (ms: number): RequestStep => ({
  check: () => true,
  toString: () => `pass(${ms})`,
  run: async (counts, requests) => {
    counts.now += ms
    await passing(requests.runtime, ms)
    await isAsTold(counts, requests)
  },
})

describe("On the test's clock", () => {
  it("sends wait as a model of the two buckets says: each goes at its ms, in order, and who gives up holds up nobody", async () => {
    const rule = FastCheck.record({
      perSecond: FastCheck.constantFrom(1, 2, 5, 10),
      burst: FastCheck.integer({ min: 1, max: 3 }),
    })
    const steps = FastCheck.commands(
      [
        FastCheck.constantFrom("a", "b", "c").map(arrive),
        FastCheck.constantFrom("a", "b").map(arrive),
        FastCheck.nat(9).map(giveUp),
        FastCheck.integer({ min: 1, max: 30 }).map((ticks) => wait(ticks * tickMs)),
      ],
      { maxCommands: 25, size: "+1" },
    )
    let waited = 0
    const property = FastCheck.asyncProperty(
      FastCheck.record({ account: rule, number: rule }),
      steps,
      async (rules, steps) => {
        const runtime = runtimeOfTest()
        const limiter = makeRateLimiter({ ...rules, onLimit: "wait", waitingMax: 100 })
        const line: Line = { runtime, limiter, rules, fibers: new Map(), gone: [], count: 0 }
        const queue: Queue = { now: 0, waiting: [], gone: [] }
        await FastCheck.asyncModelRun(() => ({ model: queue, real: line }), steps)
        waited += line.gone.filter(({ at }) => at > 0).length
        await runtime.dispose()
      },
    )
    await FastCheck.assert(property, seededRuns(15).fastCheck)
    assertTrue(waited > 20, `${waited} waited`)
  })

  it("requests meet the circuit breaker that a model of its counts says, also those that are interrupted", async () => {
    const how = FastCheck.constantFrom<CircuitResult>("failure", "failure", "success", "success", "success", "neither")
    const steps = FastCheck.commands(
      [
        FastCheck.constant(request),
        FastCheck.tuple(FastCheck.nat(9), how).map(([place, result]) => ends(place, result)),
        FastCheck.constantFrom(1, 30_000, 30_000).map(pass),
      ],
      { maxCommands: 60, size: "+1" },
    )
    const told = new Set<string>()
    const property = FastCheck.asyncProperty(steps, async (steps) => {
      const runtime = runtimeOfTest()
      const breaker = makeCircuitBreaker({ failures: 2, successes: 2, resetMs }, (from, to) =>
        Effect.sync(() => void told.add(`${from} > ${to}`)),
      )
      const requests: Requests = { runtime, breaker, fibers: new Map(), count: 0 }
      const counts: Counts = { now: 0, state: "closed", failures: 0, successes: 0, until: 0, changes: 0, underWay: [] }
      await FastCheck.asyncModelRun(() => ({ model: counts, real: requests }), steps)
      await runtime.dispose()
    })
    await FastCheck.assert(property, seededRuns(30).fastCheck)
    deepStrictEqual([...told].sort(), ["closed > open", "half-open > closed", "half-open > open", "open > half-open"])
  })
})
