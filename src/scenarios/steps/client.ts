import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { SendRequest } from "../../client/types.ts"
import type { Json, JsonObject } from "../../core/canonical.ts"
import { iso, parseInstant } from "../../core/Instant.ts"
import type { SendEnded } from "../client/ScenarioClient.ts"
import { looking } from "../expectations/looking.ts"
import { fits, isStatusPattern, told } from "../expectations/patterns.ts"
import { Media, optional, Text, Value } from "../file/words.ts"
import { StepFailed } from "../Play.ts"
import { brokenAt } from "../Scenario.ts"
import { as, type StepKind, stepSchema } from "./StepKind.ts"

/* `client`: a message by the client library, with its checks, limits, repeats and circuit breaker, on the run's clock. */

const Message = Schema.Struct({
  to: Text,
  from: optional(Text),
  body: optional(Text),
  media: optional(Media),
  messaging_service_sid: optional(Text),
  status_callback: optional(Text),
  send_at: optional(Text.annotations({ description: "When to send it, ISO 8601; it is then scheduled" })),
})

const outcome = optional(
  Value.annotations({
    description:
      "How it has to end: sent or the name of an error, or a pattern for the result's fields; nothing said: sent",
  }),
)

interface Written {
  readonly client: typeof Message.Type
  readonly outcome?: Json
}

const summary = "Sends a message by the client library; time goes on while it waits and repeats"

export const client: StepKind = {
  key: "client",
  summary,
  schema: () => stepSchema(summary, { client: Message, outcome, as }),
  perform: (placed, play) =>
    Effect.gen(function* () {
      const { place } = placed
      const { client: message, outcome: expected = "sent" } = yield* play.said<Written>(placed)
      const sendAt = message.send_at === undefined ? undefined : parseInstant(message.send_at)
      if (message.send_at !== undefined && sendAt === undefined)
        return yield* brokenAt(
          place,
          `client.send_at: expected an instant such as 2026-01-01T09:00:00Z, found ${JSON.stringify(message.send_at)}`,
        )
      const library = yield* play.client(place)
      const ended = yield* play.order(place, library.send(requestOf(message, sendAt)))
      const result = resultOf(ended)
      if (!(yield* looking(place, () => isExpected(expected, result))))
        return yield* new StepFailed({
          check: {
            place,
            expected: play.stage.hide(`the client's send to ${message.to} ends with ${told(expected)}`),
            met: false,
            why: play.stage.hide(endedShown(ended, result)),
          },
        })
      return result
    }),
}

const requestOf = (message: typeof Message.Type, sendAt: number | undefined): SendRequest => ({
  to: message.to,
  from: message.from,
  body: message.body,
  mediaUrl: typeof message.media === "string" ? [message.media] : message.media,
  messagingServiceSid: message.messaging_service_sid,
  statusCallback: message.status_callback,
  sendAt: sendAt === undefined ? undefined : new Date(sendAt),
})

/** What `as` names: how it ended, what it took, and what the circuit breaker does with the next request. */
const resultOf = ({ attempts, circuit, result, tookMs }: SendEnded): JsonObject => {
  const facts = { attempts, circuit, took_ms: tookMs }
  if (Either.isRight(result)) {
    const { dateCreated, sid, status } = result.right
    return { outcome: "sent", sid, status, created: dateCreated === null ? null : iso(dateCreated.getTime()), ...facts }
  }
  const { _tag, code, retryAfterMs, status } = result.left
  return {
    outcome: _tag,
    ...(code === undefined ? {} : { code }),
    ...(status === undefined ? {} : { http_status: status }),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
    ...facts,
  }
}

const isExpected = (expected: Json, result: JsonObject): boolean =>
  fits(expected, isStatusPattern(expected) ? (result.outcome as Json) : result)

const endedShown = ({ result }: SendEnded, fields: JsonObject): string =>
  `it ended with ${told(fields)}${Either.isLeft(result) ? `: ${result.left.message}` : ""}`.slice(0, 600)
