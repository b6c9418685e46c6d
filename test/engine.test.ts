import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { assertLeft, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { machines } from "../src/app/machines.ts"
import { rules } from "../src/app/rules.ts"
import { timersMachine } from "../src/clock/timers.machine.ts"
import type { Row } from "../src/core/Entry.ts"
import { apiRequested, outboundAnswered, outboundRequested, timerFired } from "../src/core/entries.ts"
import { type Machine, reacts } from "../src/core/Machine.ts"
import { EngineStopped, type WayOut } from "../src/engine/outside.ts"
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
        yield* sound(rows)
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

  it.effect("while the engine is stopped leaves it stopped, and whoever asked is told", () => {
    const memory = makeMemory()
    const [making, go] = [Effect.runSync(Deferred.make<void>()), Effect.runSync(Deferred.make<void>())]
    let slow = false
    const log = {
      ...memory,
      read: (after: number, limit: number) =>
        Effect.andThen(
          Effect.suspend(() =>
            slow ? Effect.andThen(Deferred.succeed(making, undefined), Deferred.await(go)) : Effect.void,
          ),
          memory.read(after, limit),
        ),
    }
    return within({ log, machines: list }, ({ run: { engine } }) =>
      Effect.gen(function* () {
        const request = (params: ReadonlyArray<readonly [string, string]>) =>
          apiRequested.draft("", { api: "twilio", method: "GET", params, path: messagesPath, query: [] })
        slow = true
        const asked = yield* Effect.fork(Effect.either(engine.submit(request([["Poison", "1"]]))))
        yield* Deferred.await(making)
        const why = new EngineStopped({ reason: "it was stopped" })
        engine.stop(why)
        yield* Deferred.succeed(go, undefined)
        assertLeft(yield* Fiber.join(asked), why)
        assertLeft(yield* Effect.either(engine.submit(request([]))), why)
        strictEqual((yield* memory.head).seq, 1)
      }),
    )
  })

  it.effect("behind an answer at which the engine was stopped is not gone into", () =>
    within({ machines: list }, ({ run: { engine, log } }) =>
      Effect.gen(function* () {
        const asked = (params: ReadonlyArray<readonly [string, string]>, answered: () => void) =>
          Effect.async<string>((resume) =>
            engine.ask(
              apiRequested.draft("", { api: "twilio", method: "GET", params, path: messagesPath, query: [] }),
              () => {
                answered()
                resume(Effect.succeed("answered"))
              },
              ({ reason }) => resume(Effect.succeed(reason)),
            ),
          )
        const stop = () => engine.stop(new EngineStopped({ reason: "no keys" }))
        const both = [asked([], stop), asked([["Poison", "1"]], () => {})]
        deepStrictEqual(yield* Effect.all(both, { concurrency: "unbounded" }), ["answered", "no keys"])
        const { seq } = yield* log.head
        yield* Effect.repeatN(Effect.yieldNow(), 100)
        assertLeft(yield* Effect.either(engine.settled), new EngineStopped({ reason: "no keys" }))
        strictEqual((yield* log.head).seq, seq)
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
