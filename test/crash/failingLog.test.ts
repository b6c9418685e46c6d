import { describe, it } from "@effect/vitest"
import { assertTrue, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import { rules } from "../../src/app/rules.ts"
import type { Row } from "../../src/core/Entry.ts"
import { verifyRows } from "../../src/engine/verify.ts"
import { LogUnavailable } from "../../src/log/EventLog.ts"
import { makeMemory } from "../../src/log/layerMemory.ts"
import { allRows, simulate } from "../support/simulate.ts"

/** Messages that must have been acknowledged before a run counts as done. */
const wanted = 40

/** Beginnings after which it will come to nothing. */
const runsMax = 500

describe("a log that fails every Nth append", () => {
  for (const every of [3, 5, 8])
    it.effect(`N = ${every}: what was acknowledged is there and finished, however often the run began again`, () =>
      Effect.gen(function* () {
        const memory = makeMemory()
        let appends = 0
        /** Closed by its first failure, as a log is; a new one over the same entries is what a restart finds. */
        const failing = () => {
          let closed: Either.Either<void, LogUnavailable> | undefined
          const append = (rows: ReadonlyArray<Row>) => {
            const broken = ++appends % every === 0
            if (broken)
              closed ??= Either.left(
                new LogUnavailable({ file: ":memory:", doing: "Appending to", cause: new Error("disk I/O error") }),
              )
            return closed ?? memory.append(rows)
          }
          return { ...memory, append }
        }
        const acknowledged = new Set<string>()
        const one = (send: (form: Record<string, string>) => Effect.Effect<string>) =>
          send({ To: "+15551234567", StatusCallback: "https://flaky.test/status" }).pipe(
            Effect.map((sid) => acknowledged.add(sid)),
            Effect.exit,
          )
        let runs = 0
        while (acknowledged.size < wanted && runs < runsMax) {
          runs++
          yield* Effect.scoped(
            Effect.gen(function* () {
              const { run, send } = yield* simulate({ log: failing() })
              for (let i = 0; i < 10; i++) yield* Effect.all([one(send), one(send)], { concurrency: 2 })
              yield* Effect.ignore(run.engine.settled)
            }),
          ).pipe(Effect.exit)
        }
        assertTrue(runs > 1 && runs < runsMax)
        yield* Effect.scoped(Effect.flatMap(simulate({ log: memory }), ({ settled }) => settled))
        const rows = yield* allRows(memory)
        for (const sid of acknowledged)
          strictEqual(
            rows.filter(({ subject, type }) => subject === sid && type === "message.status-changed").at(-1)?.data,
            '{"status":"delivered"}',
          )
        const verdict = yield* verifyRows(Stream.fromIterable(rows), rules)
        strictEqual(verdict._tag === "Sound" ? "sound" : verdict.problem, "sound")
      }),
    )
})
