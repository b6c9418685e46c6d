import { join } from "node:path"
import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { newFolder } from "../../test/support/folder.ts"
import { allRows, type Simulation, simulate } from "../../test/support/simulate.ts"
import { limits } from "../core/limits.ts"
import { openMemory } from "../log/layerMemory.ts"
import { openSqlite } from "../log/layerSqlite.ts"
import { rowsOf } from "./stageOf.ts"

const logs = [
  ["in a file", Effect.suspend(() => openSqlite(join(newFolder(), "run.db")))],
  ["in memory, packed", openMemory],
] as const

describe.each(logs)("the rows of a stage whose log is %s", (_, open) => {
  const send = ({ send }: Simulation, messages: number) =>
    Effect.forEach(
      Array.from({ length: messages }, (_, i) => `+1555000${1_000 + i}`),
      (To) => send({ To, StatusCallback: "https://good.test" }),
      { concurrency: "unbounded", discard: true },
    )

  it.scoped("are those of the log: what there was, what came while it was read, and what comes later", () =>
    Effect.gen(function* () {
      const simulation = yield* simulate({ log: yield* open })
      const { run, settled } = simulation
      yield* send(simulation, 150)
      yield* settled
      const before = yield* allRows(run.log)
      assertTrue(before.length > 2 * limits.readEntriesMax)
      const [rows] = yield* Effect.all([rowsOf(run), send(simulation, 100)], { concurrency: "unbounded" })
      yield* send(simulation, 100)
      yield* settled
      const all = yield* allRows(run.log)
      assertTrue(all.length > before.length + 1_000)
      const read: Array<unknown> = []
      for (let page = rows(0, 700); page.length > 0; page = rows(read.length, 700)) read.push(...page)
      deepStrictEqual(read, [...all])
      deepStrictEqual(rows(all.length - 2, 10), all.slice(-2))
      strictEqual(rows(all.length, 10).length, 0)
    }),
  )
})
