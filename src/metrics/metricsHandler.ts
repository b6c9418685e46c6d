import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { type Metric, Registry } from "prom-client"
import { limits } from "../core/limits.ts"
import { othersTurn } from "../engine/othersTurn.ts"
import type { Run } from "../engine/Run.ts"
import type { LogReader, LogUnavailable } from "../log/EventLog.ts"
import { type Family, gauge } from "./Family.ts"
import { LogMeasures } from "./LogMeasures.ts"
import { processFamilies, requestTimes } from "./processFamilies.ts"
import { worldFamilies } from "./worldFamilies.ts"

/** How long a scrape waits for the log to be counted, in host time; then it tells what has been counted. */
const countingMax = Duration.seconds(2)

/** Where the server says how long a request took, in host ms, once somebody wants to know. */
export interface RequestTimes {
  take: ((api: string, ms: number) => void) | undefined
}

/** Answers a scrape with the text of all metrics and its media type, or says why it cannot. */
export type Scrape = (answer: (text: string, type: string) => void, failed: (why: string) => void) => void

/**
 * The metrics of a run, in Prometheus' text format.
 *
 * Cost    nothing before the first scrape. That one counts the log from its first entry, a page at a time between other work; each
 *         later one reads what has come since. Nothing listens to the engine
 */
export const metricsOf = (run: Run, times: RequestTimes): Effect.Effect<Scrape, never, Scope.Scope> =>
  Effect.gen(function* () {
    const measures = new LogMeasures()
    const took = requestTimes()
    times.take = (api, ms) => took.add([api], ms)
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        times.take = undefined
      }),
    )
    const counted = gauge("ringback_log_counted", "The newest entry that these numbers count.", [], () => [
      [measures.seq],
    ])
    const registry = registryOf([counted, ...worldFamilies(run), ...measures.families, took, ...processFamilies()])
    const runFork = Runtime.runFork(yield* Effect.runtime<never>())
    // One after the other: two at once would take the same page.
    const one = yield* Effect.makeSemaphore(1)
    const counting = one.withPermits(1)(Effect.suspend(() => countUpTo(run.log, measures, run.engine.head.seq)))
    const scope = yield* Effect.scope
    return (answer, failed) => {
      runFork(
        // A scrape that has waited long enough does not stop the counting.
        Effect.forkIn(counting, scope).pipe(
          Effect.flatMap(Fiber.join),
          Effect.timeoutOption(countingMax),
          Effect.zipRight(Effect.promise(() => registry.metrics())),
          Effect.match({
            onFailure: (error) => failed(error.message),
            onSuccess: (text) => answer(text, registry.contentType),
          }),
        ),
      )
    }
  })

/** Takes what measures lack of a log up to an entry. Lets other work go on between pages; one that is cut off goes on next time. */
export const countUpTo = (
  log: Pick<LogReader, "read">,
  measures: LogMeasures,
  seq: number,
): Effect.Effect<void, LogUnavailable> =>
  Effect.gen(function* () {
    while (measures.seq < seq) {
      const before = measures.seq
      for (const row of yield* log.read(before, limits.readEntriesMax)) measures.take(row)
      // A log that lacks an entry has been altered: what comes behind the gap is not counted.
      if (measures.seq === before) return
      yield* othersTurn
    }
  })

/** A registry of its own; numbers are read when it is asked. Only what prom-client asks of a metric is there: its name and its values. */
const registryOf = (families: ReadonlyArray<Family>): Registry => {
  const registry = new Registry()
  for (const family of families) {
    const { help, name, type } = family
    const get = async () => ({
      ...{ name, help, type, aggregator: "sum" },
      values: family.samples().map(({ labels, name: metricName, value }) => ({
        labels,
        value,
        ...(metricName === undefined ? {} : { metricName }),
      })),
    })
    registry.registerMetric({ name, help, get } as unknown as Metric)
  }
  return registry
}
