import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { NotKept, Pair } from "../../core/entries.ts"
import { limits } from "../../core/limits.ts"

const Received = Schema.Struct({
  seq: Schema.Int.annotations({ description: "Its entry in the log" }),
  at: Schema.String.annotations({ description: "Virtual time, ISO 8601" }),
  method: Schema.String,
  path: Schema.String,
  params: Schema.Array(Pair).annotations({ description: "[name, value] of the query, then of the form" }),
  body: Schema.optionalWith(NotKept, { exact: true }),
}).annotations({ identifier: "Received" })

/** What arrived at /callback-test. */
export class CallbackTestGroup extends HttpApiGroup.make("callbackTest").add(
  HttpApiEndpoint.get("list", "/admin/callback-test")
    .addSuccess(Schema.Struct({ received: Schema.Array(Received) }))
    .annotate(
      OpenApi.Description,
      `The newest requests that /callback-test got, newest first, at most ${limits.callbackTestsKeptMax}. /clear/callbacks forgets them.`,
    ),
) {}
