import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { sha256 } from "../../../src/core/canonical.ts"
import type { Row } from "../../../src/core/Entry.ts"
import { LogMeasures } from "../../../src/metrics/LogMeasures.ts"
import { openProjection, ProjectionError } from "../../../src/projection/ProjectionFile.ts"
import { everyEntry } from "../../support/golden.ts"
import { forged } from "./recordings.ts"
import type { Outcome, Surface } from "./runner.ts"

/** What comes of projecting rows: they are all in the tables, or none of them and a line says why. */
const projected = (rows: ReadonlyArray<Row>): Effect.Effect<string | undefined> =>
  Effect.gen(function* () {
    const projection = yield* openProjection(":memory:")
    const taken = Either.try({ try: () => projection.take(rows), catch: (error) => error })
    const { seq } = projection.position
    if (Either.isRight(taken)) return seq === rows.length ? undefined : `the position is ${seq} after ${rows.length}`
    if (!(taken.left instanceof ProjectionError)) return `throws ${String(taken.left)}`
    const left = Object.values(projection.counts()).reduce((sum, count) => sum + count, 0)
    if (seq !== 0 || left !== 0) return `refused, and ${left} rows are there at ${seq}`
    return taken.left.message.includes("\n") ? `no plain line: ${taken.left.message}` : undefined
  }).pipe(
    Effect.scoped,
    Effect.catchAllCause((cause) => Effect.succeed(String(cause))),
  )

/** Logs that somebody has altered and hashed anew: tables are whole or refused, and every entry is counted. */
export const tablesSurface: Surface = {
  name: "tables",
  atOnce: 1,
  open: async () => {
    const rows = await Effect.runPromise(everyEntry)
    return {
      run: async (random): Promise<Outcome> => {
        let altered: ReadonlyArray<Row>
        try {
          altered = forged(random, rows)
        } catch {
          return { input: "" } // What has no canonical form cannot be forged.
        }
        const input = sha256(altered.at(-1)?.hash ?? "")
        const problem = await Effect.runPromise(projected(altered))
        if (problem !== undefined) return { input, problem }
        const measures = new LogMeasures()
        for (const row of altered) measures.take(row)
        for (const family of measures.families)
          for (const { value } of family.samples())
            if (!Number.isFinite(value)) return { input, problem: `${family.name} is ${value}` }
        return measures.seq === altered.length ? { input } : { input, problem: `counted ${measures.seq}` }
      },
      end: async () => undefined,
    }
  },
}
