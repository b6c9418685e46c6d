import { describe, it } from "@effect/vitest"
import { deepStrictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import { conversing } from "../../test/support/conversing.ts"
import { healthChecks } from "./healthChecks.ts"

const monitor = (outages: ReadonlyArray<{ from: string; to: string }>) => ({
  conversations: { monitor: { simulated: { tenants: {}, outages } } },
})

describe("what health says of what a run depends on", () => {
  it.scoped("is unknown until it was needed, and then how it was found last", () =>
    Effect.gen(function* () {
      const { ask, run, settled, write } = yield* conversing({ settings: monitor([]) })
      deepStrictEqual(healthChecks(run), { carrier: { status: "unknown" }, monitor: { status: "unknown" } })
      yield* write("hello")
      yield* settled
      deepStrictEqual(healthChecks(run).monitor, { status: "up" })
      yield* ask("POST", "/api/messages", { to: "+14155550123", body: "hello" })
      yield* settled
      deepStrictEqual(healthChecks(run).carrier, { status: "up" })
    }),
  )
  it.scoped("is down, with the reason and nothing of anybody's answer, while the monitor is", () =>
    Effect.gen(function* () {
      const outage = [{ from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" }]
      const { run, settled, write } = yield* conversing({ settings: monitor(outage) })
      yield* write("hello")
      yield* settled
      deepStrictEqual(healthChecks(run).monitor, { status: "down", detail: "answered 503" })
    }),
  )
})
