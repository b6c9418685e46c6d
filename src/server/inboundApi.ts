import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { limits } from "../core/limits.ts"
import { optional } from "../core/optional.ts"
import { BadOrder, Failed, Unavailable, whole } from "./controlErrors.ts"

/** What phones do, and what went wrong with webhooks: handlers are in inboundHandlers.ts. */

const Address = Schema.String.annotations({
  description: "E.164, a short code, or a number behind its channel",
  examples: ["+15551234567"],
})
const Instant = Schema.String.annotations({ description: "ISO 8601, UTC, on the run's clock" })

/** No active account has the number a message was sent to. Nothing but the attempt is in the log. */
export class NobodysNumber extends Schema.TaggedError<NobodysNumber>()(
  "NobodysNumber",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 404 }),
) {}

export const InboundOrder = Schema.Struct({
  from: Address,
  to: Address,
  body: optional(Schema.String),
  media: optional(Schema.Array(Schema.String)),
}).annotations({ identifier: "InboundOrder", parseOptions: { onExcessProperty: "error" } })

export const InboundReceipt = Schema.Struct({
  sid: Schema.String,
  account_sid: Schema.String,
  keyword: Schema.NullOr(Schema.Literal("STOP", "START", "HELP")),
  automatic_reply: Schema.NullOr(Schema.String).annotations({ description: "What the carrier answered by itself" }),
}).annotations({ identifier: "InboundReceipt" })

export class InboundGroup extends HttpApiGroup.make("inbound").add(
  HttpApiEndpoint.post("arrive", "/admin/inbound")
    .setPayload(InboundOrder)
    .addSuccess(InboundReceipt)
    .addError(BadOrder)
    .addError(NobodysNumber)
    .addError(Unavailable)
    .addError(Failed)
    .annotate(
      OpenApi.Description,
      "A phone sends a message to a number of the exchange, which asks the number's or service's webhook what to do.",
    ),
) {}

/** A page goes on behind `after`. */
const page = {
  after: optional(whole(0, Number.MAX_SAFE_INTEGER)),
  limit: optional(whole(1, limits.readEntriesMax)),
}
const paged = {
  last: Schema.Int.annotations({ description: "Pass as after for the next page" }),
  more: Schema.Boolean,
}

const Pair = Schema.Struct({
  recipient: Address,
  sender: Schema.String.annotations({ description: "A number, short code, or the SID of a messaging service" }),
}).annotations({ parseOptions: { onExcessProperty: "error" } })

export class OptOutsGroup extends HttpApiGroup.make("optOuts")
  .add(
    HttpApiEndpoint.get("list", "/")
      .setUrlParams(Schema.Struct({ ...page, recipient: optional(Schema.String), sender: optional(Schema.String) }))
      .addSuccess(
        Schema.Struct({
          opt_outs: Schema.Array(Schema.Struct({ recipient: Schema.String, sender: Schema.String, since: Instant })),
          ...paged,
        }),
      )
      .annotate(OpenApi.Description, "Who wants no messages from whom, oldest first."),
  )
  .add(
    HttpApiEndpoint.post("add", "/")
      .setPayload(Pair)
      .addSuccess(Schema.Struct({ recipient: Schema.String, sender: Schema.String, opted_out: Schema.Literal(true) }))
      .addError(BadOrder)
      .addError(Unavailable)
      .addError(Failed)
      .annotate(OpenApi.Description, "Opts a recipient out, as STOP does."),
  )
  .add(
    HttpApiEndpoint.del("remove", "/")
      .setUrlParams(Schema.Struct({ recipient: Schema.String, sender: Schema.String }))
      .addSuccess(Schema.Struct({ recipient: Schema.String, sender: Schema.String, opted_out: Schema.Literal(false) }))
      .addError(BadOrder)
      .addError(Unavailable)
      .addError(Failed)
      .annotate(OpenApi.Description, "Opts a recipient in again, as START does."),
  )
  .prefix("/admin/opt-outs") {}

export const ShownAlert = Schema.Struct({
  sid: Schema.String,
  account_sid: Schema.String,
  alert_text: Schema.String,
  date_created: Instant,
  detail: Schema.NullOr(Schema.String),
  error_code: Schema.Int,
  log_level: Schema.Literal("error", "warning"),
  more_info: Schema.String,
  request_method: Schema.NullOr(Schema.String),
  request_url: Schema.NullOr(Schema.String),
  resource_sid: Schema.String.annotations({ description: "The message it is about" }),
}).annotations({ identifier: "Alert" })

export class AlertsGroup extends HttpApiGroup.make("alerts").add(
  HttpApiEndpoint.get("list", "/admin/alerts")
    .setUrlParams(
      Schema.Struct({ ...page, error_code: optional(whole(0, 99_999)), resource_sid: optional(Schema.String) }),
    )
    .addSuccess(Schema.Struct({ alerts: Schema.Array(ShownAlert), ...paged }))
    .annotate(
      OpenApi.Description,
      `What went wrong with webhooks and TwiML, as Twilio's debugger tells it: oldest first, the newest ${limits.alertsMax} at least.`,
    ),
) {}
