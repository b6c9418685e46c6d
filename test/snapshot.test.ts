import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as v8 from "node:v8"
import { describe, it } from "@effect/vitest"
import { assertInclude, assertLeft, deepStrictEqual, strictEqual, throws } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { machines } from "../src/app/machines.ts"
import type { SettingsFile } from "../src/app/settingsFile.ts"
import type { Chains } from "../src/carriers/twilio/chains.ts"
import type { Twilio } from "../src/carriers/twilio/state.ts"
import { twilioMachine } from "../src/carriers/twilio/twilio.machine.ts"
import { clockMachine } from "../src/clock/clock.machine.ts"
import { timersMachine } from "../src/clock/timers.machine.ts"
import { decode, type Row } from "../src/core/Entry.ts"
import { PackedItems } from "../src/core/packed/PackedItems.ts"
import { worldOfLog } from "../src/engine/fold.ts"
import { runMachine } from "../src/engine/run.machine.ts"
import { isOfLog, readSnapshot, type Snapshot, snapshotFileOf, writeSnapshot } from "../src/engine/snapshot.ts"
import { type SavedWorld, WorldState } from "../src/engine/World.ts"
import { gatewayMachine } from "../src/gateway/gateway.machine.ts"
import type { Gateway } from "../src/gateway/state.ts"
import { makeMemory } from "../src/log/layerMemory.ts"
import { simulate } from "./support/simulate.ts"
import { type Act, acts, performAll } from "./support/traffic.ts"

const runs = { seed: 20_260_101, numRuns: 30 }
const key = { rules: "these", flags: [] }

const folded = (rows: ReadonlyArray<Row>, world = new WorldState(machines)): WorldState => {
  for (const row of rows) world.evolve(decode(row))
  return world
}

/** Runs under which each kind of thing that a slice holds comes up. */
const settings: FastCheck.Arbitrary<SettingsFile> = FastCheck.constantFrom<ReadonlyArray<SettingsFile>[number]>(
  {},
  { twilio: { rate: { segments_per_second: 1, queue_seconds: 9 }, media: "fetch" } },
  {
    twilio: {
      api: { latency_seconds: 2, concurrency: 5 },
      carriers: [
        { name: "lossy", to: ["+1555"], loss_percent: 40, segments_per_second: 1 },
        { name: "slow", latency: { p0: 0, p50: "1s", p100: "1m" } },
      ],
      faults: [
        { method: "POST", percent: 20, status: 503 },
        { percent: 20, drop: "answer" },
        { percent: 30, latency: "2s" },
      ],
    },
    callbacks: {
      faults: { duplicated_percent: 20, late_percent: 20, lost_percent: 20, out_of_order_percent: 20, late: "9s" },
    },
  },
)

/** Everything that rules can see of a world, in the order in which they would. */
const seen = (world: WorldState): unknown =>
  [runMachine, clockMachine, ...machines].map((machine) => {
    const slice: unknown = world.slice(machine)
    if (machine.name === gatewayMachine.name) return [machine.name, ordered(seenGateway(slice as Gateway))]
    return [machine.name, ordered(machine.name === twilioMachine.name ? seenTwilio(slice as Twilio) : slice)]
  })

/** Without texts that are shared, and names of messages in any order: nobody walks through them. */
const seenGateway = ({ byName, texts: _, ...gateway }: Gateway) => ({
  ...gateway,
  byName: [...byName].map(([name, n]) => `${name} ${n}`).sort(),
})

/** Without what is compiled and texts that are shared; of chains the lists of each key. */
const seenTwilio = ({ calls, messages: { byFrom, byTo, texts: _, ...messages }, templates: __, ...twilio }: Twilio) => {
  const all = Array.from({ length: messages.bySid.length }, (_, place) => messages.bySid.at(place))
  const { by, calls: made } = calls
  return {
    ...twilio,
    calls: {
      ...calls,
      by: [
        listsOf(by.from, made.all, ({ made: { from } }) => from),
        listsOf(by.parent, made.all, ({ made: { parent_call_sid = "" } }) => parent_call_sid),
        listsOf(by.to, made.all, ({ made: { to } }) => to),
      ],
    },
    messages: {
      ...messages,
      byFrom: listsOf(byFrom, all, ({ from }) => from),
      byTo: listsOf(byTo, all, ({ to }) => to),
    },
  }
}

/** For each key the SIDs of what has it, as its chain has them. All of it must be there. */
const listsOf = <Item extends { readonly sid: string }>(
  { newest, older }: Chains,
  all: ReadonlyArray<Item | undefined>,
  keyOf: (item: Item) => string,
) => {
  const of = (key: string) => all.filter((item) => item !== undefined && keyOf(item) === key)
  return [...new Set(all.flatMap((item) => (item === undefined ? [] : [keyOf(item)])))].map((key) => {
    const sids: Array<string> = []
    for (let at = newest.get(key) ?? -1; at >= 0; at = older.at(at) ?? -1) {
      const item = all[at]
      if (item !== undefined && keyOf(item) === key) sids.push(item.sid)
    }
    if (key !== "")
      deepStrictEqual(
        sids.toReversed(),
        of(key).map((item) => item?.sid),
      )
    return [key, sids]
  })
}

/** Timers in the order in which they fire, and as `data.cleared` cancels them. */
const seenTimers = (world: WorldState) => {
  const { byKey, count } = world.slice(timersMachine)
  const heap = world.slice(timersMachine).heap.filter((timer) => byKey.get(timer.key) === timer)
  return { count, byKey: [...byKey], heap: heap.sort((a, b) => a.due - b.due || a.order - b.order) }
}

const same = (world: WorldState, other: WorldState) => {
  deepStrictEqual(seen(world), seen(other))
  deepStrictEqual(seenTimers(world), seenTimers(other))
}

/** Maps and sets as lists: their order is part of the world. */
const ordered = (value: unknown): unknown => {
  if (value instanceof Map || value instanceof PackedItems) return { map: [...value].map(ordered) }
  if (value instanceof Set) return { set: [...value].map(ordered) }
  if (Array.isArray(value)) return value.map(ordered)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, ordered(inner)]))
}

/** Through the bytes of a snapshot and back. */
const throughBytes = ({ at, parts }: SavedWorld): SavedWorld =>
  v8.deserialize(v8.serialize({ at, parts: [...parts] })) as SavedWorld

const headOf = (rows: ReadonlyArray<Row>) => {
  const { seq, at, hash } = rows.at(-1) as Row
  return { seq, at, hash }
}

const rowsOf = (all: ReadonlyArray<Act>, given: SettingsFile = {}): Promise<ReadonlyArray<Row>> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const simulation = yield* simulate({ settings: given })
        yield* performAll(simulation, all)
        yield* simulation.settled
        return yield* simulation.rows
      }),
    ),
  )

const inFolder = <A>(body: (logFile: string) => A): A => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ringback-"))
  try {
    return body(path.join(folder, "run.db"))
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
}

describe("a snapshot", () => {
  it("saves the folding up to it, and is no help for a place before it", async () => {
    const rows = await rowsOf([{ _tag: "send", to: "+15551234567", callback: "https://good.test", body: "x" }])
    const cut = Math.floor(rows.length / 2)
    const log = makeMemory()
    log.append(rows)
    const head = headOf(rows.slice(0, cut))
    const snapshot = () =>
      Either.right({ head, world: throughBytes(folded(rows.slice(0, cut)).save()), close: () => {} })
    for (const upTo of [cut - 1, cut, cut + 1, rows.length]) {
      const { snapshotSeq, world } = await Effect.runPromise(worldOfLog({ log, machines, snapshot, upTo }))
      strictEqual(snapshotSeq, upTo < cut ? 0 : cut)
      deepStrictEqual(throughBytes(world.save()), throughBytes(folded(rows.slice(0, upTo)).save()))
    }
  })

  it("and what came after is the whole log's world, wherever it was taken", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(acts, FastCheck.nat(), settings, async (all, place, given) => {
        const rows = await rowsOf(all, given)
        const cut = 1 + (place % rows.length)
        const before = folded(rows.slice(0, cut))
        const world = new WorldState(machines, throughBytes(before.save()))
        same(world, before)
        same(folded(rows.slice(cut), world), folded(rows))
      }),
      runs,
    ))

  it("taken in the middle of deliveries goes on to the same bytes", async () => {
    const all: ReadonlyArray<Act> = [
      { _tag: "send", to: "+15551234567", callback: "https://recovering.test/a", body: "one" },
      { _tag: "send", to: "+15559876543", callback: "https://hanging.test/a", body: "two" },
      { _tag: "advance", ms: 2_500 },
    ]
    const whole = await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const log = makeMemory()
          const before = yield* simulate({ log, pace: { _tag: "paused" } })
          yield* performAll(before, all)
          const middle = yield* before.rows
          const world = throughBytes(folded(middle).save())
          const snapshot: Snapshot = { head: headOf(middle), world, close: () => {} }
          const ends: Array<ReadonlyArray<Row>> = []
          for (const given of [undefined, snapshot]) {
            const copy = makeMemory()
            copy.append(middle)
            const { run, rows } = yield* simulate({
              log: copy,
              pace: { _tag: "paused" },
              ...(given === undefined ? {} : { snapshot: () => Either.right(given) }),
            })
            strictEqual(run.snapshotSeq, given === undefined ? 0 : middle.length)
            yield* run.engine.advance(60_000)
            ends.push(yield* rows)
          }
          return ends
        }),
      ),
    )
    deepStrictEqual(whole[1], whole[0])
    strictEqual((whole[0]?.length ?? 0) > 20, true)
  })

  it("whose parts are not those of these machines in their order is a defect, and no half of a world", async () => {
    const { at, parts } = throughBytes(folded(await rowsOf([{ _tag: "list", pageSize: 1 }])).save())
    const all = [...parts]
    for (const wrong of [all.toReversed(), [...all, ["later", {}] as const]])
      throws(
        () => new WorldState(machines, { at, parts: wrong }),
        (error) => {
          assertInclude(String(error), "was saved out of order")
          return undefined
        },
      )
  })

  it("of another log, or of a log that has changed since, is passed over", async () => {
    const all: ReadonlyArray<Act> = [{ _tag: "send", to: "+15551234567", callback: undefined, body: "x" }]
    const rows = await rowsOf(all)
    const world = throughBytes(folded(rows).save())
    for (const head of [
      { ...headOf(rows), hash: "f".repeat(64) },
      { ...headOf(rows), seq: rows.length + 5 },
      { ...headOf(rows), at: headOf(rows).at + 1 },
    ]) {
      const log = makeMemory()
      log.append(rows)
      let closed = 0
      const snapshot = () => Either.right({ head, world, close: () => closed++ })
      const seq = await Effect.runPromise(
        Effect.scoped(Effect.map(simulate({ log, snapshot }), ({ run }) => run.snapshotSeq)),
      )
      deepStrictEqual([seq, closed], [0, 1])
    }
  })
})

describe("a snapshot file", () => {
  const world: SavedWorld = {
    at: 5,
    parts: [
      ["x", { a: new Set([1]) }],
      ["y", "first"],
      ["y", new Map([["second", 2]])],
    ],
  }
  const head = { seq: 3, at: 5, hash: "a".repeat(64) }
  const row: Row = { ...head, cause: 0, kind: "input", type: "timer.fired", subject: "", data: "{}" }

  it("comes back as it was written, and replaces the one before whole", () =>
    inFolder((logFile) => {
      writeSnapshot(logFile, key, { ...head, seq: 2 }, world)
      // What a process that was killed has left is not kept.
      fs.writeFileSync(`${snapshotFileOf(logFile)}.1.part`, "half of one")
      writeSnapshot(logFile, key, head, world)
      const read = Either.getOrThrow(readSnapshot(logFile, key))
      // One that is being read stays whole while the next one takes its name.
      writeSnapshot(logFile, key, { ...head, seq: 4 }, { at: 5, parts: [] })
      deepStrictEqual({ ...read.world, parts: [...read.world.parts] }, world)
      deepStrictEqual(read.head, head)
      read.close()
      deepStrictEqual(fs.readdirSync(path.dirname(logFile)), ["run.db.snapshot"])
    }))

  it("of other rules or flags, missing, cut off or altered anywhere is never believed", () =>
    inFolder((logFile) => {
      assertLeft(readSnapshot(logFile, key), "there is none")
      writeSnapshot(logFile, key, head, world)
      assertLeft(readSnapshot(logFile, { ...key, rules: "others" }), "it was made by other rules")
      assertLeft(readSnapshot(logFile, { ...key, flags: [1] }), "it was made by other rules")
      const file = snapshotFileOf(logFile)
      const bytes = fs.readFileSync(file)
      const payloadAt = bytes.indexOf("\n") + 1
      const said = (): Either.Either<Snapshot, string> => {
        const read = readSnapshot(logFile, key)
        if (Either.isRight(read)) read.right.close()
        return read
      }
      const fd = fs.openSync(file, "r+")
      const altered = (at: number) => {
        const byte = bytes[at] ?? 0
        fs.writeSync(fd, Buffer.of(byte ^ 1), 0, 1, at)
        const read = said()
        fs.writeSync(fd, Buffer.of(byte), 0, 1, at)
        return read
      }
      for (let at = payloadAt; at < bytes.length; at++)
        assertLeft(altered(at), "it is damaged: its content does not match its hash")
      // Where in the log it says it belongs is checked against the log itself.
      const saysAnother = Either.match({ onLeft: () => true, onRight: (found: Snapshot) => !isOfLog(found, row) })
      for (let at = 0; at < payloadAt; at++) strictEqual(saysAnother(altered(at)), true)
      fs.closeSync(fd)
      deepStrictEqual(Either.isRight(said()), true)
      for (const length of [0, 1, payloadAt - 1, payloadAt, bytes.length - 1]) {
        fs.writeFileSync(file, bytes.subarray(0, length))
        strictEqual(Either.isLeft(said()), true)
      }
    }))

  it("that cannot be written whole leaves nothing behind, and the one before as it was", () =>
    inFolder((logFile) => {
      writeSnapshot(logFile, key, head, world)
      const full = new Error("the disk is full")
      const parts = function* (): Generator<readonly [string, unknown]> {
        yield ["x", "first"]
        throw full
      }
      throws(() => writeSnapshot(logFile, key, { ...head, seq: 4 }, { at: 5, parts: parts() }), full)
      deepStrictEqual(fs.readdirSync(path.dirname(logFile)), ["run.db.snapshot"])
      const read = Either.getOrThrow(readSnapshot(logFile, key))
      deepStrictEqual(read.head, head)
      read.close()
    }))
})
