import * as Effect from "effect/Effect"
import { defaultConversations } from "../../src/conversations/settings.ts"
import { clientTold } from "../../src/core/clientTold.ts"
import type { Row } from "../../src/core/Entry.ts"
import { outboundAnswered, outboundFailed, outboundRequested, settingsChanged } from "../../src/core/entries.ts"
import type { WayOut } from "../../src/engine/outside.ts"
import { makeMemory } from "../../src/log/layerMemory.ts"
import { outboundMachine } from "../../src/network/outbound.machine.ts"
import type { ConversationAct } from "./conversationTraffic.ts"
import type { GatewayDeed } from "./gatewayTraffic.ts"
import type { OrderName } from "./orders.ts"
import { account, messagesPath, simulate } from "./simulate.ts"
import { performAll, resend } from "./traffic.ts"

/** A way out whose wire answers 500, then 200, then resets, and so on. */
const moody = (): WayOut => {
  let offer: Parameters<WayOut["begin"]>[0] | undefined
  let n = 0
  return {
    inFlight: (world) => world.slice(outboundMachine).onWire,
    quietMs: () => 0,
    committed: (made) => {
      for (const { entry } of made) {
        if (!outboundRequested.is(entry) || entry.data.via !== "wire") continue
        const { seq, subject } = entry
        const turn = n++ % 3
        offer?.(
          turn === 2
            ? outboundFailed.draft(subject, { detail: "ECONNRESET", reason: "reset" }, seq)
            : outboundAnswered.draft(
                subject,
                { body: turn === 0 ? "try again" : "", status: turn === 0 ? 500 : 200 },
                seq,
              ),
        )
      }
    },
    begin: (to) => {
      offer = to
    },
  }
}

/** Conversations: heard, answered, tied, looked up, changed and merged; one message that is not taken. */
const converse = (simulation: Parameters<typeof performAll>[0]) =>
  Effect.gen(function* () {
    const { engine } = simulation.run
    const told: ReadonlyArray<readonly [how: ConversationAct["how"], nth: number]> = [
      ["hear", 0],
      ["hear", 2],
      ["hear", 0],
      ["reportEarly", 0],
      ["say", 0],
      ["answer", 0],
      ["update", 0],
      ["close", 0],
      ["reopen", 0],
      ["list", 0],
      ["merge", 0],
      ["lookUp", 1],
    ]
    yield* performAll(
      simulation,
      told.map(([how, nth]) => ({ _tag: "converse", how, nth })),
    )
    yield* simulation.settled
    const { settings } = engine.world
    const carrier = {
      account_sid: account,
      auth_token: { secret: "conversations.carrier_token" },
      url: "https://refusing.test",
    }
    const refused = { ...settings, conversations: { ...defaultConversations, carrier } }
    yield* engine.submit(settingsChanged.draft("", { settings: refused }))
    yield* performAll(simulation, [{ _tag: "converse", how: "say", nth: 1 }])
    yield* simulation.settled
    yield* engine.submit(settingsChanged.draft("", { settings }))
  })

/** A run in which every type of entry there is occurs, with a restart in the middle. */
export const everyEntry: Effect.Effect<ReadonlyArray<Row>> = Effect.gen(function* () {
  const log = makeMemory()
  const part = (body: (simulation: Effect.Effect.Success<ReturnType<typeof simulate>>) => Effect.Effect<unknown>) =>
    Effect.scoped(Effect.flatMap(simulate({ log, seed: 7, pace: { _tag: "paused" }, wayOut: moody() }), body))
  yield* part((simulation) =>
    Effect.gen(function* () {
      const { engine } = simulation.run
      yield* performAll(simulation, [
        { _tag: "send", to: "+15551234567", callback: "https://recovering.test/a", body: 'quotes " and 😀' },
        { _tag: "send", to: "+15559876543", callback: "http://localhost:3000/status", body: "over the wire" },
        { _tag: "send", to: "+15550009999", callback: undefined, body: "no callback" },
        { _tag: "refused", form: "To=nobody&From=%2B15550000001&Body=x&__proto__=y&9=z" },
        { _tag: "refused", form: "%zz" },
        { _tag: "list", pageSize: 2 },
        { _tag: "fetch", nth: 1 },
        { _tag: "advance", ms: 2_500 },
      ])
      const settings = { ...engine.world.settings }
      const twilio = { ...(settings.twilio as object), failure_numbers: ["+15559999999"] }
      yield* engine.submit({
        type: "settings.changed",
        subject: "",
        data: { settings: { ...settings, twilio } as never },
      })
      yield* performAll(simulation, [
        { _tag: "send", to: "+15559999999", callback: "https://good.test/b", body: "fails" },
        { _tag: "send", to: "+15551234567", callback: "https://hanging.test/c", body: "slow" },
      ])
      yield* performAll(simulation, [
        { _tag: "swap", nth: 0, other: 1 },
        { _tag: "replace", nth: 1 },
      ])
      yield* engine.step(3)
      const input = {
        cause: 0,
        data: { api: "twilio", method: "GET", path: messagesPath },
        subject: "",
        type: "api.requested",
      }
      yield* Effect.ignore(engine.submit({ type: "turn.failed", subject: "", data: { error: "a rule threw", input } }))
    }).pipe(Effect.orDie),
  )
  yield* part((simulation) =>
    Effect.gen(function* () {
      yield* simulation.run.engine.setPace({ _tag: "fast" })
      yield* simulation.settled
      yield* performAll(simulation, [
        { _tag: "send", to: "+15551234567", callback: undefined, body: "pictures", way: "pictures" },
        { _tag: "send", to: "+15551234567", callback: "https://good.test/e", body: "by a service", way: "service" },
        { _tag: "send", to: "+15551234567", callback: "https://good.test/f", body: "at an hour", way: "scheduled" },
        { _tag: "change", nth: 2, how: "cancel" },
        { _tag: "change", nth: 0, how: "media" },
        { _tag: "advance", ms: 60_000 },
        { _tag: "change", nth: 0, how: "redact" },
        { _tag: "change", nth: 1, how: "feedback" },
        { _tag: "change", nth: 1, how: "delete" },
      ])
      yield* performAll(simulation, [
        { _tag: "send", to: "+15551234567", callback: "https://slow.test/d", body: "cleared" },
      ])
      const orders: ReadonlyArray<OrderName> = [
        ...([
          "makeAccount",
          "sendAsAccount",
          "suspendAccount",
          "makeKey",
          "fetchByKey",
          "renameKey",
          "deleteKey",
        ] as const),
        ...(["buy", "setUpNumber", "makeService", "setUpService", "addNumber", "addName", "sendByService"] as const),
        ...(["listServices", "removeNumber", "release", "deleteService"] as const),
        ...(["makeApplication", "setUpApplication", "sendByApplication", "deleteApplication"] as const),
        ...(["makeVerify", "setUpVerify", "sendCode", "sendOwnCode", "checkCode"] as const),
        ...(["sendCode", "sendOwnCode", "sendCode", "cancelOther", "deleteVerify", "callbackTest"] as const),
      ]
      yield* performAll(
        simulation,
        orders.map((name) => ({ _tag: "order", name })),
      )
      yield* performAll(simulation, [
        { _tag: "order", name: "buy" },
        { _tag: "arrive", body: "Hello", media: true },
        { _tag: "advance", ms: 60_000 },
        { _tag: "arrive", body: "Stop" },
        { _tag: "send", to: "+15551234567", callback: undefined, body: "opted out of another number" },
        { _tag: "arrive", body: "START" },
        { _tag: "optOut", out: true },
        { _tag: "advance", ms: 60_000 },
        { _tag: "optOut", out: false },
      ])
      yield* simulation.run.engine.setPace({ _tag: "paused" })
      yield* performAll(simulation, [
        { _tag: "call", document: "menu", to: "+15551234567", more: "detected" },
        { _tag: "advance", ms: 6_000 },
        { _tag: "play", nth: 0, how: "press" },
        { _tag: "call", document: "record", to: "+15551234567", more: "digits" },
        { _tag: "advance", ms: 4_000 },
        { _tag: "play", nth: 1, how: "answer" },
        { _tag: "play", nth: 1, how: "speak" },
        { _tag: "advance", ms: 10_000 },
        { _tag: "ring", scripted: false },
        { _tag: "call", document: "dial", to: "+15551234567", more: "told" },
        { _tag: "advance", ms: 60_000 },
        { _tag: "around", how: "deleteRecording" },
        { _tag: "changeCall", nth: 0, how: "delete" },
        { _tag: "call", document: "conference", to: "+15551234567", more: "nothing" },
        { _tag: "call", document: "conference", to: "+15551234567", more: "nothing" },
        { _tag: "advance", ms: 8_000 },
        { _tag: "around", how: "mute" },
        { _tag: "around", how: "end" },
        { _tag: "call", document: "queue", to: "+15551234567", more: "nothing" },
        { _tag: "advance", ms: 7_000 },
        { _tag: "call", document: "agent", to: "+15551234567", more: "nothing" },
        { _tag: "advance", ms: 20_000 },
        { _tag: "call", document: "queue", to: "+15551234567", more: "nothing" },
        { _tag: "advance", ms: 7_000 },
        { _tag: "around", how: "dequeue" },
        { _tag: "around", how: "makeQueue" },
        { _tag: "around", how: "resizeQueue" },
        { _tag: "around", how: "deleteQueue" },
        { _tag: "play", nth: 99, how: "hangUp" },
        { _tag: "clear", what: "calls" },
      ])
      yield* simulation.run.engine.setPace({ _tag: "fast" })
      yield* resend(simulation, 0)
      yield* simulation.settled
      yield* converse(simulation)
      const { settings } = simulation.run.engine.world
      const faulty = {
        ...settings,
        callbacks: {
          ...(settings.callbacks as object),
          faults: { duplicated_bp: 0, late_bp: 10_000, late_ms: 9_000, lost_bp: 0, out_of_order_bp: 0 },
        },
        twilio: {
          ...(settings.twilio as object),
          faults: [{ action: { drop: "answer" }, bp: 5_000 }],
        },
      }
      yield* simulation.run.engine.submit({ type: "settings.changed", subject: "", data: { settings: faulty } })
      yield* performAll(simulation, [
        { _tag: "send", to: "+15551234567", callback: "https://good.test/late", body: "late" },
        { _tag: "list", pageSize: 1 },
      ])
      yield* simulation.settled
      yield* simulation.run.engine.setPace({ _tag: "paused" })
      yield* performAll(simulation, [
        { _tag: "send", to: "+15551234567", callback: "https://slow.test/d", body: "cleared on its way" },
        { _tag: "clear", what: "all" },
        { _tag: "advance", ms: 60_000 },
      ])
      const deeds: ReadonlyArray<GatewayDeed> = [
        ...(["send", "sendLater", "cancel", "trouble", "burst", "burst", "sendHigh", "tellReceipt"] as const),
        ...(["resetHealth", "resetCounts", "sendDirectly"] as const),
      ]
      yield* performAll(
        simulation,
        deeds.map((how) => ({ _tag: "gateway", how })),
      )
      yield* performAll(simulation, [
        { _tag: "advance", ms: 60_000 },
        { _tag: "gateway", how: "resendAll" },
        { _tag: "advance", ms: 60_000 },
      ])
      yield* simulation.run.engine.submit(
        clientTold.draft("client-1", { from: "closed", to: "open", what: "circuit-changed" }),
      )
    }).pipe(Effect.orDie),
  )
  const rows: Array<Row> = []
  for (;;) {
    const page = yield* Effect.orDie(log.read(rows.length, 1_000))
    if (page.length === 0) return rows
    rows.push(...page)
  }
})
