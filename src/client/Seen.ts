import * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as LogLevel from "effect/LogLevel"
import * as Metric from "effect/Metric"
import * as MetricBoundaries from "effect/MetricBoundaries"
import type { Pair } from "../core/pair.ts"
import type { Checked } from "./options.ts"
import { redactAccounts, redactionFor, redactPhone, redactPhones } from "./redact.ts"
import type { ClientEvent, Message } from "./types.ts"

/*
 * What sending lets be seen: metrics and logs as the specification names them (7.1 to 7.3), all of them made of the client's events.
 * Never a secret; labels of metrics hold own numbers alone.
 */

export interface Seen {
  /** Counts and logs an event, and hands it to whoever listens. */
  readonly tell: (event: ClientEvent) => Effect.Effect<void>
  readonly request: (method: string, path: string, params: ReadonlyArray<Pair>) => Effect.Effect<void>
  readonly answer: (status: number, requestId: string | undefined) => Effect.Effect<void>
  /** A number as attributes of a span have it. */
  readonly phone: (number: string) => string
}

const counter = (name: string) => Metric.counter(name, { incremental: true })
const sent = counter("twilio_messages_sent_total")
const errors = counter("twilio_errors_total")
const limitHits = counter("twilio_rate_limit_hits_total")
/** Seconds from the call to the answer, waits and repeats included; 10 ms to 82 s. */
const latency = Metric.histogram(
  "twilio_send_latency_seconds",
  MetricBoundaries.exponential({ start: 0.01, factor: 2, count: 14 }),
)

/** Parameters that hold what people wrote. */
const hasText: ReadonlySet<string> = new Set(["Body", "ContentVariables"])

/** Facts are made only for a line that somebody reads. */
const at = (level: LogLevel.LogLevel, text: string, facts: () => Record<string, unknown>): Effect.Effect<void> =>
  Effect.flatMap(FiberRef.get(FiberRef.currentMinimumLogLevel), (minimum) =>
    LogLevel.lessThanEqual(minimum, level)
      ? Effect.annotateLogs(Effect.logWithLevel(level, text), facts())
      : Effect.void,
  )

/** Numbers and parameters as lines of a level may hold them. */
const redacting = ({ redactBodies, redactionKey }: Pick<Checked, "redactBodies" | "redactionKey">) => ({
  phone: (level: LogLevel.LogLevel, number: string | null) =>
    number === null ? null : redactPhone(number, redactionFor(level), redactionKey),
  told: ([name, value]: Pair): string =>
    redactBodies && hasText.has(name)
      ? `${name}=[${value.length} characters]`
      : `${name}=${redactAccounts(redactPhones(value, LogLevel.Trace, redactionKey))}`,
})

export const makeSeen = ({
  onEvent,
  redactBodies,
  redactionKey,
}: Pick<Checked, "onEvent" | "redactBodies" | "redactionKey">): Seen => {
  const { phone, told } = redacting({ redactBodies, redactionKey })
  const made = (event: ClientEvent): Effect.Effect<void> => {
    switch (event._tag) {
      case "LimitReached":
        return Effect.zipRight(
          Metric.increment(limitHits),
          at(LogLevel.Warning, "Message waits for a limit", () => ({ limit: event.limit, wait_ms: event.waitMs })),
        )
      case "AttemptStarted":
        return Effect.void
      case "AttemptFailed":
        return event.retryInMs === null
          ? Effect.void
          : at(LogLevel.Warning, "Request is repeated", () => ({
              call: event.call,
              attempt: event.attempt,
              retry_in_ms: event.retryInMs,
              ...factsOf(event.error),
            }))
      case "Checked":
        return at(LogLevel.Warning, "Message was looked for", () => ({
          attempt: event.attempt,
          message_sid: event.found,
        }))
      case "CircuitChanged":
        return at(LogLevel.Warning, "Circuit breaker", () => ({ from: event.from, to: event.to }))
      case "Sent":
        return Effect.zipRight(
          counted(event.message, event.tookMs),
          at(LogLevel.Info, "Message sent", () => ({
            message_sid: event.message.sid,
            status: event.message.status,
            attempts: event.attempts,
            from: phone(LogLevel.Info, senderOf(event.message)),
            to: phone(LogLevel.Info, event.message.to),
          })),
        )
      case "Failed":
        return Effect.zipRight(
          Metric.increment(Metric.tagged(errors, "error_type", event.error._tag)),
          at(
            event.error._tag === "OptedOut" || event.error.family === "RateLimitError"
              ? LogLevel.Warning
              : LogLevel.Error,
            `Twilio ${event.call} failed`,
            () => factsOf(event.error),
          ),
        )
    }
  }
  return {
    tell: (event) => {
      if (onEvent === undefined) return made(event)
      return Effect.zipRight(
        Effect.sync(() => onEvent(event)),
        made(event),
      )
    },
    request: (method, path, params) => {
      const [resource = "", query] = path.split("?", 2)
      const all = () => [...new URLSearchParams(query), ...params]
      return Effect.zipRight(
        at(LogLevel.Debug, "Twilio request", () => ({
          method,
          path: redactAccounts(resource),
          parameters: all().length,
        })),
        at(LogLevel.Trace, "Twilio request's parameters", () => ({ parameters: all().map(told).join(" ") })),
      )
    },
    answer: (status, requestId) =>
      at(LogLevel.Debug, "Twilio answer", () => ({
        status,
        ...(requestId === undefined ? {} : { request_id: requestId }),
      })),
    phone: (number) => redactPhone(number, "full", redactionKey),
  }
}

/** Not its message, which may name numbers. */
const factsOf = (error: {
  readonly _tag: string
  readonly code?: number | undefined
  readonly status?: number | undefined
  readonly attempts?: number | undefined
}) => ({
  error_type: error._tag,
  ...(error.code === undefined ? {} : { error_code: error.code }),
  ...(error.status === undefined ? {} : { http_status: error.status }),
  ...(error.attempts === undefined ? {} : { attempts: error.attempts }),
})

const senderOf = ({ from, messagingServiceSid }: Message): string => from ?? messagingServiceSid ?? ""

const counted = (message: Message, tookMs: number): Effect.Effect<void> =>
  Effect.zipRight(Metric.increment(sentBy(message.status, senderOf(message))), Metric.update(latency, tookMs / 1_000))

/** Counters by their labels; senders are numbers of one's own, so there are few. */
const known = new Map<string, Metric.Metric.Counter<number>>()
const knownMax = 1_000

const sentBy = (status: string, sender: string): Metric.Metric.Counter<number> => {
  const key = `${status} ${sender}`
  const before = known.get(key)
  if (before !== undefined) return before
  const made = Metric.tagged(Metric.tagged(sent, "status", status), "from_number", sender)
  if (known.size >= knownMax) known.clear()
  known.set(key, made)
  return made
}
