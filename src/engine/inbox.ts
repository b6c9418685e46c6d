import type { Draft } from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import type { EngineStopped } from "./outside.ts"
import type { Made } from "./turn.ts"

/** An input that waits for its turn. */
export interface Waiting {
  /** The input, or what makes it once the instant at which it enters is known. */
  readonly input: Draft | ((at: number) => Draft)
  /** Gets the whole turn once it is in the log. */
  readonly taken: (made: ReadonlyArray<Made>) => void
  readonly lost: (why: EngineStopped) => void
  /** When it began to wait, by the host's monotonic clock. */
  readonly since: number
}

/** First in, first out, without moving what waits at every step. */
export class Inbox {
  #waiting: Array<Waiting | undefined> = []
  #next = 0

  get size(): number {
    return this.#waiting.length - this.#next
  }

  /** Whether too many wait, or more than a burst for too long; `now` as in `since`. */
  full(now: () => number): boolean {
    if (this.size < limits.inputsQueuedLateMax) return false
    const oldest = this.#waiting[this.#next]
    return (
      this.size >= limits.inputsQueuedMax || (oldest !== undefined && now() - oldest.since >= limits.inputWaitMsMax)
    )
  }

  add(waiting: Waiting): void {
    this.#waiting.push(waiting)
  }

  /** Takes the oldest and lets go of it: what it holds, a request and its answer, must not outlive its turn. */
  take(): Waiting | undefined {
    const waiting = this.#waiting[this.#next]
    if (waiting === undefined) return undefined
    this.#waiting[this.#next++] = undefined
    if (this.#next === this.#waiting.length) {
      this.#waiting.length = 0
      this.#next = 0
    } else if (this.#next > 1_000 && this.#next * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#next)
      this.#next = 0
    }
    return waiting
  }

  /** Empties it. */
  takeAll(): ReadonlyArray<Waiting> {
    const all = this.#waiting.slice(this.#next) as ReadonlyArray<Waiting>
    this.#waiting = []
    this.#next = 0
    return all
  }
}
