import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { isOptOutCode, messageOf } from "./answers.ts"
import type { Called, Caller, Parts } from "./calls.ts"
import { type ClientError, InvalidRequest, OptedOut } from "./errors.ts"
import { makeFindOut } from "./findOut.ts"
import { monotonicMs } from "./monotonic.ts"
import type { OptOuts } from "./optOuts.ts"
import { messagesPath } from "./pages.ts"
import { makeRateLimiter } from "./RateLimiter.ts"
import { redactAccounts } from "./redact.ts"
import { canOptOut, type Sending, sendersOf, sendingOf } from "./sendParams.ts"
import { Sends } from "./sends.ts"
import { annotated, spanned } from "./spans.ts"
import type { Messages, Templates } from "./TwilioClient.ts"
import type { Message, SendRequest } from "./types.ts"

/* Sending a message: what is checked before, what each attempt waits for, and what is learned from how it ends. */

export interface SendingParts extends Omit<Parts, "http" | "breaker"> {
  readonly caller: Caller
  readonly optOuts: OptOuts
  readonly templates: Templates
}

export const makeSend = ({ caller, optOuts, options, seen, templates }: SendingParts): Messages["send"] => {
  const sends = new Sends()
  const limiter = options.limits === undefined ? undefined : makeRateLimiter(options.limits)

  const prepared = (request: SendRequest): Effect.Effect<Sending, ClientError> =>
    Effect.gen(function* () {
      if (typeof request !== "object" || request === null)
        return yield* new InvalidRequest({ message: "a request to send has to be an object", code: 21619 })
      const { template } = request
      const body = template === undefined ? request.body : yield* templates.render(template.name, template.variables)
      return yield* sendingOf(request, body, options)
    }).pipe(spanned("twilio.validate_phone"))

  const allowed = (sending: Sending): Effect.Effect<void, ClientError> =>
    canOptOut(sending)
      ? Effect.flatMap(optOuts.find(sending.to, sendersOf(sending)), (found) =>
          found === undefined
            ? Effect.void
            : Effect.fail(new OptedOut({ message: "the recipient has opted out", code: 21610 })),
        ).pipe(spanned("twilio.check_opt_out"))
      : Effect.void

  const turn = ({ from, to }: Sending): Effect.Effect<void, ClientError> =>
    limiter === undefined
      ? Effect.void
      : limiter
          .take(options.limits?.numberOf === "recipient" ? to : from, ({ limit, ms }) =>
            seen.tell({ _tag: "LimitReached", limit, waitMs: ms }),
          )
          .pipe(spanned("twilio.rate_limit"))

  const posted = (sending: Sending): Effect.Effect<Called<Message>, ClientError> =>
    Effect.flatMap(Clock.currentTimeMillis, (began) =>
      caller.call({
        name: "send",
        method: "POST",
        path: `${messagesPath(options.accountSid)}.json`,
        params: sending.params,
        repeatable: false,
        before: turn(sending),
        read: messageOf,
        findOut:
          options.onAmbiguous === "check" ? makeFindOut({ caller, options, seen, sends }, sending, began) : undefined,
      }),
    ).pipe(spanned("twilio.http_request"))

  /** Twilio knows better. */
  const learn = (sending: Sending) => (error: ClientError) =>
    isOptOutCode(error.code) && canOptOut(sending)
      ? optOuts.optOut({ recipient: sending.to, sender: sendersOf(sending)[0] }, "refused")
      : Effect.void

  const sent = (request: SendRequest): Effect.Effect<Called<Message>, ClientError> =>
    Effect.gen(function* () {
      const sending = yield* prepared(request)
      yield* annotated(() => ({
        account_sid: redactAccounts(options.accountSid),
        to: seen.phone(sending.to),
        ...(sending.from === undefined ? {} : { from: seen.phone(sending.from) }),
      }))
      yield* allowed(sending)
      return yield* Effect.acquireUseRelease(
        Effect.sync(() => sends.begin(sending)),
        () => Effect.tapError(posted(sending), learn(sending)),
        () => Effect.sync(() => sends.end(sending)),
      )
    })

  return (request) =>
    Effect.gen(function* () {
      const began = yield* monotonicMs
      const { attempts, value } = yield* Effect.tapError(sent(request), (error) =>
        seen.tell({ _tag: "Failed", call: "send", error }),
      )
      sends.own(value.sid, yield* Clock.currentTimeMillis)
      yield* annotated(() => ({ message_sid: value.sid, status: value.status, segments: value.numSegments }))
      yield* seen.tell({ _tag: "Sent", message: value, attempts, tookMs: (yield* monotonicMs) - began })
      return value
    }).pipe(spanned("twilio.send_sms"))
}
