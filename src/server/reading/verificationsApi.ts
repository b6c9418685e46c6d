import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { optional } from "../../core/optional.ts"
import { BadOrder } from "../controlErrors.ts"
import { TooManyWait } from "./messagesApi.ts"

/* Reading verifications and their codes, for tests: a contract; handlers are in verificationsHandlers.ts. */

const Instant = Schema.String.annotations({ description: "Virtual time, ISO 8601, UTC" })
const Status = Schema.Literal("pending", "approved", "canceled", "max_attempts_reached", "expired")

const SeenVerificationJson = Schema.Struct({
  sid: Schema.String,
  service_sid: Schema.String,
  account_sid: Schema.String,
  to: Schema.String,
  code: Schema.String,
  status: Status,
  date_created: Instant,
  date_expires: Instant,
  wrong_checks: Schema.Int,
  sends: Schema.Array(
    Schema.Struct({
      channel: Schema.String,
      message_sid: Schema.NullOr(Schema.String).annotations({ description: "The message that carries the code" }),
    }),
  ),
}).annotations({ identifier: "SeenVerification" })

export class VerificationsGroup extends HttpApiGroup.make("verifications").add(
  HttpApiEndpoint.get("list", "/admin/verifications")
    .setUrlParams(
      Schema.Struct({
        to: optional(Schema.String.annotations({ description: "A number in any form, or an e-mail address" })),
        status: optional(Status),
        service_sid: optional(Schema.String),
        limit: optional(Schema.NumberFromString.pipe(Schema.int(), Schema.between(1, 1_000))),
        wait: optional(Schema.String.annotations({ description: "Until one matches: a duration such as 5s" })),
      }).annotations({ parseOptions: { onExcessProperty: "error" } }),
    )
    .addSuccess(Schema.Struct({ verifications: Schema.Array(SeenVerificationJson) }))
    .addError(BadOrder)
    .addError(TooManyWait)
    .annotate(OpenApi.Description, "Verifications with their codes, newest first, 50 or as many as `limit` says."),
) {}
