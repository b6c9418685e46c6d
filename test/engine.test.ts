import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { assertLeft, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { machines } from "../src/app/machines.ts"
import { rules } from "../src/app/rules.ts"
import { timersMachine } from "../src/clock/timers.machine.ts"
import type { Row } from "../src/core/Entry.ts"
import { apiRequested, outboundAnswered, outboundRequested, timerFired } from "../src/core/entries.ts"
import { type Machine, reacts } from "../src/core/Machine.ts"
import { EngineStopped, type WayOut } from "../src/engine/outside.ts"
import { rerun } from "../src/engine/rerun.ts"
import { verifyRows } from "../src/engine/verify.ts"
import { LogUnavailable } from "../src/log/EventLog.ts"
import { makeMemory } from "../src/log/layerMemory.ts"
import { openSqlite } from "../src/log/layerSqlite.ts"
import { outboundMachine } from "../src/network/outbound.machine.ts"
import { messagesPath, type SimulateOptions, type Simulation, simulate } from "./support/simulate.ts"

const sound = (rows: ReadonlyArray<Row>, list = machines) =>
  Effect.map(verifyRows(Stream.fromIterable(rows), { ...rules, machines: list }), (verdict) =>
    strictEqual(verdict._tag === "Sound" ? "sound" : verdict.problem, "sound"),
  )

const types = (rows: ReadonlyArray<Row>) => rows.map(({ type }) => type)

/** Runs `body` against a simulation whose scope ends with it. */
const within = <A, E>(options: SimulateOptions, body: (simulation: Simulation) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(simulate(options), body))

describe("a rule that throws", () => {
  /** Throws at requests that carry `Poison`, and at timers of messages to the poisoned number. */
  const faulty: Machine<null> = {
    name: "faulty",
    initial: () => null,
    evolve: [],
    react: [
      reacts(apiRequested, (_, { data }) => {
        if (data.params.some(([name]) => name === "Poison")) throw new Error("poisoned request")
        return []
      }),
      reacts(timerFired, (world, { subject }) => {
        if (world.settings.endpoints !== undefined && poisonedSubjects.has(subject)) throw new Error("poisoned timer")
        return []
      }),
    ],
  }
  const poisonedSubjects = new Set<string>()
  const list = [...machines, faulty]

  it.effect("answers 500 / 20500, leaves one entry, and the run goes on", () =>
    within({ machines: list }, (simulation) =>
      Effect.gen(function* () {
        const before = yield* simulation.send({ To: "+15551234567" })
        const { status, body } = yield* simulation.api("POST", messagesPath, "To=%2B15551234567&Poison=1")
        strictEqual(status, 500)
        strictEqual(JSON.parse(body).code, 20500)
        const after = yield* simulation.send({ To: "+15551234567", StatusCallback: "https://good.test/" })
        yield* simulation.settled
        const rows = yield* simulation.rows
        const failed = rows.filter(({ type }) => type === "turn.failed")
        strictEqual(failed.length, 1)
        const { error, input } = JSON.parse(failed[0]?.data ?? "")
        strictEqual(error, "faulty on api.requested: Error: poisoned request")
        strictEqual(input.type, "api.requested")
        for (const sid of [before, after])
          strictEqual(
            rows.some(({ subject, data }) => subject === sid && data.includes("delivered")),
            true,
          )
        yield* sound(rows, list)
      }),
    ),
  )

  it.effect("at a timer cancels that timer and no other", () =>
    within({ machines: list, pace: { _tag: "paused" } }, (simulation) =>
      Effect.gen(function* () {
        const { engine } = simulation.run
        const bad = yield* simulation.send({ To: "+15551234567" })
        const good = yield* simulation.send({ To: "+15551234567" })
        poisonedSubjects.add(bad)
        yield* engine.advance(60_000)
        poisonedSubjects.clear()
        const rows = yield* simulation.rows
        deepStrictEqual(
          rows.filter(({ type }) => type === "turn.failed").map(({ subject }) => subject),
          [bad],
        )
        strictEqual(
          rows.some(({ subject, data }) => subject === good && data.includes("delivered")),
          true,
        )
        strictEqual(engine.world.slice(timersMachine).byKey.size, 0)
      }),
    ),
  )

  it.effect("commits and answers the turns that were queued before it", () =>
    within({ machines: list }, ({ api, rows }) =>
      Effect.gen(function* () {
        const good = "To=%2B15551234567&From=%2B15550000001&Body=x"
        const answers = yield* Effect.all(
          [good, good, `${good}&Poison=1`, good].map((form) => api("POST", messagesPath, form)),
          { concurrency: "unbounded" },
        )
        deepStrictEqual(
          answers.map(({ status }) => status),
          [201, 201, 500, 201],
        )
        yield* sound(yield* rows, list)
      }),
    ),
  )

  it.effect("that answers without end is stopped at the limit", () => {
    const endless: Machine<null> = {
      name: "endless",
      initial: () => null,
      evolve: [],
      react: [reacts(outboundRequested, (_, { subject, data }) => [outboundRequested.draft(subject, data)])],
    }
    return within({ machines: [...machines, endless] }, (simulation) =>
      Effect.gen(function* () {
        yield* simulation.send({ To: "+15551234567", StatusCallback: "https://good.test/" })
        yield* simulation.settled
        const failed = (yield* simulation.rows).find(({ type }) => type === "turn.failed")
        strictEqual(/longer than 10000 entries; it ends in .*outbound\.requested/.test(failed?.data ?? ""), true)
      }),
    )
  })
})

describe("a log that cannot be written", () => {
  it.effect("answers nobody as if it were done, and takes no more", () => {
    const memory = makeMemory()
    const gone = new LogUnavailable({ file: ":memory:", doing: "writing", cause: new Error("disk full") })
    let broken = false
    const log = { ...memory, append: (rows: ReadonlyArray<Row>) => (broken ? Either.left(gone) : memory.append(rows)) }
    return within({ log }, ({ run: { engine } }) =>
      Effect.gen(function* () {
        broken = true
        const request = apiRequested.draft("", {
          api: "twilio",
          method: "GET",
          params: [],
          path: messagesPath,
          query: [],
        })
        const why = new EngineStopped({ reason: "writing :memory:: disk full" })
        assertLeft(yield* Effect.either(engine.submit(request)), why)
        broken = false
        assertLeft(yield* Effect.either(engine.submit(request)), why)
        assertLeft(yield* Effect.either(engine.settled), why)
        strictEqual((yield* memory.head).seq, 1)
      }),
    )
  })
})

describe("a restart", () => {
  const wired: WayOut = {
    inFlight: (world) => world.slice(outboundMachine).onWire,
    quietMs: () => 0,
    committed: () => {},
    begin: () => {},
  }

  it.scopedLive("finds timers, messages and what was in flight; its log is sound", () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "ringback-"))),
        (made) => Effect.sync(() => fs.rmSync(made, { recursive: true })),
      )
      const file = path.join(folder, "run.db")
      const started = (body: (simulation: Simulation) => Effect.Effect<void>, wayOut: WayOut = wired) =>
        Effect.scoped(
          Effect.gen(function* () {
            const log = yield* openSqlite(file)
            yield* body(yield* simulate({ log, wayOut, pace: { _tag: "paused" } }))
          }),
        )
      let sid = ""
      yield* started((simulation) =>
        Effect.gen(function* () {
          sid = yield* simulation.send({ To: "+15551234567", StatusCallback: "http://localhost:1/real" })
          simulation.run.engine.step(1).pipe(Effect.runFork)
          yield* Effect.repeat(Effect.yieldNow(), {
            until: () => simulation.run.engine.world.slice(outboundMachine).onWire === 1,
          })
        }),
      )
      const begun: Array<unknown> = []
      yield* started(
        (simulation) =>
          Effect.gen(function* () {
            const { engine } = simulation.run
            const [pending] = engine.world.slice(outboundMachine).pending.values()
            deepStrictEqual(begun, [[pending?.request.attempt, pending?.request.token]])
            engine.offer(outboundAnswered.draft(sid, { body: "", status: 200 }, pending?.seq ?? 0))
            yield* Effect.orDie(engine.advance(1_999))
            const fetched = yield* simulation.api("GET", messagesPath.replace(/\.json$/, `/${sid}.json`))
            strictEqual(JSON.parse(fetched.body).status, "sent")
          }),
        {
          ...wired,
          begin: (_, world) => {
            for (const { request } of world.slice(outboundMachine).pending.values())
              begun.push([request.attempt, request.token])
          },
        },
      )
      const log = yield* openSqlite(file)
      const rows = yield* log.read(0, 1_000)
      strictEqual(types(rows).filter((type) => type === "run.resumed").length, 1)
      strictEqual(types(rows).filter((type) => type === "outbound.requested").length, 1)
      yield* sound(rows)
    }),
  )

  it.scopedLive("goes on with an advance it was in the middle of", () =>
    Effect.gen(function* () {
      const log = makeMemory()
      const scope = yield* Scope.make()
      const first = yield* simulate({ log, wayOut: wired, pace: { _tag: "paused" } }).pipe(Scope.extend(scope))
      yield* first.send({ To: "+15551234567", StatusCallback: "http://localhost:1/real" })
      const start = first.run.engine.now
      yield* Effect.fork(Effect.ignore(first.run.engine.advance(10_000)))
      yield* Effect.repeat(Effect.yieldNow(), {
        until: () => first.run.engine.world.slice(outboundMachine).onWire === 1,
      })
      yield* Scope.close(scope, Exit.void)
      const { run } = yield* simulate({ log, wayOut: wired, pace: { _tag: "paused" } })
      for (let status = 0; status < 2; status++) {
        const [pending] = run.engine.world.slice(outboundMachine).pending.values()
        yield* run.engine.submit(
          outboundAnswered.draft(pending?.subject ?? "", { body: "", status: 200 }, pending?.seq ?? 0),
        )
        yield* Effect.repeat(Effect.yieldNow(), {
          until: () => status === 1 || run.engine.world.slice(outboundMachine).onWire === 1,
        })
      }
      yield* run.engine.settled
      strictEqual(run.engine.now, start + 10_000)
      yield* sound(yield* log.read(0, 1_000))
    }),
  )
})

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

describe("running again", () => {
  const wire = (answers: ReadonlyArray<number>): WayOut => {
    let offer: ((answer: ReturnType<typeof outboundAnswered.draft>) => void) | undefined
    let next = 0
    return {
      inFlight: (world) => world.slice(outboundMachine).onWire,
      quietMs: () => 0,
      committed: (made) => {
        for (const { entry } of made)
          if (outboundRequested.is(entry))
            offer?.(outboundAnswered.draft(entry.subject, { body: "", status: answers[next++] ?? 200 }, entry.seq))
      },
      begin: (to) => {
        offer = to
      },
    }
  }

  it.effect("uses the recorded wire answers, and says which were not recorded", () =>
    within({ wayOut: wire([500, 200, 200]), settings: { endpoints: [] } }, (simulation) =>
      Effect.gen(function* () {
        yield* simulation.send({ To: "+15551234567", StatusCallback: "http://localhost:1/real" })
        yield* simulation.settled
        const rows = yield* simulation.rows
        const again = yield* rerun({ rows, machines })
        deepStrictEqual(again.rows, rows)
        // Forked before the first callback, of a recording whose answers belong to no request: none was recorded.
        const cut = rows.findIndex(({ type }) => type === "timer.fired")
        const changed = rows.slice(0, 1).map(({ data }) => JSON.parse(data).settings)[0]
        changed.callbacks.rewrite = [{ from: "http://localhost:1", to: "http://localhost:2" }]
        const fork = yield* rerun({
          rows: rows.map((row) => (row.type === outboundAnswered.type ? { ...row, cause: 1 } : row)),
          machines,
          cut,
          change: { type: "settings.changed", subject: "", data: { settings: changed } },
        })
        deepStrictEqual(fork.rows.slice(0, cut), rows.slice(0, cut))
        strictEqual(fork.rows[cut]?.type, "settings.changed")
        strictEqual(
          fork.rows.some(({ data }) => data.includes("http://localhost:2/real")),
          true,
        )
        strictEqual(
          fork.rows.some(({ data }) => data.includes('"not-recorded"')),
          true,
        )
        yield* sound(fork.rows)
      }),
    ),
  )
})
