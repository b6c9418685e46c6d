import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import { limits } from "../../core/limits.ts"
import type { RecordedExchange } from "../../core/traffic/RecordedExchange.ts"
import { guardsOf } from "../../network/guard.ts"
import { makeNodeClient } from "../../network/nodeClient.ts"
import { type SendingWebhooks, webhookRequest } from "../webhookRequest.ts"
import type { Following } from "./following.ts"
import type { Rewriting } from "./rewrite.ts"

/** How fast recorded gaps pass: so many times as fast, or not at all, one webhook after the other. */
export type PlaybackPace = number | "fast"

/** How a webhook that was sent ended. */
export interface Sent {
  readonly webhook: RecordedExchange
  readonly outcome: { readonly status: number } | { readonly failed: string }
}

export interface WebhookSender {
  /** Sends what follows a request, from now on. */
  readonly follow: (followings: ReadonlyArray<Following>, rewriting: Rewriting) => void
  readonly waiting: () => number
}

export interface WebhookSenderOptions extends Pick<SendingWebhooks, "to" | "token" | "throughRecorder"> {
  readonly pace: PlaybackPace
  readonly sent: (sent: Sent) => void
}

/** Makes what sends recorded webhooks to an application, signed with its own token. */
export const makeWebhookSender = ({
  pace,
  sent,
  throughRecorder,
  to,
  token,
}: WebhookSenderOptions): Effect.Effect<WebhookSender, never, Scope.Scope> =>
  Effect.gen(function* () {
    const client = yield* makeNodeClient(
      limits.answerBytesMax,
      guardsOf(() => undefined),
    )
    const run = yield* FiberSet.makeRuntime<never, void, never>()
    let waiting = 0
    const send = (webhook: RecordedExchange, rewriting: Rewriting) =>
      Effect.async<void>((resume) =>
        Effect.sync(
          client.send(webhookRequest(webhook, { to, token, throughRecorder }, rewriting), (landing) => {
            waiting--
            const outcome =
              landing._tag === "Failed"
                ? { failed: landing.cause instanceof Error ? landing.cause.message : String(landing.cause) }
                : { status: landing.status }
            sent({ outcome, webhook })
            resume(Effect.void)
          }),
        ),
      )
    if (pace === "fast") {
      const queue = yield* Queue.unbounded<Effect.Effect<void>>()
      run(Effect.forever(Effect.flatten(Queue.take(queue))))
      return {
        follow: (followings, rewriting) => {
          waiting += followings.length
          for (const { webhook } of followings) Queue.unsafeOffer(queue, send(webhook, rewriting))
        },
        waiting: () => waiting,
      }
    }
    return {
      follow: (followings, rewriting) => {
        waiting += followings.length
        for (const { after, webhook } of followings)
          run(Effect.zipRight(wait(Math.round(after / pace)), send(webhook, rewriting)))
      },
      waiting: () => waiting,
    }
  })

/** Waits that host time. Node and Effect both mishandle a single wait that is too long. */
const wait = (ms: number): Effect.Effect<void> =>
  ms <= limits.waitMsMax
    ? Effect.sleep(ms)
    : Effect.zipRight(
        Effect.sleep(limits.waitMsMax),
        Effect.suspend(() => wait(ms - limits.waitMsMax)),
      )
