import { twilioMachine } from "../carriers/twilio/twilio.machine.ts"
import { rate } from "../clock/pace.ts"
import { nextTimer, timersMachine } from "../clock/timers.machine.ts"
import type { Conversations } from "../conversations/state.ts"
import { limits } from "../core/limits.ts"
import type { Run } from "../engine/Run.ts"
import { countsAt, healthAt } from "../gateway/health.ts"
import type { Gateway } from "../gateway/state.ts"
import { countAt } from "../gateway/windows.ts"
import { outboundMachine } from "../network/outbound.machine.ts"
import { type Family, gauge } from "./Family.ts"

/** How a run stands at the moment it is asked: read from its world, which costs nothing until then. */
export const worldFamilies = (run: Run): ReadonlyArray<Family> => [
  ...clockFamilies(run),
  ...queueFamilies(run),
  ...conversationFamilies(run),
  ...gatewayFamilies(run),
]

const clockFamilies = ({ engine }: Run): ReadonlyArray<Family> => [
  gauge("ringback_log_head", "The seq of the newest entry.", [], () => [[engine.head.seq]]),
  gauge("ringback_virtual_time_seconds", "Where the run's clock stands, since the Unix epoch.", [], () => [
    [engine.now / 1_000],
  ]),
  gauge(
    "ringback_clock_rate",
    "How fast virtual time moves against the host's: 1 at pace real, n at <n>x, 0 where it stands or jumps (paused, fast).",
    ["pace"],
    () => [[engine.pace._tag, rate(engine.pace)]],
  ),
  gauge("ringback_timers", "Timers that are set.", [], () => [[engine.world.slice(timersMachine).byKey.size]]),
  gauge("ringback_timer_next_seconds", "Virtual time to the next timer; none is set: no sample.", [], () => {
    const due = nextTimer(engine.world.slice(timersMachine))?.due
    return due === undefined ? [] : [[Math.max(0, due - engine.now) / 1_000]]
  }),
]

const queueFamilies = ({ engine }: Run): ReadonlyArray<Family> => {
  const outbound = () => engine.world.slice(outboundMachine)
  const carrier = () => engine.world.slice(twilioMachine)
  return [
    gauge("ringback_engine_queue", "Inputs that wait for their turn.", [], () => [[engine.queued]]),
    gauge("ringback_engine_full", "1 while requests are refused because too many wait.", [], () => [
      [engine.full ? 1 : 0],
    ]),
    gauge(
      "ringback_outbound_in_flight",
      "Requests that left and have no answer yet, by where they go.",
      ["via"],
      () => [
        ["wire", outbound().onWire],
        ["world", outbound().pending.size - outbound().onWire],
      ],
    ),
    gauge("ringback_outbound_waiting", "Callbacks that wait for their next attempt.", [], () => [
      [outbound().waiting.size],
    ]),
    gauge("ringback_messages", "Messages there are now.", [], () => [[carrier().messages.bySid.size]]),
    gauge("ringback_calls", "Calls there are now.", [], () => [[carrier().calls.size]]),
    gauge("ringback_limit", "Stated maximums that a run may reach.", ["name"], () => [
      ["inputs_queued", limits.inputsQueuedMax],
      ["wire_in_flight", limits.wireInFlightMax],
      ["wire_in_flight_per_origin", limits.wireInFlightPerOriginMax],
      ["connections", limits.connectionsMax],
    ]),
  ]
}

/** A slice by the name of its machine; undefined where the run has no such machine. */
const sliceNamed = <S>({ engine }: Run, name: string): S | undefined => {
  for (const [machine, slice] of engine.world.slices()) if (machine === name) return slice as S
  return undefined
}

const conversationFamilies = (run: Run): ReadonlyArray<Family> => {
  const conversations = () => sliceNamed<Conversations>(run, "conversations")
  return [
    gauge("ringback_conversations", "Conversations there are now, merged ones too.", [], () => [
      [conversations()?.all.length ?? 0],
    ]),
    gauge("ringback_conversation_statuses_untied", "SIDs with statuses whose message is not known yet.", [], () => [
      [conversations()?.untied.size ?? 0],
    ]),
    gauge("ringback_conversation_requests_in_flight", "Sends and look-ups without an answer yet.", [], () => [
      [conversations()?.asked.size ?? 0],
    ]),
  ]
}

const healths = ["healthy", "recovering", "unhealthy"] as const

const gatewayFamilies = (run: Run): ReadonlyArray<Family> => {
  const gateway = () => sliceNamed<Gateway>(run, "gateway")
  const each = (
    value: (provider: NonNullable<ReturnType<Gateway["providers"]["get"]>>, gateway: Gateway) => number,
  ) => {
    const now = gateway()
    return now === undefined ? [] : [...now.providers.values()].map((one) => [one.id, value(one, now)] as const)
  }
  const at = () => run.engine.now
  return [
    gauge(
      "ringback_gateway_requests_in",
      "Requests of the gateway there are now.",
      ["status"],
      () => gateway()?.counts ?? [],
    ),
    gauge("ringback_gateway_in_flight", "Requests on their way to a provider.", ["provider"], () =>
      each(({ inFlight }) => inFlight),
    ),
    gauge(
      "ringback_gateway_health",
      "The breaker of a provider: 1 at the state it is in.",
      ["provider", "health"],
      () =>
        each(({ health }) => healths.indexOf(healthAt(health, at()))).flatMap(([provider, state]) =>
          healths.map((health, i) => [provider, health, i === state ? 1 : 0] as const),
        ),
    ),
    gauge("ringback_gateway_window_failures", "Failures in the window of a provider's health.", ["provider"], () =>
      each(({ health }, { settings }) => countsAt(health, settings.health.window_ms, at()).failures),
    ),
    gauge("ringback_gateway_window_used", "What went through a limit in its window now.", ["limit"], () => {
      const now = gateway()
      if (now === undefined) return []
      const { limits: rule } = now.settings
      return [
        ["total", countAt(now.total, rule, at())],
        ...each(({ window }) => countAt(window, rule, at())),
      ] as ReadonlyArray<readonly [string, number]>
    }),
    gauge("ringback_gateway_limit", "What may go through a limit in a window.", ["limit"], () => {
      const now = gateway()
      if (now === undefined) return []
      const own = now.settings.providers.map(({ id, limit }) => [id, limit] as const)
      return [["total", now.settings.limits.total] as const, ...own]
    }),
  ]
}
