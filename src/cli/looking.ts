import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { isEdited } from "../engine/EditedVerifier.ts"
import { openSource, type Source } from "../timetravel/source.ts"
import { asWrongUse, type CommandFailed, wrongUse } from "./failure.ts"
import { progress, progressDone } from "./terminal.ts"

/* What the commands share that look into a log at some place. */

/** Opens what is named; a recording is read whole, with progress. */
export const opened = (file: string): Effect.Effect<Source, CommandFailed, Scope.Scope> =>
  plain(openSource(file, (entries) => progress(`${entries} entries read`)))

/** Takes the line of progress away at the end, and makes every failure one plain line and exit code 2. */
export const plain = <A, E extends { readonly message: string }, R>(
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, CommandFailed, R> =>
  effect.pipe(Effect.ensuring(Effect.sync(progressDone)), Effect.mapError(asWrongUse))

/** Refuses a log that something was erased of: what is not there any more cannot be run again. */
export const refuseEdited = (file: string, { reader }: Source): Effect.Effect<void, CommandFailed> =>
  Effect.flatMap(plain(reader.read(0, 1)), ([first]) =>
    first !== undefined && isEdited(first)
      ? wrongUse(
          `${file} was edited (ringback erase), and what was erased cannot be run again; take the log it was made of, or look into this one with ringback log, show, at and trace`,
        )
      : Effect.void,
  )
