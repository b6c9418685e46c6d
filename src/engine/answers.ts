import * as Effect from "effect/Effect"
import type { Entry, Row } from "../core/Entry.ts"
import { type ApiResponded, apiResponded, turnFailed } from "../core/entries.ts"
import { type EngineStopped, OrderFailed } from "./outside.ts"
import type { Made } from "./turn.ts"

/** The answer to an API request, as the log says it; `aside` is the text of one that is kept as a hash. */
export interface Answer {
  readonly entry: Entry<ApiResponded>
  /** Of its entry; made when it is looked at where the log is packed. */
  readonly hash: string
  readonly aside: string | undefined
}

/** Who waits for an answer. */
export interface Asker {
  readonly answer: (answer: Answer) => void
  readonly lost: (why: EngineStopped) => void
}

/** The hash of a row in the log. */
export type HashOf = (row: Row) => string

/** Those whose answer comes in a later turn than their request. */
export class Askers {
  readonly #bySeq = new Map<number, Asker>()
  readonly #hashOf: HashOf

  constructor(hashOf: HashOf) {
    this.#hashOf = hashOf
  }

  /** Keeps who waits for the answer to the request at `seq`. */
  add(seq: number, asker: Asker): void {
    this.#bySeq.set(seq, asker)
  }

  /** Gives those their answers that are among these entries. */
  answer(made: ReadonlyArray<Made>): void {
    if (this.#bySeq.size === 0) return
    for (const item of made) {
      if (!apiResponded.is(item.entry)) continue
      this.#bySeq.get(item.entry.cause)?.answer(answerOf(item, item.entry, this.#hashOf))
      this.#bySeq.delete(item.entry.cause)
    }
  }

  /** Empties it. */
  takeAll(): ReadonlyArray<Asker> {
    const all = [...this.#bySeq.values()]
    this.#bySeq.clear()
    return all
  }
}

/** The failure of an order whose turn left nothing but `turn.failed`. */
export const failureOf = (made: ReadonlyArray<Made>): Effect.Effect<never, OrderFailed> | undefined => {
  const first = made[0]?.entry
  return first !== undefined && turnFailed.is(first)
    ? Effect.fail(new OrderFailed({ type: first.data.input.type, reason: first.data.error }))
    : undefined
}

export const answerOf = ({ row, aside }: Made, entry: Entry<ApiResponded>, hashOf: HashOf): Answer =>
  new MadeAnswer(entry, aside, row, hashOf)

/**
 * A class, because V8 makes each object literal with a getter a shape of its own, which lies among the old: the row and all its text
 * would outlive their turn until the whole heap is collected (docs/performance.md).
 */
class MadeAnswer implements Answer {
  readonly entry: Entry<ApiResponded>
  readonly aside: string | undefined
  readonly #row: Row
  readonly #hashOf: HashOf

  constructor(entry: Entry<ApiResponded>, aside: string | undefined, row: Row, hashOf: HashOf) {
    this.entry = entry
    this.aside = aside
    this.#row = row
    this.#hashOf = hashOf
  }

  get hash(): string {
    return this.#hashOf(this.#row)
  }
}
