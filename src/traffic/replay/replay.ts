import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { limits } from "../../core/limits.ts"
import { type RecordedExchange, textOf } from "../../core/traffic/RecordedExchange.ts"
import { guardsOf } from "../../network/guard.ts"
import { type Landing, makeNodeClient, type WireClient, type WireRequest } from "../../network/nodeClient.ts"
import type { FieldDifference } from "../compare/fields.ts"
import { unchanged } from "../playback/rewrite.ts"
import { asHappened } from "../story.ts"
import { type SendingWebhooks, webhookRequest } from "../webhookRequest.ts"
import { type AnswerNow, differencesNow } from "./replayed.ts"

/** Host ms an application has to answer. Source: "Webhooks: connection overrides", the most that can be asked for. */
const answerMsMax = 15_000

export interface ReplayOptions extends SendingWebhooks {
  readonly exchanges: ReadonlyArray<RecordedExchange>
  /** How many times as fast as recorded; 0: one after the other, without waiting. */
  readonly speed: number
  /** Told of each webhook that was answered. */
  readonly told: (replayed: Replayed) => void
}

/** One webhook that was sent again. */
export interface Replayed {
  readonly exchange: RecordedExchange
  /** `same`, what differs, or why nothing can be said. */
  readonly outcome:
    | { readonly _tag: "Same" }
    | { readonly _tag: "Differs"; readonly differences: ReadonlyArray<FieldDifference> }
    | { readonly _tag: "NotCompared"; readonly reason: string }
}

/**
 * Sends the webhooks of a recording to an application, in their order and one at a time, and compares its answers with the recorded
 * ones. One that is late by its pace because the one before took long is sent as soon as that is answered.
 */
export const replay = (options: ReplayOptions): Effect.Effect<ReadonlyArray<Replayed>> =>
  Effect.scoped(
    Effect.gen(function* () {
      const webhooks = asHappened(options.exchanges).filter(({ direction }) => direction === "webhook")
      const client = yield* clientTo(options.to)
      const began = yield* Clock.currentTimeMillis
      const first = webhooks[0]?.at ?? 0
      const all: Array<Replayed> = []
      for (const exchange of webhooks) {
        if (options.speed > 0) yield* waitUntil(began + (exchange.at - first) / options.speed)
        const outcome = yield* one(exchange, options, client)
        all.push({ exchange, outcome })
        options.told({ exchange, outcome })
      }
      return all
    }),
  )

/** Connects to the application that was named, wherever it is, and to nothing else. */
const clientTo = ({ hostname }: URL): Effect.Effect<WireClient, never, Scope.Scope> => {
  const allowed = [hostname.replace(/^\[(.*)\]$/, "$1")]
  return makeNodeClient(
    limits.answerBytesMax,
    guardsOf(() => allowed),
  )
}

const waitUntil = (at: number): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (let left = at - (yield* Clock.currentTimeMillis); left > 0; left = at - (yield* Clock.currentTimeMillis))
      yield* Effect.sleep(Math.min(left, limits.waitMsMax))
  })

const one = (
  exchange: RecordedExchange,
  options: ReplayOptions,
  client: WireClient,
): Effect.Effect<Replayed["outcome"]> =>
  Effect.gen(function* () {
    if (textOf(exchange.request.body) === undefined)
      return { _tag: "NotCompared", reason: "the body of the webhook was not kept" }
    const differences = differencesNow(exchange, yield* answerTo(webhookRequest(exchange, options, unchanged), client))
    if (differences === undefined)
      return { _tag: "NotCompared", reason: "failed" in exchange.answer ? exchange.answer.failed : "" }
    return differences.length === 0 ? { _tag: "Same" } : { _tag: "Differs", differences }
  })

const answerTo = (sent: WireRequest, client: WireClient): Effect.Effect<AnswerNow> =>
  Effect.async<AnswerNow>((resume) => {
    const cancel = client.send(sent, (landing) => resume(Effect.succeed(answerOf(landing))))
    return Effect.sync(cancel)
  }).pipe(
    Effect.timeoutTo({
      duration: answerMsMax,
      onSuccess: (answer) => answer,
      onTimeout: (): AnswerNow => ({ failed: `no answer within ${answerMsMax} ms` }),
    }),
  )

const answerOf = (landing: Landing): AnswerNow => {
  switch (landing._tag) {
    case "Answered":
      return { status: landing.status, contentType: landing.contentType, body: landing.body.toString("utf8") }
    case "TooLong":
      return { failed: `an answer of more than ${limits.answerBytesMax} bytes, status ${landing.status}` }
    case "Failed":
      return { failed: causeOf(landing.cause) }
  }
}

const causeOf = (cause: unknown): string => {
  const { code, message = "no connection" } = cause as { readonly code?: string; readonly message?: string }
  return code ?? message
}
