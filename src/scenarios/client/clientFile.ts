import * as Schema from "effect/Schema"
import type { ClientOptions } from "../../client/options.ts"
import { type RetriedName, type RetryRow, retryTable } from "../../client/retry.ts"
import { isSender } from "../../core/addresses.ts"
import { parseDuration } from "../../core/Instant.ts"
import { expects, optional, Text } from "../file/words.ts"

/* The client library as a scenario sets it up: its own options, by the names that files have. What is not said is as the library has it. */

const minute = 60_000
const hour = 60 * minute

/** A duration within bounds, ms. */
const wait = (leastMs: number, mostMs: number, words: string) =>
  expects(
    Schema.String.pipe(
      Schema.filter((text) => {
        const ms = parseDuration(text)
        return ms !== undefined && ms >= leastMs && ms <= mostMs
      }),
    ),
    `a duration such as 500ms or 30s, ${words}`,
  )
const whole = (least: number, most: number) =>
  expects(Schema.Int.pipe(Schema.between(least, most)), `a whole number, ${least} to ${most}`)

const Bucket = Schema.Struct({
  per_second: optional(expects(Schema.Number.pipe(Schema.between(0.001, 100_000)), "a number, 0.001 to 100000")),
  burst: optional(whole(1, 100_000)),
})

const Limits = Schema.Struct({
  account: optional(Bucket.annotations({ description: "Over all numbers; nothing said: 10 a second, 30 at once" })),
  number: optional(Bucket.annotations({ description: "Of each number; nothing said: 1 a second, 3 at once" })),
  number_of: optional(
    expects(Schema.Literal("sender", "recipient") as Schema.Schema<"sender" | "recipient">, "sender or recipient"),
  ),
  on_limit: optional(expects(Schema.Literal("wait", "refuse") as Schema.Schema<"wait" | "refuse">, "wait or refuse")),
})

const Circuit = Schema.Struct({
  failures: optional(whole(1, 1_000_000).annotations({ description: "Failures in a row that open it; 5" })),
  successes: optional(whole(1, 1_000_000).annotations({ description: "Successes in a row that close it; 2" })),
  reset: optional(wait(0, 24 * hour, "at most 1d")),
})

const Row = Schema.Struct({
  attempts: optional(whole(1, 100)),
  base: optional(wait(0, hour, "at most 1h")),
  backoff: optional(
    expects(Schema.Literal("exponential", "fixed") as Schema.Schema<"exponential" | "fixed">, "exponential or fixed"),
  ),
})
const retried = Object.keys(retryTable) as ReadonlyArray<RetriedName>
const Retry = Schema.Struct(
  Object.fromEntries(retried.map((name) => [name, optional(Row)])) as {
    readonly [Name in RetriedName]: ReturnType<typeof optional<typeof Row.Type>>
  },
)

export const ClientFile = Schema.Struct({
  from: optional(
    expects(
      Schema.String.pipe(Schema.filter((text) => isSender(text))),
      "a phone number, a short code or a name, as a text",
    ),
  ),
  messaging_service_sid: optional(
    expects(Schema.String.pipe(Schema.pattern(/^MG[0-9a-fA-F]{32}$/)), "MG and 32 hex digits"),
  ),
  status_callback: optional(Text),
  timeout: optional(wait(1, 10 * minute, "at most 10m")),
  limits: optional(Limits),
  circuit_breaker: optional(Circuit),
  retry: optional(Retry.annotations({ description: "Rows of the retry table, by errors: docs/client.md" })),
  on_ambiguous: optional(expects(Schema.Literal("fail", "check") as Schema.Schema<"fail" | "check">, "fail or check")),
})
export type ClientFile = typeof ClientFile.Type

/** The client's options from what a file says, which was checked. */
export const clientOptions = (file: ClientFile): Partial<ClientOptions> => ({
  from: file.from,
  messagingServiceSid: file.messaging_service_sid,
  statusCallback: file.status_callback,
  timeoutMs: msOf(file.timeout),
  onAmbiguous: file.on_ambiguous,
  limits: {
    account: bucketOf(file.limits?.account),
    number: bucketOf(file.limits?.number),
    numberOf: file.limits?.number_of,
    onLimit: file.limits?.on_limit,
  },
  circuitBreaker: circuitOf(file.circuit_breaker ?? {}),
  retry: Object.fromEntries(
    retried.flatMap((name) => {
      const row = file.retry?.[name]
      return row === undefined ? [] : [[name, rowOf(retryTable[name], row)]]
    }),
  ),
})

const msOf = (duration: string | undefined): number | undefined =>
  duration === undefined ? undefined : parseDuration(duration)

const bucketOf = ({ burst, per_second }: typeof Bucket.Type = {}) => ({
  ...(burst === undefined ? {} : { burst }),
  ...(per_second === undefined ? {} : { perSecond: per_second }),
})

const circuitOf = ({ failures, reset, successes }: typeof Circuit.Type) => {
  const resetMs = msOf(reset)
  return {
    ...(failures === undefined ? {} : { failures }),
    ...(successes === undefined ? {} : { successes }),
    ...(resetMs === undefined ? {} : { resetMs }),
  }
}

const rowOf = (usual: RetryRow, { attempts, backoff, base }: typeof Row.Type): RetryRow => ({
  attempts: attempts ?? usual.attempts,
  backoff: backoff ?? usual.backoff,
  baseMs: msOf(base) ?? usual.baseMs,
})
