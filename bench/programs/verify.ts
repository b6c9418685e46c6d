import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { rules } from "../../src/app/rules.ts"
import { verifyRows } from "../../src/engine/verify.ts"
import { rowsOf } from "../../src/log/recording.ts"

/* What `ringback verify` does with a log, without the start of a process. */

const [file = ""] = process.argv.slice(2)
const began = performance.now()
const verdict = await Effect.runPromise(Effect.scoped(Effect.flatMap(rowsOf(file), (rows) => verifyRows(rows, rules))))
const ms = performance.now() - began
if (verdict._tag === "Unsound") throw new Error(verdict.problem)
process.send?.({ entries: verdict.entries, ms })
