import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { keepProjection } from "./projecting.ts"

describe("tables that are not kept up", () => {
  for (const [log, why] of [
    [":memory:", "no tables are made of a log that is only in memory; give it a file"],
    ["run.db", "no tables are kept up by a program that was not built; ringback project makes them"],
  ] as const)
    it.scoped(`of ${log} are told of`, () =>
      Effect.gen(function* () {
        const told: Array<string> = []
        const logger = Logger.make(({ message }) => void told.push(String(message)))
        yield* Effect.provide(keepProjection(log, "tables.db"), Logger.replace(Logger.defaultLogger, logger))
        deepStrictEqual(told, [`DATABASE_URL: ${why}`])
      }),
    )
})
