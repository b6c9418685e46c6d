import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Draft } from "../core/Entry.ts"
import type { Run } from "../engine/Run.ts"
import { BadOrder, submitted } from "./controlErrors.ts"

/** Makes an order an input, unless something is wrong with it; gives the order and its turn. */
export const ordered = <D extends Draft>(run: Run, order: () => Either.Either<D, string>) =>
  Effect.suspend(() =>
    Effect.flatMap(
      Either.mapLeft(order(), (message) => new BadOrder({ message })),
      (draft) => Effect.map(submitted(run.engine, draft), (made) => ({ draft, made })),
    ),
  )
