import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { MessageDirection, MessageStatus } from "../../carriers/delivery/entries.ts"
import { limits } from "../../core/limits.ts"
import { optional } from "../../core/optional.ts"
import { BadOrder } from "../controlErrors.ts"

/* Reading messages back, for tests: a contract; handlers are in messagesHandlers.ts. */

const Instant = Schema.String.annotations({ description: "Virtual time, ISO 8601, UTC" })
const Text = Schema.String.pipe(Schema.maxLength(1_600))
const Duration = Schema.String.annotations({
  description: `A duration of the host's time such as 500ms or 5s, at most ${limits.waitedMsMax / 1000}s`,
})

const matchFields = {
  to: optional(Text.annotations({ description: "A number in any form the carrier takes" })),
  from: optional(Text),
  body: optional(
    Text.annotations({ description: "A text that stands in the body; * stands for any number of characters" }),
  ),
  status: optional(MessageStatus),
  direction: optional(MessageDirection),
}

const filters = {
  ...matchFields,
  since: optional(Schema.String.annotations({ description: "Created at this virtual instant or later, ISO 8601" })),
  wait: optional(Duration),
}

export const SeenMessageJson = Schema.Struct({
  sid: Schema.String,
  account_sid: Schema.String,
  messaging_service_sid: Schema.NullOr(Schema.String),
  direction: MessageDirection,
  from: Schema.NullOr(Schema.String),
  to: Schema.String,
  body: Schema.String,
  codes: Schema.Array(Schema.String).annotations({ description: "One-time codes in the body, likeliest first" }),
  links: Schema.Array(Schema.String).annotations({ description: "Addresses in the body" }),
  status: MessageStatus,
  error_code: Schema.NullOr(Schema.Int),
  num_media: Schema.Int,
  num_segments: Schema.Int,
  date_created: Instant,
  date_updated: Instant,
  date_sent: Schema.NullOr(Instant),
}).annotations({ identifier: "SeenMessage" })

export const MessagesPage = Schema.Struct({
  messages: Schema.Array(SeenMessageJson),
  next: Schema.NullOr(Schema.String).annotations({
    description: "Pass as `before` for what is older; null at the end",
  }),
}).annotations({ identifier: "MessagesPage" })

const Count = Schema.Int.pipe(Schema.between(0, limits.messagesSearchedMax))

const ExpectationJson = Schema.Struct({
  match: Schema.Struct(matchFields).annotations({ parseOptions: { onExcessProperty: "error" } }),
  exactly: optional(Count),
  at_least: optional(Count),
  at_most: optional(Count),
  never: optional(Schema.Literal(true)),
}).annotations({ identifier: "Expectation", parseOptions: { onExcessProperty: "error" } })

export const ExpectOrder = Schema.Struct({
  messages: Schema.Array(ExpectationJson).pipe(Schema.minItems(1), Schema.maxItems(limits.expectationsMax)),
  in_order: optional(
    Schema.Boolean.annotations({ description: "Whether each one's messages come after those of the one before" }),
  ),
  since: filters.since,
  within: optional(Duration),
}).annotations({ identifier: "ExpectOrder", parseOptions: { onExcessProperty: "error" } })

const FateJson = Schema.Struct({
  met: Schema.Boolean,
  count: Schema.Int,
  sids: Schema.Array(Schema.String),
  why: optional(Schema.String),
  closest: optional(
    Schema.Struct({
      sid: Schema.String,
      fields: Schema.Array(
        Schema.Struct({ field: Schema.String, expected: Schema.String, found: Schema.String, fits: Schema.Boolean }),
      ),
    }).annotations({ description: "The message that comes nearest, field by field" }),
  ),
})

/** What was expected did not come, or what was not expected did. */
export class ExpectationFailed extends Schema.TaggedError<ExpectationFailed>()(
  "ExpectationFailed",
  { message: Schema.String, met: Schema.Literal(false), messages: Schema.Array(FateJson) },
  HttpApiSchema.annotations({ status: 417 }),
) {}

export class NoMessage extends Schema.TaggedError<NoMessage>()(
  "NoMessage",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 404 }),
) {}

export class TooManyWait extends Schema.TaggedError<TooManyWait>()(
  "TooManyWait",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 429 }),
) {}

export class MessagesGroup extends HttpApiGroup.make("messages")
  .add(
    HttpApiEndpoint.get("list", "/admin/messages")
      .setUrlParams(
        Schema.Struct({
          ...filters,
          before: optional(Schema.String),
          limit: optional(Schema.NumberFromString.pipe(Schema.int(), Schema.between(1, 1_000))),
        }).annotations({ parseOptions: { onExcessProperty: "error" } }),
      )
      .addSuccess(MessagesPage)
      .addError(BadOrder)
      .addError(TooManyWait)
      .annotate(
        OpenApi.Description,
        "Messages of every account, newest first, 50 at a time or as `limit` says. With `wait` the answer comes as soon as one " +
          "matches; an empty list when the time is over.",
      ),
  )
  .add(
    HttpApiEndpoint.get("latest", "/admin/messages/latest")
      .setUrlParams(Schema.Struct(filters).annotations({ parseOptions: { onExcessProperty: "error" } }))
      .addSuccess(SeenMessageJson)
      .addError(BadOrder)
      .addError(NoMessage)
      .addError(TooManyWait)
      .annotate(OpenApi.Description, "The newest message that matches, 404 when there is none (when `wait` is over)."),
  )
  .add(
    HttpApiEndpoint.post("expect", "/admin/expect")
      .setPayload(ExpectOrder)
      .addSuccess(Schema.Struct({ met: Schema.Literal(true), messages: Schema.Array(FateJson) }))
      .addError(BadOrder)
      .addError(ExpectationFailed)
      .addError(TooManyWait)
      .annotate(
        OpenApi.Description,
        "Whether messages are as a test expects them: how many match (exactly, at_least, at_most, never; at least one when nothing " +
          "is said) and in which order. `within` gives them that much of the host's time; what must not come is watched that long. " +
          "417 says what is wrong and which message comes nearest, field by field.",
      ),
  ) {}
