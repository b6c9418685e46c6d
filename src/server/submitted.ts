import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Draft } from "../core/Entry.ts"
import type { EngineStopped, OrderFailed } from "../engine/outside.ts"
import type { Made } from "../engine/turn.ts"
import { BadOrder, stopped } from "./controlErrors.ts"

type Submit = (draft: Draft) => Effect.Effect<ReadonlyArray<Made>, EngineStopped | OrderFailed>

/** Makes an order an input, unless something is wrong with it. */
export const submitted = <D extends Draft>(order: Either.Either<D, string>, submit: Submit) =>
  Effect.flatMap(
    Either.mapLeft(order, (message) => new BadOrder({ message })),
    (draft) =>
      submit(draft).pipe(
        Effect.mapError(stopped),
        Effect.map((made) => ({ draft, made })),
      ),
  )
