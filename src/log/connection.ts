import * as Reactivity from "@effect/experimental/Reactivity"
import * as SqliteClient from "@effect/sql-sqlite-node/SqliteClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { LogOpenError } from "./EventLog.ts"
import { openFailure } from "./openFailure.ts"

/**
 * A connection of @effect/sql to a log; a file it cannot open is a defect there and a `LogOpenError` here.
 *
 * Its statement cache never expires, because expiry would read Effect's Clock.
 */
export const connect = (
  file: string,
  options: { readonly readonly: boolean; readonly named: string },
): Effect.Effect<SqliteClient.SqliteClient, LogOpenError, Scope.Scope> =>
  SqliteClient.make({
    filename: file,
    readonly: options.readonly,
    disableWAL: options.readonly,
    prepareCacheTTL: Duration.infinity,
  }).pipe(
    Effect.provideServiceEffect(Reactivity.Reactivity, Reactivity.make),
    Effect.tap((sql) =>
      Effect.forEach(
        [
          "PRAGMA trusted_schema = OFF",
          ...(options.readonly ? ["PRAGMA query_only = ON", "PRAGMA cell_size_check = ON"] : []),
        ],
        (pragma) => sql.unsafe(pragma),
        { discard: true },
      ),
    ),
    Effect.catchAll((error) => Effect.fail(openFailure(options.named, error.cause))),
    Effect.catchAllDefect((defect) => Effect.fail(openFailure(options.named, defect))),
  )
