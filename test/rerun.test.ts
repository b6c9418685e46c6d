import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { machines } from "../src/app/machines.ts"
import { rules } from "../src/app/rules.ts"
import { decode, genesis, type Row } from "../src/core/Entry.ts"
import { outboundAnswered, outboundRequested } from "../src/core/entries.ts"
import type { WayOut } from "../src/engine/outside.ts"
import { Recorded, rerun, runOn } from "../src/engine/rerun.ts"
import { verifyRows } from "../src/engine/verify.ts"
import { WorldState } from "../src/engine/World.ts"
import { outboundMachine } from "../src/network/outbound.machine.ts"
import { type SimulateOptions, type Simulation, simulate } from "./support/simulate.ts"

const sound = (rows: ReadonlyArray<Row>, list = machines) =>
  Effect.map(verifyRows(Stream.fromIterable(rows), { ...rules, machines: list }), (verdict) =>
    strictEqual(verdict._tag === "Sound" ? "sound" : verdict.problem, "sound"),
  )

/** Runs `body` against a simulation whose scope ends with it. */
const within = <A, E>(options: SimulateOptions, body: (simulation: Simulation) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(simulate(options), body))

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

  it.effect(
    "stops when it makes more entries than it may, and hands on no more than that it was asked for at a time",
    () =>
      within({}, (simulation) =>
        Effect.gen(function* () {
          for (let n = 0; n < 150; n++)
            yield* simulation.send({ To: "+15551234567", StatusCallback: "https://good.test" })
          yield* simulation.settled
          const rows = yield* simulation.rows
          const again = (entriesMax: number) => {
            const recorded = new Recorded(0)
            for (const row of rows) recorded.take(decode(row))
            const parts: Array<ReadonlyArray<Row>> = []
            const made = (some: ReadonlyArray<Row>) => Effect.sync(() => void parts.push(some))
            const world = new WorldState(machines)
            return Effect.as(
              runOn({ world, head: { seq: 0, at: 0, hash: genesis }, recorded, entriesMax, made }),
              parts,
            )
          }
          const parts = yield* again(rows.length)
          deepStrictEqual(parts.flat(), rows)
          strictEqual(parts.length > 1, true)
          const error = yield* Effect.flip(again(rows.length - 1))
          strictEqual(error.message.includes(`it makes more than ${rows.length - 1} entries`), true)
        }),
      ),
  )
})
