import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Stream from "effect/Stream"
import { machines } from "../src/app/machines.ts"
import { rules } from "../src/app/rules.ts"
import { nextTimer, timersMachine } from "../src/clock/timers.machine.ts"
import type { Row } from "../src/core/Entry.ts"
import { rerun } from "../src/engine/rerun.ts"
import { verifyRows } from "../src/engine/verify.ts"
import { openSqlite } from "../src/log/layerSqlite.ts"
import { outboundMachine } from "../src/network/outbound.machine.ts"
import { brokenLives } from "./support/lives.ts"
import { messagesPath, type SimulateOptions, type Simulation, simulate } from "./support/simulate.ts"
import { type Act, acts, performAll, requests } from "./support/traffic.ts"

const runs = { seed: 20_260_101, numRuns: 40 }

/** Does the acts in a fresh run, to its end, and gives its log. */
const logOf = (
  all: ReadonlyArray<Act>,
  options: SimulateOptions = {},
  after?: (simulation: Simulation) => Effect.Effect<void>,
): Promise<ReadonlyArray<Row>> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.gen(function* () {
        const simulation = yield* simulate(options)
        yield* performAll(simulation, all, after)
        yield* simulation.settled
        return yield* simulation.rows
      }),
    ),
  )

const digest = (rows: ReadonlyArray<Row>) => rows.at(-1)?.hash

/** Steps from due instant to due instant until no timer is left. */
const stepToEnd = ({ run: { engine } }: Simulation): Effect.Effect<void> =>
  Effect.gen(function* () {
    while (nextTimer(engine.world.slice(timersMachine)) !== undefined) yield* engine.step(1)
  }).pipe(Effect.orDie)

describe("a run", () => {
  it("is the same bytes every time", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(acts, async (all) => strictEqual(digest(await logOf(all)), digest(await logOf(all)))),
      runs,
    ))

  it("differs with its seed", async () => {
    const all: ReadonlyArray<Act> = [{ _tag: "send", to: "+15551234567", callback: undefined, body: "x" }]
    const [one, two] = [await logOf(all, { seed: 1 }), await logOf(all, { seed: 2 })]
    strictEqual(digest(one) === digest(two), false)
  })

  it("is the same bytes at pace fast and stepped", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(requests, async (all) => {
        const fast = await logOf(all, {}, ({ settled }) => settled)
        const stepped = await logOf(all, { pace: { _tag: "paused" } }, stepToEnd)
        deepStrictEqual(stepped, fast)
      }),
      runs,
    ))

  it("is the same bytes in memory and in SQLite", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(acts, async (all) => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ringback-"))
        try {
          const onDisk = await Effect.runPromise(
            Effect.scoped(
              Effect.gen(function* () {
                const log = yield* openSqlite(path.join(folder, "run.db"))
                const simulation = yield* simulate({ log })
                yield* performAll(simulation, all)
                yield* simulation.settled
                return yield* simulation.rows
              }),
            ),
          )
          deepStrictEqual(onDisk, await logOf(all))
        } finally {
          fs.rmSync(folder, { recursive: true })
        }
      }),
      { ...runs, numRuns: 15 },
    ))

  it("is found sound by verify, and so is every prefix that ends with a turn", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(acts, FastCheck.nat(), async (all, cut) => {
        const rows = await logOf(all)
        const turnEnds = rows.flatMap((_, i) => (rows[i + 1]?.kind === "outcome" ? [] : [i + 1]))
        const length = turnEnds[cut % turnEnds.length] as number
        for (const part of [rows, rows.slice(0, length)]) {
          const verdict = await Effect.runPromise(verifyRows(Stream.fromIterable(part), rules))
          deepStrictEqual(verdict, {
            _tag: "Sound",
            entries: part.length,
            digest: digest(part) as string,
            at: part.at(-1)?.at as number,
          })
        }
      }),
      runs,
    ))

  it("run again from its outer inputs is the same run", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(requests, async (all) => {
        const rows = await logOf(all, {}, ({ settled }) => settled)
        const again = await Effect.runPromise(rerun({ rows, machines }))
        deepStrictEqual(again.rows, rows)
      }),
      runs,
    ))

  it("that has settled at pace fast has no timer, nothing in flight and no message that could still move", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(acts, async (all) => {
        await Effect.runPromise(
          Effect.scoped(
            Effect.gen(function* () {
              const simulation = yield* simulate()
              yield* performAll(simulation, all)
              yield* simulation.settled
              const { world } = simulation.run.engine
              strictEqual(world.slice(timersMachine).byKey.size, 0)
              const { pending, waiting } = world.slice(outboundMachine)
              strictEqual(pending.size + waiting.size, 0)
              const listed = JSON.parse((yield* simulation.api("GET", messagesPath)).body)
              for (const { status } of listed.messages)
                strictEqual(["delivered", "failed", "canceled", "received"].includes(status), true)
            }),
          ),
        )
      }),
      runs,
    ))

  it("keeps its order: seq has no gap, at never decreases, a status only follows what it can follow, a callback follows what it reports", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(acts, async (all) => {
        const rows = await logOf(all)
        deepStrictEqual(brokenLives(rows), [])
        const last = new Map<string, string>()
        const past = new Set<string>()
        let at = 0
        rows.forEach((row, i) => {
          strictEqual(row.seq, i + 1)
          strictEqual(row.at >= at, true)
          at = row.at
          strictEqual(row.cause < row.seq, true)
          const data = JSON.parse(row.data)
          if (row.type === "message.created") {
            last.set(row.subject, data.status)
            past.add(`${row.subject} ${data.status}`)
          }
          if (row.type === "message.status-changed" || row.type === "call.status-changed") {
            last.set(row.subject, data.status)
            past.add(`${row.subject} ${data.status}`)
          }
          if (row.type === "outbound.requested" && data.attempt === 1 && data.purpose === "callback") {
            const params = new Map<string, string>(data.params)
            const reported = params.get("MessageStatus") ?? params.get("CallStatus")
            // A call may be answered and hung up in one turn; what is told of recordings and conferences names no status.
            if (data.copy === undefined && /^[SM]M/.test(row.subject)) strictEqual(reported, last.get(row.subject))
            else if (reported !== undefined) strictEqual(past.has(`${row.subject} ${reported}`), true)
          }
        })
      }),
      runs,
    ))

  it("asks a callback again with the same token, at most as often as the settings say, gaps doubling", async () => {
    const rows = await logOf([{ _tag: "send", to: "+15551234567", callback: "https://refusing.test/x", body: "x" }])
    const byToken = new Map<string, Array<{ readonly at: number; readonly attempt: number }>>()
    for (const { type, at, data } of rows) {
      if (type !== "outbound.requested") continue
      const { attempt, token } = JSON.parse(data)
      byToken.set(token, [...(byToken.get(token) ?? []), { at, attempt }])
    }
    strictEqual(byToken.size, 2)
    for (const tries of byToken.values()) {
      const first = tries[0]?.at ?? 0
      deepStrictEqual(
        tries.map(({ at, attempt }) => [attempt, at - first]),
        [
          [1, 0],
          [2, 5_000],
          [3, 15_000],
        ],
      )
    }
  })
})

describe("an unrelated request", () => {
  it("inserted anywhere shifts no id, no token and no roll", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(
        requests,
        FastCheck.nat(),
        FastCheck.constantFrom<Act>(
          { _tag: "list", pageSize: 3 },
          { _tag: "refused", form: "" },
          { _tag: "fetch", nth: 0 },
          { _tag: "order", name: "available" },
          { _tag: "order", name: "listServices" },
        ),
        async (all, place, unrelated) => {
          const at = place % (all.length + 1)
          const more = [...all.slice(0, at), unrelated, ...all.slice(at)]
          const told = (rows: ReadonlyArray<Row>) =>
            rows
              .filter(({ type }) => !type.startsWith("api.") && !type.startsWith("timer."))
              .map(({ type, subject, data, at }) => ({ type, subject, data, at }))
          const options: SimulateOptions = {}
          deepStrictEqual(told(await logOf(more, options)), told(await logOf(all, options)))
        },
      ),
      runs,
    ))

  it("shifts no fault either, as long as no fault fits it", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(
        requests,
        FastCheck.nat(),
        FastCheck.constantFrom<Act>({ _tag: "list", pageSize: 3 }, { _tag: "fetch", nth: 0 }),
        async (all, place, unrelated) => {
          const at = place % (all.length + 1)
          const told = (rows: ReadonlyArray<Row>) =>
            rows
              .filter(({ type }) => !type.startsWith("api.") && !type.startsWith("timer.") && type !== "run.started")
              .map(({ type, subject, data, at }) => ({ type, subject, data, at }))
          const settings: NonNullable<SimulateOptions["settings"]> = {
            twilio: {
              carriers: [
                { name: "lossy", loss_percent: 30, filtering: { "30007": 30 }, latency: { p0: 0, p100: "1m" } },
              ],
              faults: [{ method: "POST", percent: 40, status: 500 }],
            },
            callbacks: { faults: { duplicated_percent: 30, late_percent: 30, out_of_order_percent: 30 } },
          }
          const more = [...all.slice(0, at), unrelated, ...all.slice(at)]
          deepStrictEqual(told(await logOf(more, { settings })), told(await logOf(all, { settings })))
        },
      ),
      runs,
    ))
})
