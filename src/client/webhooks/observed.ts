import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import { redactAccounts, redactionFor, redactPhone, redactPhones } from "../redact.ts"
import type { InboundMessage } from "./inbound.ts"
import type { StatusUpdate } from "./statusUpdates.ts"

/* What webhooks let be seen: spans, metrics and logs as the specification names them (7.1 to 7.3). Never a secret. */

export interface SeenRules {
  /** Whether texts of messages stay out of the log. */
  readonly redactBodies: boolean
  /** Makes hashes of numbers the same in several processes. */
  readonly key: string | Uint8Array | undefined
}

/** A counter with one label. What is counted often is made once. */
const counter = (name: string, label: string): ((value: string) => Effect.Effect<void>) => {
  const made = new Map<string, Effect.Effect<void>>()
  return (value) => {
    const known = made.get(value)
    if (known !== undefined) return known
    const increment = Metric.increment(Metric.tagged(Metric.counter(name, { incremental: true }), label, value))
    if (made.size < madeMax) made.set(value, increment)
    return increment
  }
}
const madeMax = 1_000
const received = counter("twilio_messages_received_total", "to_number")
const delivery = counter("twilio_delivery_status_total", "status")
const errors = counter("twilio_errors_total", "error_type")

/** A line of the log, which is made when somebody wants it. */
const at = (
  level: LogLevel.LogLevel,
  text: string,
  facts: () => Readonly<Record<string, unknown>> = () => ({}),
): Effect.Effect<void> =>
  Effect.flatMap(FiberRef.get(FiberRef.currentMinimumLogLevel), (minimum) =>
    LogLevel.greaterThan(minimum, level) ? Effect.void : Effect.annotateLogs(Effect.logWithLevel(level, text), facts()),
  )

export interface Seen {
  readonly received: (message: InboundMessage) => Effect.Effect<void>
  readonly optedOut: (message: InboundMessage) => Effect.Effect<void>
  readonly moved: (update: StatusUpdate) => Effect.Effect<void>
  readonly late: (update: StatusUpdate) => Effect.Effect<void>
  readonly duplicated: Effect.Effect<void>
  readonly request: (url: string, params: ReadonlyMap<string, string>) => Effect.Effect<void>
  readonly answered: (status: number) => Effect.Effect<void>
  readonly refused: (error: { readonly _tag: string; readonly message: string }) => Effect.Effect<void>
  /** A handler did something that it should not. */
  readonly threw: (cause: Cause.Cause<unknown>) => Effect.Effect<void>
  /** So the request came to nothing. */
  readonly failed: (error: { readonly _tag: string; readonly message: string }) => Effect.Effect<void>
  /** Attributes of the span. */
  readonly attributes: (from: string | null, to: string) => Record<string, string>
}

export const makeSeen = ({ key, redactBodies }: SeenRules): Seen => {
  const phone = (level: LogLevel.LogLevel, number: string | null) =>
    number === null ? null : redactPhone(number, redactionFor(level), key)
  const addresses = (level: LogLevel.LogLevel, from: string | null, to: string) => ({
    from: phone(level, from),
    to: phone(level, to),
  })
  const told = (name: string, value: string): string =>
    redactBodies && hasText.test(name)
      ? `[${value.length} characters]`
      : redactAccounts(redactPhones(value.replace(userinfo, "$1"), LogLevel.Trace, key))
  return {
    received: (message) =>
      Effect.zipRight(
        received(message.to),
        at(LogLevel.Info, "Message received", () => ({
          message_sid: message.sid,
          ...addresses(LogLevel.Info, message.from, message.to),
        })),
      ),
    optedOut: ({ from, sid, to }) =>
      at(LogLevel.Warning, "Recipient opted out", () => ({
        message_sid: sid,
        ...addresses(LogLevel.Warning, from, to),
      })),
    moved: ({ errorCode, messageSid, status }) =>
      Effect.zipRight(
        delivery(status),
        at(LogLevel.Info, "Message status", () => ({
          message_sid: messageSid,
          status,
          ...(errorCode === null ? {} : { error_code: errorCode }),
        })),
      ),
    late: ({ messageSid, status }) =>
      at(LogLevel.Debug, "Message status came late and changes nothing", () => ({ message_sid: messageSid, status })),
    duplicated: at(LogLevel.Debug, "Webhook was handled before and is answered as then"),
    request: (url, params) =>
      Effect.zipRight(
        at(LogLevel.Debug, "Webhook", () => ({ path: pathOf(url, key), parameters: params.size })),
        at(LogLevel.Trace, "Webhook parameters", () => ({
          parameters: [...params].map(([name, value]) => `${told("", name)}=${told(name, value)}`).join(" "),
        })),
      ),
    answered: (status) => at(LogLevel.Debug, "Webhook answered", () => ({ status })),
    refused: ({ _tag, message }) =>
      Effect.zipRight(
        errors(_tag),
        at(LogLevel.Warning, `Webhook refused: ${redactPhones(message, LogLevel.Warning, key)}`, () => ({
          error_type: _tag,
        })),
      ),
    threw: (cause) =>
      at(LogLevel.Error, "Handler of a webhook failed", () => ({
        cause: redactPhones(Cause.pretty(cause).slice(0, causeCharactersMax), LogLevel.Error, key),
      })),
    failed: ({ _tag, message }) =>
      Effect.zipRight(
        errors(_tag),
        at(LogLevel.Error, `Webhook failed: ${message}`, () => ({ error_type: _tag })),
      ),
    attributes: (from, to) => ({
      ...(from === null ? {} : { from: redactPhone(from, "full", key) }),
      to: redactPhone(to, "full", key),
    }),
  }
}

/** Parameters that hold what people wrote. */
const hasText = /^(?:Body|ButtonText|ButtonPayload|ProfileName|Address|Label)$/
/** What stands before a host: `ErrorUrl` has it when the webhook's URL had. */
const userinfo = /(\/\/)[^/?#@\s]*@/g
const causeCharactersMax = 4_000

const pathOf = (url: string, key: string | Uint8Array | undefined): string =>
  redactPhones(new URL(url).pathname, LogLevel.Debug, key)
