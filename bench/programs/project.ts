import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { openReader } from "../../src/log/reader.ts"
import { openProjection } from "../../src/projection/ProjectionFile.ts"
import { project } from "../../src/projection/project.ts"

/* What `ringback project` does with a log, without the start of a process. */

const [file = "", out = ""] = process.argv.slice(2)
const usage = process.cpuUsage()
const began = performance.now()
const entries = await Effect.runPromise(
  Effect.scoped(
    Effect.gen(function* () {
      return yield* project(yield* openReader(file), yield* openProjection(out))
    }),
  ),
)
const ms = performance.now() - began
const { system, user } = process.cpuUsage(usage)
process.send?.({ entries, ms, cpuMs: (system + user) / 1000 })
