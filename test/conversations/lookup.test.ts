import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { rules } from "../../src/app/rules.ts"
import { decode } from "../../src/core/Entry.ts"
import { verifyRows } from "../../src/engine/verify.ts"
import { type Conversing, conversing, phone } from "../support/conversing.ts"

const start = Date.UTC(2026, 0, 1)
const iso = (ms: number) => new Date(start + ms).toISOString()
const hour = 3_600_000

const lookupsOf = (run: Conversing) =>
  Effect.map(run.rows, (rows) =>
    rows
      .map(decode)
      .filter(({ data, type }) => type === "outbound.requested" && data.purpose === "tenant-lookup")
      .map(
        ({ at, data }) =>
          [at - start, data.attempt, (data.params as ReadonlyArray<readonly [string, string]>)[0]?.[1]] as const,
      ),
  )

const conversationOf = (run: Conversing) =>
  Effect.map(run.ask("GET", `/api/conversations/by-number/${phone}`), ({ json }) => json)

describe("the look-up of a tenant", () => {
  it.scoped("asks in each form of the number, in order, and each once", () =>
    Effect.gen(function* () {
      const run = yield* conversing()
      yield* run.write("Hello there")
      yield* run.settled
      deepStrictEqual(
        (yield* lookupsOf(run)).map(([, , text]) => text),
        [phone, phone.slice(1), phone.slice(2)],
      )
      const { tenant_id, tenant_lookup } = yield* conversationOf(run)
      deepStrictEqual([tenant_id, tenant_lookup.outcome], [null, "none"])
      // Nobody's so lately is not asked for again; later it is.
      yield* run.write("Hello again")
      yield* run.settled
      strictEqual((yield* lookupsOf(run)).length, 3)
      yield* Effect.orDie(run.run.engine.advance(hour))
      yield* run.write("And again")
      yield* run.settled
      strictEqual((yield* lookupsOf(run)).length, 6)
    }),
  )

  for (const how of ["503", "connect", "timeout"] as const)
    it.scoped(
      `fails while the monitor is down for an hour (${how}), keeps why, and finds the tenant at the next message after`,
      () =>
        Effect.gen(function* () {
          const run = yield* conversing({
            settings: {
              conversations: {
                monitor: {
                  simulated: {
                    tenants: { [phone]: "T1" },
                    outages: [{ from: iso(0), to: iso(hour), how }],
                    latency: "20ms",
                  },
                },
              },
            },
          })
          yield* run.write("Hello there")
          yield* run.settled
          const down = yield* conversationOf(run)
          const reason = { "503": "answered 503", connect: "connect", timeout: "timeout" }[how]
          deepStrictEqual(
            [down.tenant_id, down.tenant_lookup.outcome, down.tenant_lookup.reason],
            [null, "failed", reason],
          )
          const asked = yield* lookupsOf(run)
          deepStrictEqual(
            asked.map(([, attempt]) => attempt),
            [1, 2, 3, 4],
          )
          const gaps = asked.slice(1).map(([at], i) => at - (asked[i]?.[0] ?? 0))
          const took = how === "timeout" ? 3_000 : how === "503" ? 20 : 20
          for (const [i, least] of [100, 200, 400].entries())
            strictEqual((gaps[i] ?? 0) >= least + took && (gaps[i] ?? 0) <= least * 1.25 + took, true)
          yield* Effect.orDie(run.run.engine.advance(hour))
          yield* run.write("Is it better now?")
          yield* run.settled
          const up = yield* conversationOf(run)
          deepStrictEqual([up.tenant_id, up.tenant_lookup.outcome], ["T1", "found"])
          const verdict = yield* verifyRows(Stream.fromIterable(yield* run.rows), rules)
          strictEqual(verdict._tag, "Sound")
        }),
    )

  it.scoped("is made anew by an order, and shows the monitor its token by name alone", () =>
    Effect.gen(function* () {
      const run = yield* conversing({
        settings: {
          conversations: { monitor: { url: "https://monitor.test", path: "/v2/tenants" }, monitor_token: "a-secret" },
          endpoints: [
            { url: "https://monitor.test/v2/tenants", answers: [{ status: 200, body: '{"tenant_id":"T9"}' }] },
          ],
        },
      })
      yield* run.write("Hello there")
      yield* run.settled
      strictEqual((yield* conversationOf(run)).tenant_id, "T9")
      const { id } = yield* conversationOf(run)
      strictEqual((yield* run.ask("POST", `/api/conversations/${id}/lookup`)).status, 202)
      const requests = (yield* run.rows).map(decode).filter(({ data }) => data.purpose === "tenant-lookup")
      deepStrictEqual(
        requests.map(({ data }) => data.auth),
        Array(2).fill({ bearer: { secret: "conversations.monitor_token" } }),
      )
      strictEqual(
        (yield* run.rows).some(({ data }) => data.includes("a-secret")),
        false,
      )
    }),
  )
})
