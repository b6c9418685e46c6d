import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import {
  type ConversationsSettings,
  carrierTokenSecret,
  defaultConversations,
  monitorTokenSecret,
} from "../conversations/settings.ts"
import { parseE164 } from "../core/E164.ts"
import { iso, parseInstant } from "../core/Instant.ts"
import { isAllowed } from "../network/allow.ts"
import {
  AccountSid,
  AuthToken,
  Duration,
  durationMsOr,
  expects,
  HowDown,
  HttpUrl,
  optional,
  Sender,
  Text,
  writtenDuration,
} from "./settingsParts.ts"

/* The conversation service: how the settings file has it, and how the log does. */

const Attempts = Schema.suspend(() =>
  expects(Schema.Int.pipe(Schema.between(1, 10)), "a whole number of attempts in all, 1 to 10"),
)
const Instant = Schema.suspend(() =>
  expects(
    Schema.String.pipe(Schema.filter((text) => parseInstant(text) !== undefined)),
    "an instant such as 2026-01-01T12:00:00Z",
  ),
)
const Outage = Schema.suspend(() => Schema.Struct({ from: Instant, to: Instant, how: optional(HowDown) }))

export const conversationsSetting = Schema.suspend(() =>
  Schema.Struct({
    url: optional(HttpUrl),
    from: optional(Sender),
    reply: optional(expects(Schema.NonEmptyString.pipe(Schema.maxLength(1_600)), "a text of 1 to 1600 characters")),
    signatures: optional(expects(Schema.Literal("required", "off"), "required or off")),
    allow: optional(
      Schema.Array(
        expects(
          Schema.String.pipe(Schema.filter((text) => /^[\d.:a-f/]+$/i.test(text) && isAllowed(text))),
          "an address or a network (10.0.0.0/8)",
        ),
      ),
    ),
    carrier: optional(
      Schema.Struct({
        account_sid: AccountSid,
        auth_token: AuthToken,
        url: optional(HttpUrl),
      }),
    ),
    sending: optional(Schema.Struct({ attempts: optional(Attempts), timeout: optional(Duration) })),
    monitor: optional(
      Schema.Struct({
        url: optional(HttpUrl),
        path: optional(expects(Schema.String.pipe(Schema.pattern(/^\/[^?#\s]*$/)), "a path such as /tenants")),
        attempts: optional(Attempts),
        timeout: optional(Duration),
        recheck: optional(Duration),
        simulated: optional(
          Schema.Struct({
            tenants: optional(Schema.Record({ key: Schema.String, value: Text })),
            latency: optional(Duration),
            outages: optional(Schema.Array(Outage)),
          }),
        ),
      }),
    ),
    monitor_token: optional(AuthToken),
  }),
)
type Written = typeof conversationsSetting.Type

/** What the environment says of the monitor. */
export interface MonitorEnvironment {
  readonly url: string | undefined
  readonly token: Redacted.Redacted<string> | undefined
}

const twilioUrl = "https://api.twilio.com"

/** The settings as the log keeps them; nothing where neither file nor environment says anything. */
export const conversationSettings = (
  written: Written | undefined,
  env: MonitorEnvironment,
): { readonly conversations?: ConversationsSettings } => {
  if (written === undefined && env.url === undefined && env.token === undefined) return {}
  const { allow, carrier, from, monitor = {}, reply, sending = {}, signatures, url } = written ?? {}
  const usual = defaultConversations
  const hasToken = env.token !== undefined || written?.monitor_token !== undefined
  return {
    conversations: {
      ...(allow === undefined ? {} : { allow }),
      ...(carrier === undefined
        ? {}
        : {
            carrier: {
              account_sid: carrier.account_sid,
              auth_token: { secret: carrierTokenSecret },
              url: (carrier.url ?? twilioUrl).replace(/\/$/, ""),
            },
          }),
      ...(from === undefined ? {} : { from: parseE164(from) ?? from }),
      monitor: {
        attempts: monitor.attempts ?? usual.monitor.attempts,
        gap_ms: usual.monitor.gap_ms,
        gap_ms_max: usual.monitor.gap_ms_max,
        path: monitor.path ?? usual.monitor.path,
        recheck_ms: durationMsOr(monitor.recheck, usual.monitor.recheck_ms),
        ...simulatedOf(monitor.simulated),
        timeout_ms: Math.max(1, durationMsOr(monitor.timeout, usual.monitor.timeout_ms)),
        ...(hasToken ? { token: { secret: monitorTokenSecret } } : {}),
        url: env.url ?? monitor.url ?? usual.monitor.url,
      },
      ...(reply === undefined ? {} : { reply }),
      sending: {
        attempts: sending.attempts ?? usual.sending.attempts,
        gap_ms: usual.sending.gap_ms,
        gap_ms_max: usual.sending.gap_ms_max,
        timeout_ms: Math.max(1, durationMsOr(sending.timeout, usual.sending.timeout_ms)),
      },
      signatures: signatures ?? usual.signatures,
      url: (url ?? usual.url).replace(/\/$/, ""),
    },
  }
}

type WrittenSimulated = NonNullable<NonNullable<Written["monitor"]>["simulated"]>

const simulatedOf = (written: WrittenSimulated | undefined) =>
  written === undefined
    ? {}
    : {
        simulated: {
          latency_ms: durationMsOr(written.latency, 0),
          outages: (written.outages ?? []).map(({ from, how = "503" as const, to }) => ({
            from: parseInstant(from) ?? 0,
            how,
            to: parseInstant(to) ?? 0,
          })),
          tenants: Object.entries(written.tenants ?? {}),
        },
      }

/** The tokens of the settings, by their names in the keys file. */
export const conversationSecrets = (
  written: Written | undefined,
  env: MonitorEnvironment,
): ReadonlyArray<readonly [name: string, value: Redacted.Redacted<string>]> => {
  const token = env.token ?? (written?.monitor_token === undefined ? undefined : Redacted.make(written.monitor_token))
  return [
    ...(written?.carrier === undefined
      ? []
      : [[carrierTokenSecret, Redacted.make(written.carrier.auth_token)] as const]),
    ...(token === undefined ? [] : [[monitorTokenSecret, token] as const]),
  ]
}

/** What a settings file would say to have these settings, but for who the account is and the tokens. */
export const writtenConversations = ({
  allow,
  from,
  monitor: { attempts, path, recheck_ms, simulated, timeout_ms, url: monitorUrl },
  reply,
  sending,
  signatures,
  url,
}: ConversationsSettings): Written => ({
  ...(allow === undefined ? {} : { allow }),
  ...(from === undefined ? {} : { from }),
  monitor: {
    attempts,
    path,
    recheck: writtenDuration(recheck_ms),
    ...(simulated === undefined ? {} : { simulated: writtenSimulated(simulated) }),
    timeout: writtenDuration(timeout_ms),
    url: monitorUrl,
  },
  ...(reply === undefined ? {} : { reply }),
  sending: { attempts: sending.attempts, timeout: writtenDuration(sending.timeout_ms) },
  signatures,
  url,
})

const writtenSimulated = ({
  latency_ms,
  outages,
  tenants,
}: NonNullable<ConversationsSettings["monitor"]["simulated"]>): WrittenSimulated => ({
  latency: writtenDuration(latency_ms),
  outages: outages.map(({ from, how, to }) => ({ from: iso(from), how, to: iso(to) })),
  tenants: Object.fromEntries(tenants),
})
