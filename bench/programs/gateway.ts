import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { startExchange } from "../../src/app/exchange.ts"
import { readSettings } from "../../src/app/settings.ts"
import { decode, type Entry } from "../../src/core/Entry.ts"
import { apiRequested } from "../../src/core/entries.ts"
import { limits } from "../../src/core/limits.ts"
import type { Engine } from "../../src/engine/Engine.ts"
import { attemptAnswered, attemptChosen, requestSettled } from "../../src/gateway/entries.ts"
import type { LogReader } from "../../src/log/EventLog.ts"
import { farFrom, numberedText } from "../support/text.ts"

/*
 * Texts through the gateway to simulated providers, in virtual time: so many a second for so many seconds, evenly, and then until nothing
 * is due any more. Tells what its log says of it. `queue`: texts for a far day, as many as there may be, into a log on disk.
 */

const [how = "", config = "", db = ":memory:", rate = "1", seconds = "1"] = process.argv.slice(2)

const send = (n: number, more: object = {}) =>
  apiRequested.draft("", {
    api: "gateway",
    method: "POST",
    params: [],
    path: "/api/sms/send",
    query: [],
    text: numberedText(n, more),
  })

const start = Effect.flatMap(readSettings({ config, db }), (settings) =>
  startExchange({
    settings,
    seed: 1,
    pace: { _tag: "paused" },
    ...(how === "queue" ? {} : { start: Date.UTC(2026, 0, 1, 12) }),
  }),
)

const nothing = () => {}

const flow = Effect.gen(function* () {
  const { exchange } = yield* start
  const { engine, log } = exchange.run
  const began = performance.now()
  const first = engine.now
  const count = Number(rate) * Number(seconds)
  for (let i = 0; i < count; i++) {
    const ms = first + Math.floor((i * 1_000) / Number(rate)) - engine.now
    if (ms > 0) yield* engine.advance(ms)
    engine.ask(send(i), nothing, nothing)
  }
  yield* engine.settled
  yield* engine.advance(24 * 3_600_000)
  return { ...(yield* told(log, count)), entries: engine.head.seq, ms: performance.now() - began }
}).pipe(Effect.scoped)

interface Request {
  failed: number | undefined
  taken: number | undefined
  delivered: boolean
}

/** What the log says became of the texts. */
const told = (log: LogReader, count: number) =>
  Effect.gen(function* () {
    const windows = new Map<string, number>()
    const attempts = new Map<string, number>()
    const requests = new Map<string, Request>()
    const inSecond = new Map<number, number>()
    const of = (id: string): Request => {
      const known = requests.get(id) ?? { failed: undefined, taken: undefined, delivered: false }
      requests.set(id, known)
      return known
    }
    const take = (entry: Entry) => {
      if (attemptChosen.is(entry)) {
        const { provider } = entry.data
        const second = Math.floor(entry.at / 1_000)
        add(windows, `${provider} ${second}`)
        add(windows, `all ${second}`)
        add(attempts, provider)
        add(inSecond, second)
        of(entry.subject)
      } else if (attemptAnswered.is(entry)) {
        const request = of(entry.subject)
        if (entry.data.outcome === "accepted") request.taken = entry.at
        else request.failed ??= entry.at
      } else if (requestSettled.is(entry)) of(entry.subject).delivered = entry.data.status === "delivered"
    }
    for (let after = 0; ; ) {
      const rows = yield* log.read(after, limits.readEntriesMax)
      for (const row of rows) if (row.type.startsWith("gateway-")) take(decode(row))
      const last = rows.at(-1)
      if (last === undefined) break
      after = last.seq
    }
    const all = [...requests.values()]
    const most = (name: string) =>
      Math.max(0, ...[...windows].flatMap(([key, n]) => (key.startsWith(`${name} `) ? [n] : [])))
    return {
      lost: count - all.filter(({ delivered }) => delivered).length,
      attempts: Object.fromEntries(attempts),
      windowMost: Object.fromEntries(["all", ...attempts.keys()].map((name) => [name, most(name)])),
      secondLeast: Math.min(
        ...[...inSecond]
          .sort(([a], [b]) => a - b)
          .slice(0, Number(seconds))
          .map(([, n]) => n),
      ),
      elsewhereMs: Math.max(
        0,
        ...all.map(({ failed, taken }) => (failed === undefined || taken === undefined ? 0 : taken - failed)),
      ),
    }
  })

const add = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

/** Texts that are taken at a time; between two lots the log is written. */
const lot = 2_000

const queue = Effect.gen(function* () {
  const { exchange } = yield* start
  const { engine } = exchange.run
  const empty = process.memoryUsage().rss
  const began = performance.now()
  for (let i = 0; i < Number(rate); i += lot) yield* lotOf(engine, i, Math.min(lot, Number(rate) - i))
  const ms = performance.now() - began
  return { entries: engine.head.seq, ms, emptyBytes: empty, bytes: process.memoryUsage().rss }
}).pipe(Effect.scoped)

const lotOf = (engine: Engine, from: number, count: number) =>
  Effect.async<void>((resume) => {
    let left = count
    const send_at = farFrom(engine.now)
    const one = () => {
      if (--left === 0) resume(Effect.void)
    }
    for (let i = 0; i < count; i++) engine.ask(send(from + i, { send_at }), one, (why) => resume(Effect.die(why)))
  })

const found = how === "queue" ? await Effect.runPromise(queue) : await Effect.runPromise(flow)
if (process.send === undefined) console.log(found)
else process.send(found)
