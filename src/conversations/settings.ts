import * as Schema from "effect/Schema"
import { SecretName } from "../core/entries.ts"
import type { World } from "../core/Machine.ts"
import { optional } from "../core/optional.ts"

/** Attempts in all, the gap after the first one, doubled each time up to the largest, and how long each may take; ms. */
const Tries = Schema.Struct({
  attempts: Schema.Int.pipe(Schema.between(1, 10)),
  gap_ms: Schema.NonNegativeInt,
  gap_ms_max: Schema.NonNegativeInt,
  timeout_ms: Schema.Int.pipe(Schema.positive()),
})
export type Tries = typeof Tries.Type

/** The monitor inside the run: who is a tenant, how long it takes, and when it does not answer. */
export const SimulatedMonitor = Schema.suspend(() =>
  Schema.Struct({
    latency_ms: Schema.NonNegativeInt,
    /** Virtual instants between which it is down. */
    outages: Schema.Array(
      Schema.Struct({
        from: Schema.Int,
        /** How it is down: it answers 503, refuses connections, or hangs. */
        how: Schema.Literal("503", "connect", "timeout"),
        to: Schema.Int,
      }),
    ),
    /** Numbers in the form in which it knows them, and their tenants. */
    tenants: Schema.Array(Schema.Tuple(Schema.String, Schema.String)),
  }),
)
export type SimulatedMonitor = typeof SimulatedMonitor.Type

/** The conversation service's settings as the log keeps them: normalised, secrets by their names. */
export const ConversationsSettings = Schema.suspend(() =>
  Schema.Struct({
    /** Addresses and networks that webhooks come from, for the edge; absent: any. */
    allow: optional(Schema.Array(Schema.String)),
    /** The account that messages are sent by, and where; absent: the run's own, at the exchange itself. Its token signs webhooks. */
    carrier: optional(Schema.Struct({ account_sid: Schema.String, auth_token: SecretName, url: Schema.String })),
    /** What a message is sent from that names nothing: a number, or a messaging service. */
    from: optional(Schema.String),
    monitor: Schema.Struct({
      ...Tries.fields,
      /** Behind the URL; the number follows as the parameter `phone`. */
      path: Schema.String,
      /** After so long a number that was nobody's is asked for again when it writes. */
      recheck_ms: Schema.NonNegativeInt,
      simulated: optional(SimulatedMonitor),
      token: optional(SecretName),
      url: Schema.String,
    }),
    /** What every message is answered at once; absent: nothing. */
    reply: optional(Schema.String),
    sending: Tries,
    /** Whether webhooks have to be signed. */
    signatures: Schema.Literal("required", "off"),
    /** Where the carrier finds this service. */
    url: Schema.String,
  }),
)
export type ConversationsSettings = typeof ConversationsSettings.Type

/** Where the monitor is that is inside of every run. */
export const simulatedMonitorHost = "monitor.ringback.internal"

/** What is in force where settings say nothing of conversations. */
export const defaultConversations: ConversationsSettings = {
  monitor: {
    attempts: 4,
    gap_ms: 100,
    gap_ms_max: 2_000,
    path: "/tenants",
    recheck_ms: 3_600_000,
    timeout_ms: 3_000,
    url: `http://${simulatedMonitorHost}`,
  },
  sending: { attempts: 4, gap_ms: 100, gap_ms_max: 2_000, timeout_ms: 10_000 },
  signatures: "required",
  url: "http://ringback.internal",
}

/** The settings in force. */
export const conversationsSettings = ({ settings }: World): ConversationsSettings =>
  (settings.conversations as ConversationsSettings | undefined) ?? defaultConversations

/** Names in the keys file. */
export const carrierTokenSecret = "conversations.carrier_token"
export const monitorTokenSecret = "conversations.monitor_token"
