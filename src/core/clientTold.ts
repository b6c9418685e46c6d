import * as Schema from "effect/Schema"
import { entryType } from "./Entry.ts"
import { optional } from "./optional.ts"

/*
 * What the client library tells of itself where it sends within the run, on the run's clock: a scenario's step `client`.
 * Facts from outside, as requests of the API are; no rule answers them.
 */

const call = Schema.Literal("send", "get", "list", "cancel")
const circuit = Schema.Literal("closed", "open", "half-open")
const attempt = Schema.Int.pipe(Schema.positive())

/** An error of the client by its name, with Twilio's code and the HTTP status where there are any. */
const error = { code: optional(Schema.Int), error: Schema.String, status: optional(Schema.Int) }

/**
 * One thing that the client did or waits for. Its subject is the call (`client-1` …), of `sent` the message, whose `call_id` names
 * the call. Without `retry_in_ms` the attempt is not repeated for what it failed of alone.
 */
export const clientTold = entryType("client.told", () =>
  Schema.Union(
    Schema.Struct({ limit: Schema.Literal("account", "number"), wait_ms: Schema.Int, what: Schema.Literal("limited") }),
    Schema.Struct({ attempt, call, what: Schema.Literal("attempt-started") }),
    Schema.Struct({
      attempt,
      call,
      ...error,
      retry_in_ms: optional(Schema.Int),
      what: Schema.Literal("attempt-failed"),
    }),
    Schema.Struct({ attempt, found: optional(Schema.String), what: Schema.Literal("looked") }),
    Schema.Struct({ from: circuit, to: circuit, what: Schema.Literal("circuit-changed") }),
    Schema.Struct({ attempts: attempt, call_id: Schema.String, took_ms: Schema.Int, what: Schema.Literal("sent") }),
    Schema.Struct({ call, ...error, what: Schema.Literal("failed") }),
  ),
)
export type ClientTold = Schema.Schema.Type<typeof clientTold.schema>
