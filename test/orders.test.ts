import { describe, it } from "@effect/vitest"
import { assertLeft, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { machines } from "../src/app/machines.ts"
import { rules } from "../src/app/rules.ts"
import { timersMachine } from "../src/clock/timers.machine.ts"
import { apiRequested, dataCleared, outboundAnswered, timerFired } from "../src/core/entries.ts"
import { type Machine, reacts } from "../src/core/Machine.ts"
import { EngineStopped, OrderFailed, type WayOut } from "../src/engine/outside.ts"
import { verifyRows } from "../src/engine/verify.ts"
import { LogUnavailable } from "../src/log/EventLog.ts"
import { makeMemory } from "../src/log/layerMemory.ts"
import { outboundMachine } from "../src/network/outbound.machine.ts"
import { messagesPath, type Simulation, simulate } from "./support/simulate.ts"

/** A way out that keeps what it is asked to send until somebody answers. */
const held: WayOut = {
  inFlight: (world) => world.slice(outboundMachine).onWire,
  quietMs: () => 0,
  committed: () => {},
  begin: () => {},
}

const sound = ({ rows }: Simulation, list = machines) =>
  Effect.gen(function* () {
    const verdict = yield* verifyRows(Stream.fromIterable(yield* rows), { ...rules, machines: list })
    strictEqual(verdict._tag === "Sound" ? "sound" : verdict.problem, "sound")
  })

const turns = (n: number) =>
  Effect.promise(async () => {
    for (let i = 0; i < n; i++) await new Promise((resolve) => setImmediate(resolve))
  })

const answerAll = ({ run: { engine } }: Simulation) =>
  Effect.sync(() => {
    for (const { seq, subject } of engine.world.slice(outboundMachine).pending.values())
      engine.offer(outboundAnswered.draft(subject, { body: "", status: 200 }, seq))
  })

describe("an advance", () => {
  it.scoped("of a clock that runs on meanwhile never arrives before it began", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const simulation = yield* simulate({ pace: { _tag: "times", n: 1_000 } })
      const advanced = yield* Effect.fork(simulation.run.engine.advance(1))
      yield* Effect.yieldNow()
      // The order waits for its turn while 5 virtual seconds go by.
      yield* TestClock.adjust("5 millis")
      yield* advanced
      strictEqual(simulation.run.engine.now >= 1_800_000_005_000, true)
      yield* sound(simulation)
    }),
  )

  it.effect("that comes while another is under way makes it longer, never shorter", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const simulation = yield* simulate({ pace: { _tag: "paused" }, wayOut: held, start: 0 })
        const { engine } = simulation.run
        yield* simulation.send({ To: "+15551234567", StatusCallback: "http://localhost:1/" })
        const long = yield* Effect.fork(engine.advance(3_600_000))
        yield* turns(10)
        const short = yield* Effect.fork(engine.advance(1_000))
        for (let i = 0; i < 20; i++) {
          yield* answerAll(simulation)
          yield* turns(2)
        }
        yield* long
        yield* short
        strictEqual(engine.now, 3_600_000)
        yield* sound(simulation)
      }),
    ),
  )

  it.scoped("cut short at pace real goes on after the restart and is sound, however late that is", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const log = makeMemory()
      const scope = yield* Scope.make()
      const first = yield* simulate({ log, wayOut: held, pace: { _tag: "real" } }).pipe(Scope.extend(scope))
      yield* first.send({ To: "+15551234567", StatusCallback: "http://localhost:1/" })
      yield* Effect.fork(Effect.ignore(first.run.engine.advance(3_000)))
      yield* turns(10)
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("60 seconds")
      const second = yield* simulate({ log, wayOut: held, pace: { _tag: "real" } })
      for (let i = 0; i < 10; i++) {
        yield* answerAll(second)
        yield* turns(2)
      }
      strictEqual(second.run.engine.now >= 1_800_000_003_000, true)
      yield* sound(second)
    }),
  )

  it.scoped("keeps the quiet period between its due instants", () =>
    Effect.gen(function* () {
      const simulation = yield* simulate({
        pace: { _tag: "paused" },
        wayOut: { ...held, quietMs: () => 200 },
        start: 0,
      })
      const { engine } = simulation.run
      yield* simulation.send({ To: "+15551234567" })
      const advanced = yield* Effect.fork(engine.advance(60_000))
      const seen: Array<number> = []
      for (let i = 0; i < 6; i++) {
        yield* turns(5)
        seen.push(engine.now)
        yield* TestClock.adjust("200 millis")
      }
      yield* advanced
      deepStrictEqual([...new Set(seen)], [0, 2_000, 4_000, 60_000])
    }),
  )
})

describe("a step", () => {
  it.scoped("at pace real is still taken after a restart: the clock never falls back", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const log = makeMemory()
      const scope = yield* Scope.make()
      const first = yield* simulate({ log, pace: { _tag: "real" } }).pipe(Scope.extend(scope))
      yield* first.send({ To: "+15551234567" })
      yield* first.run.engine.step(2)
      strictEqual(first.run.engine.now, 1_800_000_004_000)
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust("10 seconds")
      const second = yield* simulate({ log, pace: { _tag: "real" } })
      strictEqual(second.run.engine.now, 1_800_000_014_000)
      yield* sound(second)
    }),
  )
})

describe("an order at which a rule throws", () => {
  const faulty: Machine<null> = {
    name: "faulty",
    initial: () => null,
    evolve: [],
    react: [
      reacts(dataCleared, () => {
        throw new Error("poisoned order")
      }),
      reacts(apiRequested, (_, { data }) => {
        if (data.params.length > 0) throw new Error("poisoned request")
        return []
      }),
    ],
  }
  const list = [...machines, faulty]

  it.effect("is told to have failed, and the run goes on", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const simulation = yield* simulate({ machines: list })
        const order = simulation.run.engine.submit(dataCleared.draft("", { what: "all" }))
        assertLeft(
          yield* Effect.either(order),
          new OrderFailed({ type: "data.cleared", reason: "faulty on data.cleared: Error: poisoned order" }),
        )
        yield* simulation.run.engine.settled
        yield* sound(simulation, list)
      }),
    ),
  )

  it.effect("answers 500 to a request too large to be kept beside the error", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const simulation = yield* simulate({ machines: list })
        const { status } = yield* simulation.api("POST", messagesPath, `Body=${"%01".repeat(20_000)}`)
        strictEqual(status, 500)
        yield* sound(simulation, list)
      }),
    ),
  )

  it.effect("stops the engine, and tells all who wait, when the log cannot be read back", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const memory = makeMemory()
        let broken = false
        const gone = new LogUnavailable({ file: ":memory:", doing: "reading", cause: new Error("gone") })
        const log: typeof memory = {
          ...memory,
          read: (after, limit) => (broken ? Effect.die(gone) : memory.read(after, limit)),
        }
        const { run } = yield* simulate({ machines: list, log })
        broken = true
        const told = yield* Effect.flip(run.engine.submit(dataCleared.draft("", { what: "all" })))
        strictEqual(told instanceof EngineStopped && told.message.includes("gone"), true)
        const later = yield* Effect.flip(run.engine.submit(dataCleared.draft("", { what: "all" })))
        strictEqual(later instanceof EngineStopped, true)
      }),
    ),
  )
})

describe("clearing", () => {
  it.effect("cancels more timers than one turn has room for, in a few entries", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const simulation = yield* simulate({ pace: { _tag: "paused" } })
        const { engine } = simulation.run
        const form = "To=%2B15551234567&From=%2B15550000001&Body=x"
        yield* Effect.all(
          Array.from({ length: 10_500 }, () => simulation.api("POST", messagesPath, form)),
          { concurrency: "unbounded" },
        )
        yield* engine.submit(dataCleared.draft("", { what: "all" }))
        strictEqual(engine.world.slice(timersMachine).byKey.size, 0)
        strictEqual(JSON.parse((yield* simulation.api("GET", messagesPath)).body).messages.length, 0)
        yield* sound(simulation)
      }),
    ),
  )
})

describe("a run that is told what it cannot keep", () => {
  const tooMany = { twilio: { registered_numbers: Array.from({ length: 20_000 }, (_, i) => `+1555${1_000_000 + i}`) } }

  it.effect("is refused before anything is written, new or resumed", () =>
    Effect.gen(function* () {
      const log = makeMemory()
      const begin = (settings: object) => Effect.exit(Effect.scoped(simulate({ log, settings })))
      strictEqual(Exit.isFailure(yield* begin(tooMany)), true)
      strictEqual((yield* log.head).seq, 0)
      strictEqual(Exit.isSuccess(yield* begin({})), true)
      const { seq } = yield* log.head
      strictEqual(Exit.isFailure(yield* begin(tooMany)), true)
      strictEqual((yield* log.head).seq, seq)
    }),
  )
})

/** Throws now and then, at any type of input. */
const moodyMachine = (poison: ReadonlySet<number>): Machine<{ count: number }> => ({
  name: "moody",
  initial: () => ({ count: 0 }),
  evolve: [],
  react: [timerFired, apiRequested, dataCleared, outboundAnswered].map((type) =>
    reacts(type as typeof timerFired, (_, entry) => {
      if (poison.has(entry.seq)) throw new Error("moody")
      return []
    }),
  ),
})

describe("a run at any pace, restarted anywhere, with rules that throw anywhere", () => {
  it("is sound", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(
        FastCheck.array(
          FastCheck.oneof(
            FastCheck.constant("send" as const),
            FastCheck.constant("clear" as const),
            FastCheck.constant("restart" as const),
            FastCheck.constantFrom(1, 500, 2_500, 40_000).map((ms) => ({ advance: ms })),
            FastCheck.constantFrom(1, 700, 4_000).map((ms) => ({ wait: ms })),
          ),
          { minLength: 1, maxLength: 14 },
        ),
        FastCheck.constantFrom("real", "times", "paused", "fast"),
        FastCheck.uniqueArray(FastCheck.integer({ min: 2, max: 60 }), { maxLength: 3 }),
        async (acts, pace, poisoned) => {
          const list = [...machines, moodyMachine(new Set(poisoned))]
          const options = {
            log: makeMemory(),
            machines: list,
            pace: pace === "times" ? ({ _tag: "times", n: 7 } as const) : ({ _tag: pace } as { _tag: "real" }),
          }
          const body = Effect.gen(function* () {
            let scope = yield* Scope.make()
            let simulation = yield* simulate(options).pipe(Scope.extend(scope))
            for (const act of acts) {
              const { engine } = simulation.run
              if (act === "send") {
                const form = "To=%2B15551234567&From=%2B15550000001&Body=x&StatusCallback=https://recovering.test/"
                yield* simulation.api("POST", messagesPath, form)
              } else if (act === "clear")
                yield* Effect.either(engine.submit(dataCleared.draft("", { what: "messages" })))
              else if (act === "restart") {
                yield* Scope.close(scope, Exit.void)
                scope = yield* Scope.make()
                simulation = yield* simulate(options).pipe(Scope.extend(scope))
              } else if ("advance" in act) yield* Effect.either(engine.advance(act.advance))
              else yield* Effect.zipRight(TestClock.adjust(act.wait), turns(3))
            }
            yield* sound(simulation, list)
            yield* Scope.close(scope, Exit.void)
          })
          await Effect.runPromise(
            Effect.scoped(
              Effect.provide(Effect.zipRight(TestClock.setTime(1_800_000_000_000), body), TestContext.TestContext),
            ),
          )
        },
      ),
      { seed: 20_260_101, numRuns: 60 },
    ))
})
