import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Engine } from "../engine/Engine.ts"
import type { EngineStopped, OrderFailed } from "../engine/outside.ts"

/* What the control API answers when an order cannot be carried out, whichever group it is of. */

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

/** A whole number in a query. */
export const whole = (min: number, max: number) => Schema.NumberFromString.pipe(Schema.int(), Schema.between(min, max))

/** What an engine that did not carry out an order is answered as. */
export const stopped = (why: EngineStopped | OrderFailed): Failed | Unavailable =>
  why._tag === "OrderFailed" ? new Failed({ message: why.message }) : new Unavailable({ message: why.message })

/** Waits until what the world shows is in the log. */
export const committed = (engine: Engine): Effect.Effect<void, Unavailable> =>
  Effect.mapError(engine.written, ({ message }) => new Unavailable({ message }))
