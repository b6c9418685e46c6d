import { describe, it } from "@effect/vitest"
import { assertTrue, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { twilioMachine } from "../../src/carriers/twilio/twilio.machine.ts"
import type { Row } from "../../src/core/Entry.ts"
import { makeMemory } from "../../src/log/layerMemory.ts"
import { Counter, Histogram } from "../../src/metrics/Family.ts"
import { LogMeasures } from "../../src/metrics/LogMeasures.ts"
import { countUpTo, metricsOf, type RequestTimes } from "../../src/metrics/metricsHandler.ts"
import { everyEntry } from "../support/golden.ts"
import { seededRuns } from "../support/seeded.ts"
import { simulate } from "../support/simulate.ts"
import { acts, performAll } from "../support/traffic.ts"
import { numberOf, sampleLines, samplesOf } from "./exposition.ts"

const scraped = (run: Parameters<typeof metricsOf>[0], times: RequestTimes = { take: undefined }) =>
  Effect.flatMap(metricsOf(run, times), (scrape) =>
    Effect.async<string, string>((resume) =>
      scrape(
        (text, type) => {
          strictEqual(type, "text/plain; version=0.0.4; charset=utf-8")
          resume(Effect.succeed(text))
        },
        (why) => resume(Effect.fail(why)),
      ),
    ),
  )

describe("The metrics of a run", () => {
  it.scopedLive("are text as Prometheus reads it, and say what the world says", () =>
    Effect.gen(function* () {
      const simulation = yield* simulate({ pace: { _tag: "paused" } })
      yield* simulation.send({ To: "+15551234567", StatusCallback: "https://recovering.test/x" })
      yield* simulation.send({ To: "+15551234568", StatusCallback: "https://good.test" })
      yield* Effect.orDie(simulation.run.engine.advance(60_000))
      yield* simulation.send({ To: "+15551234569" })
      const text = yield* scraped(simulation.run)
      const samples = samplesOf(text)
      const { engine } = simulation.run
      strictEqual(numberOf(samples, "ringback_log_head"), engine.head.seq)
      strictEqual(numberOf(samples, "ringback_log_counted"), engine.head.seq)
      strictEqual(numberOf(samples, "ringback_virtual_time_seconds"), engine.now / 1_000)
      strictEqual(numberOf(samples, "ringback_clock_rate", { pace: "paused" }), 0)
      strictEqual(numberOf(samples, "ringback_messages"), engine.world.slice(twilioMachine).messages.bySid.size)
      strictEqual(numberOf(samples, "ringback_messages_total", { direction: "outbound-api" }), 3)
      strictEqual(numberOf(samples, "ringback_message_statuses_total", { status: "delivered" }), 2)
      strictEqual(numberOf(samples, "ringback_messages_in_progress", { status: "queued" }), 1)
      strictEqual(numberOf(samples, "ringback_message_seconds_count", { status: "delivered" }), 2)
      // Two statuses to each; the first address answers 500, 503 and then 200 to each of them.
      strictEqual(numberOf(samples, "ringback_outbound_requests_total", { purpose: "callback", outcome: "500" }), 2)
      strictEqual(numberOf(samples, "ringback_outbound_requests_total", { purpose: "callback", outcome: "503" }), 2)
      strictEqual(numberOf(samples, "ringback_outbound_requests_total", { purpose: "callback", outcome: "200" }), 4)
      strictEqual(numberOf(samples, "ringback_outbound_retries_total", { purpose: "callback" }), 4)
      strictEqual(numberOf(samples, "ringback_outbound_seconds_count", { purpose: "callback" }), 8)
      strictEqual(numberOf(samples, "ringback_api_requests_total", { api: "twilio", method: "POST", status: "201" }), 3)
      strictEqual(numberOf(samples, "ringback_timers"), 1)
      assertTrue((numberOf(samples, "process_resident_memory_bytes") ?? 0) > 1e6)
    }),
  )
  it.scopedLive("go on where they were at the next scrape, and tell how long requests took from the first one on", () =>
    Effect.gen(function* () {
      const simulation = yield* simulate()
      const times: RequestTimes = { take: undefined }
      const scrape = yield* metricsOf(simulation.run, times)
      const once = Effect.async<string>((resume) =>
        scrape(
          (text) => resume(Effect.succeed(text)),
          (why) => resume(Effect.die(why)),
        ),
      )
      strictEqual(numberOf(samplesOf(yield* once), "ringback_log_counted"), simulation.run.engine.head.seq)
      times.take?.("twilio", 3)
      times.take?.("twilio", 700)
      yield* simulation.send({ To: "+15551234567" })
      yield* simulation.settled
      const samples = samplesOf(yield* once)
      strictEqual(numberOf(samples, "ringback_log_counted"), simulation.run.engine.head.seq)
      strictEqual(numberOf(samples, "ringback_http_request_seconds_count", { api: "twilio" }), 2)
      strictEqual(numberOf(samples, "ringback_http_request_seconds_bucket", { api: "twilio", le: "0.005" }), 1)
      strictEqual(numberOf(samples, "ringback_http_request_seconds_sum", { api: "twilio" }), 0.703)
    }),
  )
  it.effect("count every entry of a run in which everything occurs, and what is on its way is forgotten with it", () =>
    Effect.gen(function* () {
      const rows = yield* everyEntry
      const measures = countedIn(rows)
      strictEqual(measures.seq, rows.length)
      const types = measures.families[0]?.samples() ?? []
      strictEqual(
        types.reduce((sum, { value }) => sum + value, 0),
        rows.length,
      )
    }),
  )
  it.effect.prop(
    "are the same in whatever pieces a log is counted",
    [acts],
    ([some]) =>
      Effect.gen(function* () {
        const simulation = yield* simulate({ pace: { _tag: "paused" } })
        yield* performAll(simulation, some)
        const rows = yield* simulation.rows
        const log = makeMemory()
        log.append(rows)
        const pieces = new LogMeasures()
        for (let seq = 1; seq <= rows.length; seq += 7) yield* countUpTo(log, pieces, seq)
        yield* countUpTo(log, pieces, rows.length)
        deepStrictEqual(shown(pieces), shown(countedIn(rows)))
      }).pipe(Effect.scoped, Effect.orDie),
    seededRuns(10),
  )
  it.scopedLive("follow so many messages and no more to their end, the newest of them", () =>
    Effect.gen(function* () {
      const simulation = yield* simulate({ pace: { _tag: "paused" } })
      for (let i = 0; i < 14; i++) yield* simulation.send({ To: "+15551234567" })
      const inProgress = (measures: LogMeasures) => {
        const families = [...measures.families]
        const family = families.find(({ name }) => name === "ringback_messages_in_progress")
        return family?.samples().map(({ value }) => value)
      }
      const [few, all] = [new LogMeasures(10), new LogMeasures()]
      for (const row of yield* simulation.rows) for (const measures of [few, all]) measures.take(row)
      deepStrictEqual([inProgress(few), inProgress(all)], [[10], [14]])
      yield* Effect.orDie(simulation.run.engine.advance(60_000))
      for (const row of yield* simulation.rows) for (const measures of [few, all]) measures.take(row)
      deepStrictEqual([inProgress(few), inProgress(all)], [[], []])
    }),
  )
  it.effect("pass over what was altered beyond reading, and end before a gap", () =>
    Effect.gen(function* () {
      const rows = yield* everyEntry
      const altered = rows.map((row, i) => (i === 20 ? { ...row, data: "{" } : row))
      strictEqual(countedIn(altered).seq, rows.length)
      const holed = new LogMeasures()
      const left = altered.filter((_, i) => i !== 30)
      yield* countUpTo({ read: (after) => Effect.succeed(left.filter(({ seq }) => seq > after)) }, holed, 1_000)
      strictEqual(holed.seq, 30)
    }),
  )
})

const countedIn = (rows: ReadonlyArray<Row>): LogMeasures => {
  const measures = new LogMeasures()
  for (const row of rows) measures.take(row)
  return measures
}
const shown = ({ families }: LogMeasures) => families.map((family) => [family.name, family.samples()])

describe("A family of metrics", () => {
  it("counts what comes beyond its lines together", () => {
    const counter = new Counter("c", "help", ["a"])
    for (let i = 0; i < 600; i++) counter.add([String(i)])
    strictEqual(counter.samples().length, 501)
    strictEqual(counter.samples().at(-1)?.value, 100)
    const histogram = new Histogram("h", "help", ["a"], [1])
    for (let i = 0; i < 600; i++) histogram.add([String(i)], 5)
    strictEqual(histogram.samples().at(-1)?.value, 100)
  })
  it("counts a duration at a bound to that bound", () => {
    const histogram = new Histogram("h", "help", [], [0.1, 1])
    for (const ms of [0, 100, 101, 1_000, 1_001]) histogram.add([], ms)
    deepStrictEqual(
      histogram.samples().map(({ value }) => value),
      [2, 4, 5, 2.202, 5],
    )
  })
  it("is told with every character of a label escaped", () => {
    deepStrictEqual(sampleLines('x{a="q\\"\\\\\\n"} 1'), [["x", { a: 'q"\\\n' }, 1]])
  })
})
