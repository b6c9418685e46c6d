import * as fs from "node:fs"
import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { rules } from "../../src/app/rules.ts"
import { verifyPages } from "../../src/engine/verify.ts"
import { pagesOf } from "../../src/log/pagesOf.ts"

/* What `ringback verify` does with a log, without the start of a process; the reading thread is the shipped one. */

const [file = "", how = "threaded"] = process.argv.slice(2)
const worker = new URL("../../dist/pages.worker.mjs", import.meta.url)
if (!fs.existsSync(worker)) throw new Error("dist/pages.worker.mjs is missing; run npm run build")
const threadEntriesMin = how === "threaded" ? 0 : Number.POSITIVE_INFINITY
const usage = process.cpuUsage()
const began = performance.now()
const verdict = await Effect.runPromise(
  Effect.scoped(Effect.flatMap(pagesOf(file, { worker, threadEntriesMin }), (pages) => verifyPages(pages, rules))),
)
const ms = performance.now() - began
const { system, user } = process.cpuUsage(usage)
if (verdict._tag === "Unsound") throw new Error(verdict.problem)
process.send?.({ entries: verdict.entries, ms, cpuMs: (system + user) / 1000 })
