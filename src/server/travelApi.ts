import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as OpenApi from "@effect/platform/OpenApi"
import * as Schema from "effect/Schema"
import { optional } from "../core/optional.ts"
import { BadOrder, whole } from "./controlErrors.ts"

/** Forks of the run and breakpoints of its clock: the contract; handlers are in travelHandlers.ts. */

const Seq = Schema.Int.pipe(Schema.between(1, Number.MAX_SAFE_INTEGER))

/** Settings, and answers, that one fork changes. */
const changesMax = 20

export const ForkPayload = Schema.Struct({
  at: optional(Seq).annotations({
    description:
      "The entry after which things go otherwise; if nothing is said, before the attempts whose answers change",
  }),
  answers: optional(Schema.Array(Schema.String).pipe(Schema.maxItems(changesMax))).annotations({
    description:
      "SEQ=STATUS[@AFTER][:BODY], or SEQ=timeout, connect, reset: what the attempt of the entry outbound.requested, or the next one that a timer.set is for, is answered",
  }),
  inputs: optional(Schema.Literal("keep", "drop")).annotations({
    description: "Whether requests and orders after it come again (keep if nothing is said)",
  }),
  set: optional(Schema.Array(Schema.String).pipe(Schema.maxItems(changesMax))).annotations({
    description: "PATH=VALUE in the words of the settings file: twilio.numbers[+15551234567].outcome=failed",
  }),
  swap: optional(Schema.Tuple(Seq, Seq)).annotations({
    description: "The seqs of two timer.set entries that are pending: each is due when the other was",
  }),
}).annotations({ identifier: "ForkOrder", parseOptions: { onExcessProperty: "error" } })

export const Fork = Schema.Struct({
  id: Schema.Int,
  place: Schema.String.annotations({ description: "Its log: a file, or :memory:" }),
  cut: Schema.Int.annotations({ description: "The last entry that both runs have" }),
  entries: Schema.Int,
  digest: Schema.String,
}).annotations({ identifier: "Fork" })

export const Breakpoint = Schema.Struct({
  id: Schema.Int,
  pattern: Schema.String,
  hits: Schema.Int,
  last: Schema.NullOr(Schema.Int).annotations({ description: "The entry that reached it last" }),
}).annotations({ identifier: "Breakpoint" })

export class NoSuchBreakpoint extends Schema.TaggedError<NoSuchBreakpoint>()(
  "NoSuchBreakpoint",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 404 }),
) {}

export class ForksGroup extends HttpApiGroup.make("forks")
  .add(
    HttpApiEndpoint.get("list", "/")
      .addSuccess(Schema.Struct({ forks: Schema.Array(Fork) }))
      .annotate(OpenApi.Description, "Forks that were made since the server started, oldest first."),
  )
  .add(
    HttpApiEndpoint.post("make", "/")
      .setPayload(ForkPayload)
      .addSuccess(Fork)
      .addError(BadOrder)
      .annotate(
        OpenApi.Description,
        "Goes on from an entry with something changed, into a log of its own. The run is not touched.",
      ),
  )
  .prefix("/admin/forks") {}

export class BreakpointsGroup extends HttpApiGroup.make("breakpoints")
  .add(
    HttpApiEndpoint.get("list", "/")
      .addSuccess(Schema.Struct({ breakpoints: Schema.Array(Breakpoint) }))
      .annotate(OpenApi.Description, "Entries at which the clock is paused. They are no part of the run."),
  )
  .add(
    HttpApiEndpoint.post("add", "/")
      .setPayload(
        Schema.Struct({ pattern: Schema.String }).annotations({ parseOptions: { onExcessProperty: "error" } }),
      )
      .addSuccess(Breakpoint)
      .addError(BadOrder)
      .annotate(
        OpenApi.Description,
        "Pauses the clock as soon as an entry that fits is in the log: type:message.status-changed failed. What was under way already still comes.",
      ),
  )
  .add(
    HttpApiEndpoint.del("remove", "/:id")
      .setPath(Schema.Struct({ id: whole(1, Number.MAX_SAFE_INTEGER) }))
      .addSuccess(Schema.Struct({ removed: Schema.Int }))
      .addError(NoSuchBreakpoint)
      .annotate(OpenApi.Description, "Takes a breakpoint away."),
  )
  .prefix("/admin/breakpoints") {}
