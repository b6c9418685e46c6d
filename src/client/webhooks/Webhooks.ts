import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { sign } from "../../core/signature.ts"
import { Bounded } from "../bounded.ts"
import type { InvalidAuthToken, InvalidOption, PayloadParseError } from "../errors.ts"
import { OptOuts } from "../optOuts.ts"
import { annotated, spanned } from "../spans.ts"
import type { MessageStatus } from "../types.ts"
import { duplicateDefaults, makeDuplicates, type WebhookAnswer } from "./duplicates.ts"
import { documentOf, inboundOf, matches } from "./inbound.ts"
import { type TrustedWebhook, trusted, unreadable, type WebhookRefusal, type WebhookRequest } from "./incoming.ts"
import { makeSeen } from "./observed.ts"
import { rulesOf, type WebhookOptions } from "./options.ts"
import { makeTurns, moves, statusOf } from "./statusUpdates.ts"

/** Takes a request and answers it, whatever it is. */
export type WebhookEndpoint<R = never> = (request: WebhookRequest) => Effect.Effect<WebhookAnswer, never, R>

export interface Webhooks<R = never> {
  /** For the URL of incoming messages, and the fallback URL. */
  readonly inbound: WebhookEndpoint<R>
  /** For the URL of status callbacks. */
  readonly status: WebhookEndpoint<R>
  /** What a request says when it is Twilio's, for webhooks of any kind. Knows nothing of duplicates. */
  readonly check: (request: WebhookRequest) => Effect.Effect<TrustedWebhook, WebhookRefusal>
}

/** The application's part failed, or took too long. The log says why. */
class HandlerFailed extends Data.TaggedError("HandlerFailed")<{ readonly message: string }> {}

const xml = { "content-type": "text/xml; charset=utf-8" }
const noReply: WebhookAnswer = { status: 200, headers: xml, body: documentOf(undefined) }
const heard: WebhookAnswer = { status: 200, headers: {}, body: "" }
const plain = (status: number, body: string): WebhookAnswer => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
})

/**
 * Endpoints for Twilio's webhooks. Lists of handlers are looked at anew for each request.
 *
 * Fails `InvalidAuthToken` or `InvalidOption` when an option cannot be
 */
export const makeWebhooks = <R = never>(
  options: WebhookOptions<R>,
): Effect.Effect<Webhooks<R>, InvalidAuthToken | InvalidOption, OptOuts> =>
  Effect.gen(function* () {
    const { limits, trust } = yield* rulesOf(options)
    const { redactBodies = true, redactionKey: key } = options
    const seen = makeSeen({ redactBodies, key })
    const duplicates = options.duplicates ?? makeDuplicates({ instead: noReply })
    const inbound = inboundHandling(options, seen, yield* OptOuts)
    const status = statusHandling(options, seen, limits.statusesMax)
    let underWay = 0

    const endpoint =
      (
        span: string,
        handle: (webhook: TrustedWebhook) => Effect.Effect<WebhookAnswer, WebhookRefusal | HandlerFailed, R>,
      ): WebhookEndpoint<R> =>
      (request) => {
        let hasArrived = false
        const handled = Effect.gen(function* () {
          const webhook = yield* trusted(trust, request)
          hasArrived = true
          yield* seen.request(webhook.url, webhook.params)
          const { answer, isDuplicate } = yield* duplicates.once(keysOf(span, webhook), handle(webhook))
          if (isDuplicate)
            yield* Effect.zipRight(
              annotated(() => ({ duplicate: true })),
              seen.duplicated,
            )
          return answer
        }).pipe(
          Effect.timeoutFail({ duration: limits.timeoutMs, onTimeout: () => tooSlow(hasArrived, limits.timeoutMs) }),
          Effect.tapError((error) => (error._tag === "HandlerFailed" ? seen.failed(error) : seen.refused(error))),
          spanned(span, { kind: "server" }),
          Effect.catchAll((error) =>
            Effect.succeed(error._tag === "HandlerFailed" ? plain(500, "") : plain(error.status ?? 400, error.message)),
          ),
          Effect.tap((answer) => seen.answered(answer.status)),
          // Of what the application has given besides handlers: its duplicates, its opt-outs.
          Effect.catchAllDefect((defect) => Effect.as(seen.threw(Cause.die(defect)), plain(500, ""))),
        )
        return Effect.acquireUseRelease(
          Effect.sync(() => ++underWay),
          (n) => (n > limits.requestsMax ? Effect.succeed(plain(503, "")) : handled),
          () => Effect.sync(() => void underWay--),
        )
      }

    return {
      inbound: endpoint("twilio.receive_sms", inbound),
      status: endpoint("twilio.status_callback", status),
      check: (request) => Effect.tapError(trusted(trust, request), seen.refused),
    }
  })

const tooSlow = (hasArrived: boolean, ms: number): HandlerFailed | PayloadParseError =>
  hasArrived
    ? new HandlerFailed({ message: `a handler took longer than ${ms} ms` })
    : unreadable(408, `its body did not arrive within ${ms} ms`)

/**
 * What a request is known by when it comes again: what was signed, and the token, which is the same for attempts that differ.
 *
 * The fallback URL is asked for what the primary URL was asked for, and names it; a redirect is another request.
 */
const keysOf = (kind: string, { content, params, token, url }: TrustedWebhook): ReadonlyArray<string> => [
  `${kind} ${content}`,
  ...(token === undefined ? [] : [`${kind} ${sign("", params.get("ErrorUrl") ?? url, [["token", token]])}`]),
]

type Handling<R> = (webhook: TrustedWebhook) => Effect.Effect<WebhookAnswer, WebhookRefusal | HandlerFailed, R>
type Seen = ReturnType<typeof makeSeen>

const inboundHandling =
  <R>({ messages = [], yesOptsIn = true }: WebhookOptions<R>, seen: Seen, optOuts: OptOuts): Handling<R> =>
  ({ params }) =>
    Effect.gen(function* () {
      const message = yield* inboundOf(params, { yes: yesOptsIn })
      const { from, keyword, messagingServiceSid, sid, to } = message
      yield* annotated(() => ({ message_sid: sid, ...seen.attributes(from, to) }))
      for (const sender of [to, ...(messagingServiceSid === null ? [] : [messagingServiceSid])])
        if (keyword === "STOP") yield* optOuts.optOut({ recipient: from, sender }, "keyword")
        else if (keyword === "START") yield* optOuts.optIn({ recipient: from, sender })
      if (keyword === "STOP") yield* seen.optedOut(message)
      const body = yield* guarded(
        Effect.suspend(() => {
          const handler = messages.find(({ on }) => on === undefined || matches(on, message))
          return handler === undefined ? Effect.succeed(noReply.body) : Effect.map(handler.answer(message), documentOf)
        }),
        seen,
      )
      yield* seen.received(message)
      return { ...noReply, body }
    })

const statusHandling = <R>({ statuses = [] }: WebhookOptions<R>, seen: Seen, max: number): Handling<R> => {
  const newest = new Bounded<string, MessageStatus>({ max, keepMs: duplicateDefaults.keepMs })
  const inTurn = makeTurns()
  return ({ params }) =>
    Effect.gen(function* () {
      const update = yield* statusOf(params)
      const { messageSid, status } = update
      yield* annotated(() => ({ message_sid: messageSid, status }))
      yield* inTurn(
        messageSid,
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          if (!moves(newest.get(messageSid, now), status)) return yield* seen.late(update)
          const listeners = statuses.filter(({ on }) => on === undefined || [on].flat().includes(status))
          yield* guarded(
            Effect.forEach(listeners, ({ hears }) => Effect.suspend(() => hears(update)), { discard: true }),
            seen,
          )
          newest.set(messageSid, status, now)
          yield* seen.moved(update)
        }),
      )
      return heard
    })
}

/** The application's part: whatever goes wrong in it is told to the log, and nothing of it to anyone else. */
const guarded = <A, R>(part: Effect.Effect<A, unknown, R>, seen: Seen): Effect.Effect<A, HandlerFailed, R> =>
  Effect.catchAllCause(part, (cause) =>
    Cause.isInterruptedOnly(cause)
      ? Effect.interrupt
      : Effect.zipRight(seen.threw(cause), new HandlerFailed({ message: "a handler failed" })),
  )
