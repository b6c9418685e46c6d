import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { Failed, Unavailable, whole } from "./controlErrors.ts"

/** Callbacks and their attempts: the contract; handlers are in callbacksHandlers.ts. */

export const callbacksPageMax = 100

const Attempt = Schema.Struct({
  seq: Schema.Int,
  attempt: Schema.Int,
  at: Schema.String.annotations({ description: "ISO 8601, UTC, virtual" }),
  /** Null while it has none. */
  status: Schema.NullOr(Schema.Int),
  /** Why there was no answer. */
  failed: Schema.NullOr(Schema.String),
})

export const Callback = Schema.Struct({
  id: Schema.Int.annotations({ description: "The seq of its first attempt" }),
  subject: Schema.String.annotations({ description: "The SID it is about" }),
  event: Schema.NullOr(Schema.String).annotations({ description: "The status it reports" }),
  method: Schema.String,
  url: Schema.String,
  token: Schema.String.annotations({ description: "I-Twilio-Idempotency-Token, the same for every attempt and copy" }),
  copy: Schema.Int.annotations({ description: "0; a duplicate or one that was sent again has a higher one" }),
  attempts: Schema.Array(Attempt),
}).annotations({ identifier: "Callback" })

export const CallbacksPage = Schema.Struct({
  callbacks: Schema.Array(Callback),
  /** Pass as `after` for the next page. */
  last: Schema.Int,
  /** Whether the log goes on behind this page. */
  more: Schema.Boolean,
}).annotations({ identifier: "CallbacksPage" })

export class NoSuchCallback extends Schema.TaggedError<NoSuchCallback>()(
  "NoSuchCallback",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 404 }),
) {}

export class CallbacksGroup extends HttpApiGroup.make("callbacks")
  .add(
    HttpApiEndpoint.get("list", "/")
      .setUrlParams(
        Schema.Struct({
          subject: Schema.optionalWith(Schema.String, { exact: true }),
          after: Schema.optionalWith(whole(0, Number.MAX_SAFE_INTEGER), { exact: true }),
          limit: Schema.optionalWith(whole(1, callbacksPageMax), { exact: true }),
        }),
      )
      .addSuccess(CallbacksPage)
      .addError(Unavailable)
      .annotate(
        OpenApi.Description,
        "Callbacks with their attempts, oldest first: those about one SID, or all of them. A page may hold fewer than the " +
          "limit, or none, while there are more.",
      ),
  )
  .add(
    HttpApiEndpoint.post("resend", "/:id/resend")
      .setPath(Schema.Struct({ id: whole(1, Number.MAX_SAFE_INTEGER) }))
      .addSuccess(Callback)
      .addError(NoSuchCallback)
      .addError(Unavailable)
      .addError(Failed)
      .annotate(
        OpenApi.Description,
        "Sends a callback again, with the same parameters and token, to where its URL leads now: an order of its own in the log.",
      ),
  )
  .prefix("/admin/callbacks") {}
