import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { BadOrder, Unavailable } from "./controlErrors.ts"

/** Numbers of the accounts: the contract; handlers are in numbersHandlers.ts. */

const Text = Schema.optionalWith(Schema.String, { exact: true })
const Method = Schema.optionalWith(Schema.Literal("GET", "POST"), { exact: true })

/** What is absent stays as it is; an empty text takes a URL away. */
export const NumberOrder = Schema.Struct({
  friendly_name: Text,
  sms_fallback_url: Text,
  sms_method: Method,
  sms_url: Text,
  status_callback: Text,
  voice_fallback_url: Text,
  voice_method: Method,
  voice_url: Text,
}).annotations({ identifier: "NumberOrder", parseOptions: { onExcessProperty: "error" } })

export class NoSuchNumber extends Schema.TaggedError<NoSuchNumber>()(
  "NoSuchNumber",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 404 }),
) {}

export class NumbersGroup extends HttpApiGroup.make("numbers").add(
  HttpApiEndpoint.patch("change", "/admin/numbers/:sid")
    .setPath(Schema.Struct({ sid: Schema.String }))
    .setPayload(NumberOrder)
    .addSuccess(Schema.Unknown)
    .addError(BadOrder)
    .addError(NoSuchNumber)
    .addError(Unavailable)
    .annotate(
      OpenApi.Description,
      "Sets up the webhooks of a number, as its owner does by the carrier's API: in the log it is such a request.",
    ),
) {}
