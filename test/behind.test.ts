import { describe, it } from "@effect/vitest"
import { assertLeft, assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { machines } from "../src/app/machines.ts"
import { rules } from "../src/app/rules.ts"
import { messageCreated } from "../src/carriers/delivery/entries.ts"
import { twilioMachine } from "../src/carriers/twilio/twilio.machine.ts"
import { chained, type Row } from "../src/core/Entry.ts"
import { apiRequested } from "../src/core/entries.ts"
import { limits } from "../src/core/limits.ts"
import { type Machine, reacts } from "../src/core/Machine.ts"
import { EngineStopped } from "../src/engine/outside.ts"
import { verifyRows } from "../src/engine/verify.ts"
import { type EventLog, LogUnavailable } from "../src/log/EventLog.ts"
import { makeMemory, openMemory } from "../src/log/layerMemory.ts"
import { openSqlite } from "../src/log/layerSqlite.ts"
import { logPath } from "./log/given.ts"
import { account, allRows, messagesPath, type Simulation, simulate } from "./support/simulate.ts"

/* Groups that go into the log on a thread of its own, while the engine makes the next. */

/** Groups that the slow log takes before one is in it. */
const takenMax = 2

/** A log in memory that says when a group is in it only when it is told to. */
const slowLog = () => {
  const memory = makeMemory()
  const gone = new LogUnavailable({ file: ":memory:", doing: "Appending to", cause: new Error("disk full") })
  const waiting: Array<{ readonly rows: ReadonlyArray<Row>; readonly end: (written: boolean) => void }> = []
  let last = ""
  const appendBehind: NonNullable<(typeof EventLog.Service)["appendBehind"]> = (rows, previous, written) => {
    if (rows.length < 500 || waiting.length === takenMax) return false
    strictEqual(previous === undefined, waiting.length > 0, "the hash before a further group is not known yet")
    const append = () => {
      if (previous !== undefined) last = previous
      for (const row of rows) last = chained(row, last).hash
      return memory.append(rows)
    }
    waiting.push({ rows, end: (good) => written(good ? append() : Either.left(gone)) })
    return true
  }
  return { log: { ...memory, appendBehind }, waiting }
}

const send = apiRequested.draft("", {
  api: "twilio",
  auth: { password: { secret: "twilio.auth_token" }, user: account },
  method: "POST",
  params: [
    ["To", "+15551234567"],
    ["From", "+15550000001"],
    ["Body", "Hello"],
  ],
  path: messagesPath,
  query: [],
})

/** As many turns of the event loop as the engine could need to do what it must not. */
const turns = Effect.promise(async () => {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve))
})

/** Offers sends; tells how many were taken and how many lost. */
const offer = ({ run }: Simulation, count: number) => {
  const told = { taken: 0, lost: 0 }
  for (let i = 0; i < count; i++)
    run.engine.offer(
      send,
      () => told.taken++,
      () => told.lost++,
    )
  return told
}

const messagesIn = ({ run }: Simulation) => run.engine.world.slice(twilioMachine).messages.bySid.size

/** Entries of a group: as many turns of a send as come to at least `limits.commitEntriesMax`. */
const groupRows = limits.commitEntriesMax

/** Where the world ends: four entries for each message in it, after the first. */
const madeSeq = (simulation: Simulation) => messagesIn(simulation) * 4 + 1

/** Sends whose turn is in the log: four entries each, after the first. */
const sentIn = ({ run }: Simulation) => (run.engine.head.seq - 1) / 4

const sound = (rows: ReadonlyArray<Row>, list = machines) =>
  Effect.map(verifyRows(Stream.fromIterable(rows), { ...rules, machines: list }), (verdict) =>
    strictEqual(verdict._tag === "Sound" ? "sound" : verdict.problem, "sound"),
  )

describe("a group that is written behind", () => {
  it.scoped(
    "is told to nobody before it is in the log; the next is made and handed over meanwhile, and one that the log does not take has to wait",
    () =>
      Effect.gen(function* () {
        const { log, waiting } = slowLog()
        const simulation = yield* simulate({ log })
        const { engine } = simulation.run
        const told = offer(simulation, 3_000)
        yield* turns
        strictEqual(waiting.length, takenMax)
        strictEqual(told.taken, 0)
        strictEqual(engine.head.seq, 1)
        strictEqual((madeSeq(simulation) - 1) / groupRows, takenMax + 1)
        let seen = 0
        const settled = Effect.runPromise(simulation.settled)
        while (waiting.length > 0) {
          const { rows, end } = waiting.shift()!
          end(true)
          seen += rows.length
          strictEqual(engine.head.seq, seen + 1)
          yield* turns
        }
        yield* Effect.promise(() => settled)
        deepStrictEqual(told, { taken: 3_000, lost: 0 })
        yield* sound(yield* allRows(log))
      }),
  )

  it.scoped("is waited for by who wants to see the world as it is in the log", () =>
    Effect.gen(function* () {
      const { log, waiting } = slowLog()
      const simulation = yield* simulate({ log })
      offer(simulation, 3_000)
      yield* turns
      let seen = false
      const reader = Effect.runPromise(Effect.map(simulation.run.engine.written, () => (seen = true)))
      let ended = 0
      for (; !seen; ended++) {
        waiting.shift()!.end(true)
        if (waiting.length > 0) yield* turns
        else yield* Effect.promise(() => reader)
      }
      strictEqual(ended, takenMax + 1, "only what was made before anybody wanted to see is waited for")
      yield* turns
      assertTrue(waiting.length > 0, "the run did not go on")
      while (waiting.length > 0) {
        waiting.shift()!.end(true)
        yield* turns
      }
      yield* simulation.settled
    }),
  )

  it.scoped("is no moment to look for who hears of the one before it", () =>
    Effect.gen(function* () {
      const { log, waiting } = slowLog()
      const simulation = yield* simulate({ log, pace: { _tag: "paused" } })
      const { engine } = simulation.run
      const seen: Array<readonly [world: number, log: number]> = []
      engine.onCommitted(() => engine.whenWritten(() => seen.push([messagesIn(simulation), sentIn(simulation)])))
      offer(simulation, 1_500)
      yield* turns
      while (waiting.length > 0) {
        waiting.shift()!.end(true)
        yield* turns
      }
      yield* simulation.settled
      assertTrue(seen.length >= 2)
      for (const [world, log] of seen) strictEqual(world, log)
    }),
  )

  it.scoped("that fails is done for nobody, nor is the one made after it; nobody is shown the world", () =>
    Effect.gen(function* () {
      const { log, waiting } = slowLog()
      const simulation = yield* simulate({ log })
      const { engine } = simulation.run
      const told = offer(simulation, 1_500)
      yield* turns
      const reader = Effect.runPromise(Effect.either(engine.written))
      waiting.shift()!.end(false)
      strictEqual(waiting.length, 1, "the one made after it was not handed over")
      waiting.shift()!.end(false)
      yield* turns
      deepStrictEqual(told, { taken: 0, lost: 1_500 })
      const why = new EngineStopped({ reason: "Appending to :memory:: disk full" })
      assertLeft(yield* Effect.promise(() => reader), why)
      assertLeft(yield* Effect.either(engine.written), why)
      assertLeft(yield* Effect.either(engine.settled), why)
      strictEqual((yield* log.head).seq, 1)
    }),
  )

  it.scoped("in a run that ends meanwhile is lost to who waits, or done, and the log is sound", () =>
    Effect.gen(function* () {
      const { log, waiting } = slowLog()
      const scope = yield* Scope.make()
      const simulation = yield* Scope.extend(simulate({ log }), scope)
      const told = offer(simulation, 1_500)
      yield* turns
      yield* Scope.close(scope, Exit.void)
      for (const { end } of waiting) end(true)
      yield* turns
      deepStrictEqual(told, { taken: 0, lost: 1_500 })
      yield* sound(yield* allRows(log))
    }),
  )
})

/** Throws at a request that carries `Poison`, once it has become a message. */
const faulty: Machine<null> = {
  name: "faulty",
  initial: () => null,
  evolve: [],
  react: [
    reacts(messageCreated, (_, { data }) => {
      if (data.body === "Poison") throw new Error("poisoned")
      return []
    }),
  ],
}
const list = [...machines, faulty]
const poison = {
  ...send,
  data: {
    ...send.data,
    params: send.data.params.map(([name, value]) => [name, name === "Body" ? "Poison" : value] as const),
  },
}

describe("a rule that throws over a group that is written behind", () => {
  it.scopedLive("has its world made anew once that group is in the log", () =>
    Effect.gen(function* () {
      const { log, waiting } = slowLog()
      const simulation = yield* simulate({ log, machines: list })
      const told = offer(simulation, 700)
      const answer = Effect.runPromise(
        Effect.async<number>((resume) =>
          simulation.run.engine.ask(
            poison,
            ({ entry }) => resume(Effect.succeed(entry.data.status)),
            () => resume(Effect.succeed(0)),
          ),
        ),
      )
      const after = offer(simulation, 700)
      yield* turns
      while (waiting.length > 0) {
        waiting.shift()!.end(true)
        yield* turns
        yield* Effect.sleep(1)
      }
      strictEqual(yield* Effect.promise(() => answer), 500)
      yield* simulation.settled.pipe(Effect.timeout("20 seconds"))
      deepStrictEqual(
        [told, after],
        [
          { taken: 700, lost: 0 },
          { taken: 700, lost: 0 },
        ],
      )
      yield* sound(yield* allRows(log), list)
    }),
  )

  for (const [what, before] of [
    ["and over no group at all", 0],
    ["", 700],
  ] as const)
    it.scopedLive(`shows nobody a world that is being made anew ${what}`.trim(), () =>
      Effect.gen(function* () {
        const { log, waiting } = slowLog()
        const gate = yield* Effect.makeSemaphore(1)
        const read: typeof log.read = (after, limit) => gate.withPermits(1)(log.read(after, limit))
        const simulation = yield* simulate({ log: { ...log, read }, machines: list })
        yield* gate.take(1)
        offer(simulation, before)
        simulation.run.engine.offer(poison)
        const seen: Array<readonly [world: number, failed: boolean]> = []
        const look = () =>
          Effect.runPromise(
            Effect.flatMap(simulation.run.engine.written, () =>
              Effect.map(allRows(log), (rows) =>
                seen.push([messagesIn(simulation), rows.some(({ type }) => type === "turn.failed")]),
              ),
            ),
          )
        yield* turns
        const looks: Array<Promise<unknown>> = []
        while (waiting.length > 0 || simulation.run.engine.queued > 0) {
          // A slow machine makes more groups of them: before all are made, there are moments at which to look.
          if (simulation.run.engine.queued === 0 && looks.length === 0) looks.push(look())
          waiting.shift()?.end(true)
          yield* turns
        }
        looks.push(look())
        yield* turns
        deepStrictEqual(seen, [])
        yield* gate.release(1)
        yield* Effect.promise(() => Promise.all(looks))
        deepStrictEqual(
          seen,
          looks.map(() => [before, true]),
        )
      }),
    )

  it.scopedLive("tells who wants to see when the run ends meanwhile", () =>
    Effect.gen(function* () {
      const memory = makeMemory()
      let readable = true
      const read: typeof memory.read = (after, limit) => (readable ? memory.read(after, limit) : Effect.never)
      const scope = yield* Scope.make()
      const { run } = yield* Scope.extend(simulate({ log: { ...memory, read }, machines: list }), scope)
      readable = false
      run.engine.offer(poison)
      yield* turns
      const reader = Effect.runPromise(Effect.either(run.engine.written))
      yield* Scope.close(scope, Exit.void)
      assertLeft(yield* Effect.promise(() => reader), new EngineStopped({ reason: "the run is over" }))
    }),
  )
})

describe("a log in memory for an engine", () => {
  it.scopedLive("is not asked for a hash until somebody looks at one", () =>
    Effect.gen(function* () {
      const { packed, ...memory } = yield* openMemory
      if (packed === undefined) throw new Error("its rows are not packed")
      let asked = 0
      const hashAt = (seq: number) => {
        asked++
        return packed.hashAt(seq)
      }
      const simulation = yield* simulate({ log: { ...memory, packed: { ...packed, hashAt } } })
      offer(simulation, 1_000)
      yield* simulation.settled
      strictEqual(asked, 0)
      strictEqual(simulation.run.engine.head.hash, (yield* allRows(memory)).at(-1)?.hash)
      strictEqual(asked, 1)
    }),
  )
})

describe("the thread that writes a log", () => {
  it.scopedLive("gives the same bytes as the log in memory", () =>
    Effect.gen(function* () {
      const run = (log: ReturnType<typeof makeMemory>) =>
        Effect.scoped(
          Effect.gen(function* () {
            const simulation = yield* simulate({ log })
            offer(simulation, 10_000)
            yield* simulation.settled
            return yield* log.head
          }),
        )
      const file = yield* logPath
      const disk = yield* openSqlite(file)
      let behind = 0
      const counted: typeof disk = {
        ...disk,
        appendBehind: (rows, previous, written) => {
          const given = disk.appendBehind?.(rows, previous, written) === true
          if (given) behind++
          return given
        },
      }
      deepStrictEqual(yield* run(counted), yield* run(makeMemory()))
      assertTrue(behind > 0, "no group went to the thread")
      yield* sound(yield* allRows(disk))
    }),
  )
})
