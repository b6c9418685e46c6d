import { performance } from "node:perf_hooks"
import * as Effect from "effect/Effect"
import { startExchange } from "../../src/app/exchange.ts"
import { machines } from "../../src/app/machines.ts"
import { readSettings } from "../../src/app/settings.ts"
import { nextTimer, timersMachine } from "../../src/clock/timers.machine.ts"
import { decode, type Entry, genesis, type Row } from "../../src/core/Entry.ts"
import { apiRequested } from "../../src/core/entries.ts"
import { firing } from "../../src/engine/drafts.ts"
import { type Made, runTurn } from "../../src/engine/turn.ts"
import { WorldState } from "../../src/engine/World.ts"
import type { Head } from "../../src/log/EventLog.ts"
import { sendData } from "../support/message.ts"

/*
 * Sends messages at one instant and lets the run go to its end at pace `fast`, callbacks to an endpoint inside the run:
 * by the engine over a log, or (`bare`) by the same rules called in a loop, without engine, log or clock.
 */

const [how = "", config = "", db = "", count = "0", callback = ""] = process.argv.slice(2)
const data = sendData(callback)
const send = apiRequested.draft("", data)
const warmUpMessages = 3_000

interface Outcome {
  readonly entries: number
  readonly ms: number
  /** Of all threads; it drifts less than the time does on a machine that others use. */
  readonly cpuMs: number
  readonly digest: string
}

const stopwatch = () => {
  const began = performance.now()
  const usage = process.cpuUsage()
  return () => {
    const { system, user } = process.cpuUsage(usage)
    return { ms: performance.now() - began, cpuMs: (system + user) / 1000 }
  }
}

const byEngine = (file: string, messages: number) =>
  Effect.gen(function* () {
    const { exchange } = yield* start(file)
    const { engine } = exchange.run
    const before = engine.head.seq
    const took = stopwatch()
    for (let i = 0; i < messages; i++) engine.offer(send)
    yield* engine.settled
    const { hash, seq } = engine.head
    return { entries: seq - before, ...took(), digest: hash }
  }).pipe(Effect.scoped)

const start = (file: string) =>
  Effect.flatMap(readSettings({ config, db: file }), (settings) =>
    startExchange({ settings, seed: 1, pace: { _tag: "fast" } }),
  )

const bare = (messages: number) =>
  Effect.gen(function* () {
    const { exchange } = yield* start(":memory:")
    const [first] = yield* exchange.run.log.read(0, 1)
    const started = decode(first as Row)
    return byLoop(started, messages)
  }).pipe(Effect.scoped)

const byLoop = (started: Entry, messages: number): Outcome => {
  const world = new WorldState(machines)
  const made: Array<Made> = []
  const take = (head: Head, input: Parameters<typeof runTurn>[2], at: number): Head => {
    made.length = 0
    return runTurn(world, head, input, at, made)
  }
  let head = take({ seq: 0, at: 0, hash: genesis }, started, started.at)
  const before = head.seq
  const took = stopwatch()
  for (let i = 0; i < messages; i++) head = take(head, send, head.at)
  const timers = world.slice(timersMachine)
  for (let timer = nextTimer(timers); timer !== undefined; timer = nextTimer(timers))
    head = take(head, firing(timer), Math.max(timer.due, head.at))
  return { entries: head.seq - before, ...took(), digest: head.hash }
}

const measured = Effect.gen(function* () {
  if (how === "bare") {
    yield* bare(warmUpMessages)
    return yield* bare(Number(count))
  }
  yield* byEngine(":memory:", warmUpMessages)
  return yield* byEngine(db, Number(count))
})

const found = await Effect.runPromise(measured)
if (process.send === undefined) console.log(found)
else process.send(found)
