import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { describe, it } from "@effect/vitest"
import { deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { liveSettings } from "../src/app/liveSettings.ts"
import { settingsOf } from "../src/app/settings.ts"
import { callsDoor } from "../src/carriers/twilio/calls/callsDoor.ts"
import { phonesDoor } from "../src/carriers/twilio/phonesDoor.ts"
import { twilioMachine } from "../src/carriers/twilio/twilio.machine.ts"
import { memoryKeys } from "../src/log/Keys.ts"
import { ControlApi } from "../src/server/controlApi.ts"
import { ControlLive } from "../src/server/controlHandlers.ts"
import { Exchange } from "../src/server/Exchange.ts"
import { simulate } from "./support/simulate.ts"

const unneeded = () => {
  throw new Error("no order asks for this")
}

/** The control API over a run whose engine says itself whether it is full. */
const serving = Effect.gen(function* () {
  const simulation = yield* simulate()
  const { run } = simulation
  const keys = memoryKeys("k")
  let full = false
  Object.defineProperty(run.engine, "full", { get: () => full })
  const exchange: typeof Exchange.Service = {
    run,
    version: "0",
    provider: "twilio",
    health: {
      profile: "development",
      checks: () => ({
        carrier: { status: "unknown" },
        gateway: { status: "unknown" },
        monitor: { status: "unknown" },
      }),
    },
    statistics: () => ({ messages: 0, calls: 0, callbacks: 0 }),
    calls: callsDoor(() => run.engine.world.slice(twilioMachine)),
    phones: phonesDoor(keys, () => run.engine.world.slice(twilioMachine)),
    messages: { newest: unneeded, count: unneeded, bySid: unneeded },
    numbers: { change: unneeded },
    travel: {} as never,
    templates: {} as never,
    verifications: unneeded,
    doors: new Map(),
    carrier: {} as never,
    settings: liveSettings(run, { first: settingsOf({}), keys, turns: yield* Effect.makeSemaphore(1) }),
  }
  const api = Layer.provide(HttpApiBuilder.api(ControlApi), ControlLive)
  const { dispose, handler } = HttpApiBuilder.toWebHandler(
    Layer.mergeAll(Layer.provide(api, Layer.succeed(Exchange, exchange)), NodeHttpServer.layerContext),
  )
  yield* Effect.addFinalizer(() => Effect.promise(dispose))
  const ask = (method: string, path: string, body?: unknown) =>
    Effect.promise(async () => {
      const response = await handler(
        new Request(`http://localhost${path}`, {
          method,
          ...(body === undefined
            ? {}
            : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
        }),
      )
      const text = await response.text()
      return { status: response.status, json: text === "" ? undefined : JSON.parse(text) }
    })
  const fill = (now: boolean) => {
    full = now
  }
  return { ...simulation, ask, fill }
})

describe("an order of the control API that finds more coming in than the engine can take", () => {
  const pair = { recipient: "+15551234567", sender: "+15550000001" }
  const orders: ReadonlyArray<readonly [method: string, path: string, body?: unknown]> = [
    ["POST", "/admin/inbound", { from: "+15551234567", to: "+15550000001", body: "Hello" }],
    ["POST", "/admin/opt-outs", pair],
    ["DELETE", `/admin/opt-outs?${new URLSearchParams(pair)}`],
    ["PATCH", "/admin/settings", { twilio: { default_behavior: "failure" } }],
    ["POST", "/admin/callbacks/CALLBACK/resend"],
    ["POST", "/clear/callbacks"],
  ]

  for (const [method, path, body] of orders)
    it.scoped(
      `${method} ${path.split("?")[0]} is refused and does nothing, and is taken when it is not so any more`,
      () =>
        Effect.gen(function* () {
          const { ask, fill, rows, send, settled } = yield* serving
          yield* send({ To: "+15551234567", StatusCallback: "https://good.test/status" })
          yield* settled
          const callback = (yield* rows).find(({ type }) => type === "outbound.requested")
          const target = path.replace("CALLBACK", String(callback?.seq))
          const before = (yield* rows).length
          fill(true)
          const { json, status } = yield* ask(method, target, body)
          strictEqual(status, 503)
          deepStrictEqual(Object.keys(json).sort(), ["_tag", "message"])
          strictEqual(json._tag, "Unavailable")
          strictEqual((yield* rows).length, before)
          fill(false)
          strictEqual((yield* ask(method, target, body)).status, 200)
          strictEqual((yield* rows).length > before, true)
        }),
    )

  it.scoped("is taken where it is one to the clock, and so is what only reads", () =>
    Effect.gen(function* () {
      const { ask, fill } = yield* serving
      fill(true)
      strictEqual((yield* ask("POST", "/admin/clock", { pace: "paused" })).status, 200)
      for (const path of ["/health", "/admin/settings", "/admin/opt-outs", "/admin/callbacks", "/admin/log"])
        strictEqual((yield* ask("GET", path)).status, 200)
    }),
  )
})
