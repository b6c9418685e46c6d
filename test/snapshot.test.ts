import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as v8 from "node:v8"
import { describe, it } from "@effect/vitest"
import { assertLeft, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { machines } from "../src/app/machines.ts"
import { decode, type Row } from "../src/core/Entry.ts"
import { worldOfLog } from "../src/engine/fold.ts"
import { isOfLog, readSnapshot, type Snapshot, snapshotFileOf, writeSnapshot } from "../src/engine/snapshot.ts"
import { type SavedWorld, WorldState } from "../src/engine/World.ts"
import { makeMemory } from "../src/log/layerMemory.ts"
import { simulate } from "./support/simulate.ts"
import { type Act, acts, performAll } from "./support/traffic.ts"

const runs = { seed: 20_260_101, numRuns: 30 }
const key = { rules: "these", flags: [] }

const folded = (rows: ReadonlyArray<Row>, world = new WorldState(machines)): WorldState => {
  for (const row of rows) world.evolve(decode(row))
  return world
}

/** Through the bytes of a snapshot and back. */
const throughBytes = ({ at, parts }: SavedWorld): SavedWorld =>
  v8.deserialize(v8.serialize({ at, parts: [...parts] })) as SavedWorld

const headOf = (rows: ReadonlyArray<Row>) => {
  const { seq, at, hash } = rows.at(-1) as Row
  return { seq, at, hash }
}

const rowsOf = (all: ReadonlyArray<Act>): Promise<ReadonlyArray<Row>> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const simulation = yield* simulate()
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
    const snapshot = () => Either.right({ head, world: throughBytes(folded(rows.slice(0, cut)).save()) })
    for (const upTo of [cut - 1, cut, cut + 1, rows.length]) {
      const { snapshotSeq, world } = await Effect.runPromise(worldOfLog({ log, machines, snapshot, upTo }))
      strictEqual(snapshotSeq, upTo < cut ? 0 : cut)
      deepStrictEqual(throughBytes(world.save()), throughBytes(folded(rows.slice(0, upTo)).save()))
    }
  })

  it("and what came after is the whole log's world, wherever it was taken", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(acts, FastCheck.nat(), async (all, place) => {
        const rows = await rowsOf(all)
        const cut = 1 + (place % rows.length)
        const saved = throughBytes(folded(rows.slice(0, cut)).save())
        const world = folded(rows.slice(cut), new WorldState(machines, saved))
        deepStrictEqual(throughBytes(world.save()), throughBytes(folded(rows).save()))
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
          const snapshot: Snapshot = { head: headOf(middle), world: throughBytes(folded(middle).save()) }
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
      const seq = await Effect.runPromise(
        Effect.scoped(
          Effect.map(simulate({ log, snapshot: () => Either.right({ head, world }) }), ({ run }) => run.snapshotSeq),
        ),
      )
      strictEqual(seq, 0)
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
      writeSnapshot(logFile, key, head, world)
      const { parts, ...read } = Either.getOrThrow(readSnapshot(logFile, key)).world
      deepStrictEqual({ ...read, parts: [...parts] }, world)
      deepStrictEqual(Either.getOrThrow(readSnapshot(logFile, key)).head, head)
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
      const altered = (at: number) => {
        const other = Buffer.from(bytes)
        other[at] = (other[at] ?? 0) ^ 1
        fs.writeFileSync(file, other)
        return readSnapshot(logFile, key)
      }
      for (let at = payloadAt; at < bytes.length; at++)
        assertLeft(altered(at), "it is damaged: its content does not match its hash")
      // Where in the log it says it belongs is checked against the log itself.
      const saysAnother = Either.match({ onLeft: () => true, onRight: (found: Snapshot) => !isOfLog(found, row) })
      for (let at = 0; at < payloadAt; at++) strictEqual(saysAnother(altered(at)), true)
      for (const length of [0, 1, payloadAt - 1, payloadAt, bytes.length - 1]) {
        fs.writeFileSync(file, bytes.subarray(0, length))
        strictEqual(Either.isLeft(readSnapshot(logFile, key)), true)
      }
    }))
})
