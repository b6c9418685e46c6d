import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import { settingsOf } from "../../src/app/settings.ts"
import type { SettingsFile } from "../../src/app/settingsFile.ts"
import type { JsonObject } from "../../src/core/canonical.ts"
import { type ApiRequested, apiRequested, settingsChanged } from "../../src/core/entries.ts"
import { gatewayMachine } from "../../src/gateway/gateway.machine.ts"
import type { Simulation } from "./simulate.ts"

/* What applications, providers and operators do with the gateway. */

export type GatewayAct = { readonly _tag: "gateway"; readonly how: GatewayDeed }

/** Small limits, and providers of which each goes wrong in a way of its own. */
export const troubled: NonNullable<SettingsFile["gateway"]> = {
  limits: { total: 4, provider: 2, intake: 8 },
  health: { min_samples: 2, probe_after: "3s", window: "10s" },
  failover: { attempts: 4, pause: "500ms" },
  providers: [
    { id: "refusing", weight: 3, profile: { refused_percent: 20, failing_percent: 70 } },
    { id: "lost", profile: { lost_percent: 40, unanswered_percent: 20, limit_per_second: 1 }, timeout: "2s" },
    {
      id: "lying",
      weight: 2,
      profile: {
        contradicting_percent: 40,
        silent_percent: 20,
        undelivered_percent: 20,
        outages: [{ from: 0, for: "2s", every: "9s", how: "timeout" }],
      },
    },
  ],
}

/** A request: method, path and body; the id of the newest request stands in place of `:id`. */
type Asked = readonly [
  method: string,
  path: string,
  body?: Readonly<Record<string, unknown>> | undefined,
  key?: string | undefined,
]

const text = { phone: "01921317475", text: "Hello" }
const deeds = {
  send: [["POST", "/api/sms/send", text]],
  burst: Array.from({ length: 12 }, (_, i): Asked => ["POST", "/api/sms/", { ...text, text: `Hello ${i}` }]),
  sendHigh: [["POST", "/api/sms/send", { ...text, priority: "high" }]],
  sendLow: [["POST", "/api/sms/send", { ...text, priority: "low" }]],
  sendKeyed: [["POST", "/api/sms/send", text, "key"]],
  sendOther: [["POST", "/api/sms/send", { ...text, text: "other" }, "key"]],
  sendWrong: [["POST", "/api/sms/send", { phone: "x" }]],
  sendLater: [["POST", "/api/sms/send", { ...text, send_at: "later" }]],
  sendDirectly: [
    ["POST", "/api/sms/provider1", text],
    ["POST", "/api/sms/lost", text],
    // Its answer comes at once, behind those that nobody waits for: by then they are in the log.
    ["GET", "/api/sms/rate-limits"],
  ],
  cancel: [["POST", "/api/sms/requests/:id/cancel"]],
  resend: [["POST", "/api/sms/dead-letters/:id/resend"]],
  resendAll: [["POST", "/api/sms/dead-letters/resend"]],
  resetHealth: [["POST", "/api/sms/health/refusing/reset"]],
  resetCounts: [["POST", "/api/sms/distribution-stats/reset"]],
  tellReceipt: [["POST", "/api/sms/provider1/receipts", { message_id: "nobody", status: "delivered" }]],
  read: [
    ["GET", "/api/sms/rate-limits"],
    ["GET", "/api/sms/requests"],
    ["GET", "/api/sms/requests/:id"],
    ["GET", "/api/sms/distribution-stats"],
    ["GET", "/api/sms/health"],
    ["GET", "/api/sms/provider1/status"],
  ],
  trouble: [],
  noTrouble: [],
} as const satisfies Readonly<Record<string, ReadonlyArray<Asked>>>
export type GatewayDeed = keyof typeof deeds

export const gatewayDeeds = Object.keys(deeds) as ReadonlyArray<GatewayDeed>

/** Requests only: nothing that changes settings. */
export const gatewayRequests: FastCheck.Arbitrary<GatewayAct> = FastCheck.oneof(
  { weight: 3, arbitrary: FastCheck.constantFrom<GatewayDeed>("send", "burst") },
  {
    weight: 2,
    arbitrary: FastCheck.constantFrom(...gatewayDeeds.filter((deed) => deed !== "trouble" && deed !== "noTrouble")),
  },
).map((how) => ({ _tag: "gateway", how }))

export const gatewayActs: FastCheck.Arbitrary<GatewayAct> = FastCheck.oneof(
  { weight: 4, arbitrary: gatewayRequests },
  {
    weight: 1,
    arbitrary: FastCheck.constantFrom<GatewayAct>(
      { _tag: "gateway", how: "trouble" },
      { _tag: "gateway", how: "trouble" },
      { _tag: "gateway", how: "noTrouble" },
    ),
  },
)

export interface Said {
  readonly status: number
  readonly json: unknown
}

/** Asks the gateway's API of a run, without waiting for an answer that comes later. */
export const askGateway = (
  { run: { engine } }: Simulation,
  [method, path, body, key]: Asked,
  more: Partial<ApiRequested> = {},
  waits = true,
): Effect.Effect<Said | undefined> =>
  Effect.async((resume) => {
    const data: ApiRequested = {
      api: "gateway",
      ...(key === undefined ? {} : { headers: [["idempotency-key", key]] }),
      method,
      params: [],
      path,
      query: [],
      ...(body === undefined ? {} : { text: JSON.stringify(body) }),
      ...more,
    }
    engine.ask(
      apiRequested.draft("", data),
      ({ aside, entry }) => {
        const answer = "body" in entry.data ? entry.data.body : (aside ?? "")
        resume(Effect.succeed({ status: entry.data.status, json: JSON.parse(answer) }))
      },
      (why) => resume(Effect.die(why)),
    )
    if (!waits) resume(Effect.succeed(undefined))
  })

const changeSettings = ({ run: { engine } }: Simulation, gateway: SettingsFile["gateway"]) =>
  Effect.suspend(() => {
    const { gateway: _, ...others } = engine.world.settings
    const { gateway: changed } = settingsOf(gateway === undefined ? {} : { gateway }).run
    const settings = { ...others, ...(changed === undefined ? {} : { gateway: changed as unknown as JsonObject }) }
    return Effect.asVoid(Effect.orDie(engine.submit(settingsChanged.draft("", { settings }))))
  })

export const performGateway = (simulation: Simulation, { how }: GatewayAct): Effect.Effect<void> =>
  Effect.gen(function* () {
    if (how === "trouble") return yield* changeSettings(simulation, troubled)
    if (how === "noTrouble") return yield* changeSettings(simulation, undefined)
    const { engine } = simulation.run
    for (const [method, path, body, key] of deeds[how] as ReadonlyArray<Asked>) {
      const { byId } = engine.world.slice(gatewayMachine)
      const newest = byId.at(byId.length - 1)?.id ?? "none"
      const given =
        body?.send_at === undefined ? body : { ...body, send_at: new Date(engine.world.at + 30_000).toISOString() }
      yield* askGateway(
        simulation,
        [method, path.replace(":id", newest), given, key],
        {},
        how !== "sendDirectly" || method === "GET",
      )
    }
  })
