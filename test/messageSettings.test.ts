import { it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { machines } from "../src/app/machines.ts"
import { rules } from "../src/app/rules.ts"
import type { SettingsFile } from "../src/app/settingsFile.ts"
import { twilioMachine } from "../src/carriers/twilio/twilio.machine.ts"
import { decode } from "../src/core/Entry.ts"
import { verifyRows } from "../src/engine/verify.ts"
import { WorldState } from "../src/engine/World.ts"
import { heldMachine } from "../src/network/held.machine.ts"
import { simulate } from "./support/simulate.ts"
import { type Act, performAll, type Way } from "./support/traffic.ts"
import { messagesIn } from "./support/twilio.ts"

const savedOf = (world: WorldState) => {
  const { at, parts } = world.save()
  return { at, parts: [...parts] }
}

const ways: ReadonlyArray<Way> = ["plain", "pictures", "service", "scheduled", "stale", "plain", "service"]
const acts: ReadonlyArray<Act> = [
  ...ways.map(
    (way): Act => ({ _tag: "send", to: "+15551234567", callback: "https://flaky.test/s", body: "x".repeat(200), way }),
  ),
  { _tag: "list", pageSize: 3 },
  { _tag: "change", nth: 3, how: "cancel" },
  { _tag: "advance", ms: 5_000 },
  { _tag: "change", nth: 1, how: "media" },
  { _tag: "advance", ms: 7_200_000 },
  { _tag: "change", nth: 0, how: "redact" },
  { _tag: "change", nth: 2, how: "delete" },
  { _tag: "clear", what: "messages" },
  { _tag: "send", to: "+15551234567", callback: undefined, body: "after", way: "pictures" },
]

const pictures = { url: "https://pictures.test", answers: [{ status: 200, after_ms: 400 }] } as const
const flaky = { url: "https://flaky.test", fail_percent: 50 } as const

const cases: ReadonlyArray<readonly [string, NonNullable<SettingsFile["twilio"]>]> = [
  ["as they are", {}],
  ["a rate", { rate: { segments_per_second: 1, queue_seconds: 7 } }],
  ["latency", { api: { latency_seconds: 0.7, concurrency: 3 } }],
  ["media that are fetched", { media: "fetch" }],
  ["a number with a fate of its own", { numbers: { "+15551234567": { outcome: "sent", delays: { sent: "3s" } } } }],
  [
    "carriers",
    {
      carriers: [
        { name: "lossy", to: ["+1555"], loss_percent: 40, filtering: { "30003": 20, "30007": 20 } },
        { name: "slow", latency: { p0: 0, p50: "1s", p100: "1m" }, segments_per_second: 1 },
      ],
    },
  ],
  [
    "an API that fails",
    {
      api: { latency_seconds: 0.5, concurrency: 4 },
      faults: [
        { method: "POST", percent: 20, status: 503 },
        { path: "*/Messages.json", percent: 20, drop: "answer" },
        { percent: 10, drop: "request" },
        { percent: 30, latency: "2s" },
      ],
    },
  ],
  [
    "all of it, and no price",
    { api: { latency_seconds: 1 }, media: "fetch", price_per_segment: 0, rate: { segments_per_second: 2 } },
  ],
]

const faults = { duplicated_percent: 20, late_percent: 20, lost_percent: 20, out_of_order_percent: 20, late: "9s" }

it.each(
  cases.flatMap(([name, twilio]) => [
    [name, twilio, undefined] as const,
    [`${name}, and callbacks that go wrong`, twilio, faults] as const,
  ]),
)("a run with %s is sound, the same twice, and the same from any snapshot", async (_, twilio, wrong) => {
  const settings: SettingsFile = {
    twilio,
    endpoints: [flaky, pictures],
    ...(wrong === undefined ? {} : { callbacks: { faults: wrong } }),
  }
  const run = Effect.scoped(
    Effect.gen(function* () {
      const simulation = yield* simulate({ settings })
      yield* performAll(simulation, acts)
      yield* simulation.settled
      return yield* simulation.rows
    }),
  )
  const rows = await Effect.runPromise(run)
  deepStrictEqual((await Effect.runPromise(verifyRows(Stream.fromIterable(rows), rules)))._tag, "Sound")
  strictEqual((await Effect.runPromise(run)).at(-1)?.hash, rows.at(-1)?.hash)

  const whole = new WorldState(machines)
  const entries = rows.map(decode)
  for (const entry of entries) whole.evolve(entry)
  for (let cut = 0; cut < entries.length; cut += Math.ceil(entries.length / 12)) {
    const before = new WorldState(machines)
    for (const entry of entries.slice(0, cut + 1)) before.evolve(entry)
    const after = new WorldState(machines, structuredClone(savedOf(before)))
    for (const entry of entries.slice(cut + 1)) after.evolve(entry)
    deepStrictEqual(messagesIn(after), messagesIn(whole))
    deepStrictEqual(after.slice(twilioMachine).faults, whole.slice(twilioMachine).faults)
    deepStrictEqual(after.slice(heldMachine), whole.slice(heldMachine))
    deepStrictEqual(after.slice(twilioMachine).behaviors, whole.slice(twilioMachine).behaviors)
    deepStrictEqual(after.slice(twilioMachine).underWay, whole.slice(twilioMachine).underWay)
  }
})
