import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { limits } from "../core/limits.ts"
import { optional } from "../core/optional.ts"
import { BadOrder, Failed, Unavailable, whole } from "./controlErrors.ts"
import { NobodysNumber } from "./inboundApi.ts"

/** The other ends of calls: handlers are in callsHandlers.ts. */

const exact = { parseOptions: { onExcessProperty: "error" } } as const
const PhoneNumber = Schema.String.annotations({ description: "E.164", examples: ["+15551234567"] })
const Instant = Schema.String.annotations({ description: "ISO 8601, UTC, on the run's clock" })

/** There is no call of this SID, or it was cleared. */
export class NoSuchCall extends Schema.TaggedError<NoSuchCall>()(
  "NoSuchCall",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 404 }),
) {}

/** What was ordered cannot be done where the call stands. */
export class WrongMoment extends Schema.TaggedError<WrongMoment>()(
  "WrongMoment",
  { message: Schema.String, status: Schema.String },
  HttpApiSchema.annotations({ status: 409 }),
) {}

export const CallOrder = Schema.Struct({
  from: PhoneNumber,
  to: PhoneNumber,
  // biome-ignore lint/suspicious/noThenProperty: the word of the order; nothing awaits it
  then: optional(Schema.Array(Schema.String)).annotations({
    description: "What whoever calls does: press 1#, say yes, wait 2s, hang up",
  }),
}).annotations({ identifier: "CallOrder", ...exact })

export const CallReceipt = Schema.Struct({ sid: Schema.String, account_sid: Schema.String }).annotations({
  identifier: "CallReceipt",
})

export const CallState = Schema.Struct({ sid: Schema.String, status: Schema.String }).annotations({
  identifier: "CallState",
})

const TranscriptLine = Schema.Struct({
  entry: Schema.Int.annotations({ description: "Its entry in the log" }),
  at: Instant,
  what: Schema.String.annotations({
    description: "said, played, pressed, spoke, gathered, recorded, asked, fetched, alert, a status …",
  }),
  text: Schema.NullOr(Schema.String),
  digits: Schema.NullOr(Schema.String),
  url: Schema.NullOr(Schema.String),
  ms: Schema.NullOr(Schema.Int),
  sid: Schema.NullOr(Schema.String),
  code: Schema.NullOr(Schema.Int),
}).annotations({ identifier: "TranscriptLine" })

const path = Schema.Struct({ sid: Schema.String })
const nothing = Schema.Struct({}).annotations(exact)

const act = <Name extends string, A, I>(name: Name, payload: Schema.Schema<A, I>, description: string) =>
  HttpApiEndpoint.post(name, `/admin/calls/:sid/${name}`)
    .setPath(path)
    .setPayload(payload)
    .addSuccess(CallState)
    .addError(BadOrder)
    .addError(NoSuchCall)
    .addError(WrongMoment)
    .addError(Unavailable)
    .addError(Failed)
    .annotate(OpenApi.Description, description)

export class CallsGroup extends HttpApiGroup.make("calls")
  .add(
    HttpApiEndpoint.post("call", "/admin/calls")
      .setPayload(CallOrder)
      .addSuccess(CallReceipt)
      .addError(BadOrder)
      .addError(NobodysNumber)
      .addError(Unavailable)
      .addError(Failed)
      .annotate(
        OpenApi.Description,
        "A phone calls a number of the exchange, which asks the number's VoiceUrl what to do.",
      ),
  )
  .add(
    act(
      "press",
      Schema.Struct({ digits: Schema.String }).annotations(exact),
      "The other end of a call in progress presses keys: 0 to 9, *, #, A to D.",
    ),
  )
  .add(
    act(
      "speak",
      Schema.Struct({
        text: Schema.String,
        confidence: optional(Schema.Number.pipe(Schema.between(0, 1))),
      }).annotations(exact),
      "The other end of a call in progress says something; confidence is that of its recognition, 0 to 1.",
    ),
  )
  .add(act("answer", nothing, "Whoever is called picks up now: of a call that rings."))
  .add(act("hangup", nothing, "The other end of a call hangs up."))
  .add(
    HttpApiEndpoint.get("transcript", "/admin/calls/:sid/transcript")
      .setPath(path)
      .setUrlParams(
        Schema.Struct({
          after: optional(whole(0, Number.MAX_SAFE_INTEGER)),
          limit: optional(whole(1, limits.readEntriesMax)),
        }),
      )
      .addSuccess(
        Schema.Struct({
          lines: Schema.Array(TranscriptLine),
          last: Schema.Int.annotations({ description: "Pass as after for the next page" }),
          more: Schema.Boolean,
        }),
      )
      .addError(NoSuchCall)
      .addError(Unavailable)
      .annotate(OpenApi.Description, "What was said, pressed, recorded and fetched in a call, oldest first."),
  ) {}
