import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as Schema from "effect/Schema"

/* What any part of the control API may be refused with. */

export class BadOrder extends Schema.TaggedError<BadOrder>()(
  "BadOrder",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 400 }),
) {}

export class Unavailable extends Schema.TaggedError<Unavailable>()(
  "Unavailable",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 503 }),
) {}

/** A rule threw at the order: nothing of it was done, and the run goes on. */
export class Failed extends Schema.TaggedError<Failed>()(
  "Failed",
  { message: Schema.String },
  HttpApiSchema.annotations({ status: 500 }),
) {}
