import * as Effect from "effect/Effect"
import type { Entry } from "../core/Entry.ts"
import { type ApiResponded, turnFailed } from "../core/entries.ts"
import { type EngineStopped, OrderFailed } from "./outside.ts"
import type { Made } from "./turn.ts"

/** The answer to an API request, as the log says it; `aside` is the text of one that is kept as a hash. */
export interface Answer {
  readonly entry: Entry<ApiResponded>
  readonly hash: string
  readonly aside: string | undefined
}

/** Who waits for an answer that comes in a later turn. */
export interface Asker {
  readonly answer: (answer: Answer) => void
  readonly lost: (why: EngineStopped) => void
}

/** The failure of an order whose turn left nothing but `turn.failed`. */
export const failureOf = (made: ReadonlyArray<Made>): Effect.Effect<never, OrderFailed> | undefined => {
  const first = made[0]?.entry
  return first !== undefined && turnFailed.is(first)
    ? Effect.fail(new OrderFailed({ type: first.data.input.type, reason: first.data.error }))
    : undefined
}

export const answerOf = ({ row, aside }: Made, entry: Entry<ApiResponded>): Answer => ({ entry, hash: row.hash, aside })
