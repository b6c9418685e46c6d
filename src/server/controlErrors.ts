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

/**
 * An order, unless more comes in than the engine can take: it would wait in the same line as the API's requests.
 *
 * Why     orders to the clock are taken all the same; a slower pace may be what ends the overload
 */
export const unlessFull = <A, E, R>(
  engine: Pick<Engine, "full">,
  order: Effect.Effect<A, E, R>,
): Effect.Effect<A, E | Unavailable, R> =>
  Effect.suspend(
    (): Effect.Effect<A, E | Unavailable, R> =>
      engine.full
        ? new Unavailable({
            message: "more comes in than the exchange can take; nothing was done, try again in a second",
          })
        : order,
  )

/** Makes an order an input, and gives its turn. */
export const submitted = (engine: Pick<Engine, "full" | "submit">, input: Parameters<Engine["submit"]>[0]) =>
  unlessFull(
    engine,
    Effect.suspend(() => Effect.mapError(engine.submit(input), stopped)),
  )

/** Waits until what the world shows is in the log. */
export const committed = (engine: Engine): Effect.Effect<void, Unavailable> =>
  Effect.mapError(engine.written, ({ message }) => new Unavailable({ message }))
