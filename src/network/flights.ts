import type { Draft } from "../core/Entry.ts"
import type { Deadline } from "./deadlines.ts"
import type { Job } from "./wireQueue.ts"

/** A request on its way, until its answer has entered. */
export interface Flight extends Deadline {
  readonly job: Job
  cancel: () => void
  answer: Draft | undefined
}

/** Requests on their way, in the order they were sent. */
export class Flights {
  readonly #all = new Set<Flight>()
  /** How many of them are answered, and wait for those before them. */
  #held = 0
  readonly #byOrigin = new Map<string, number>()

  /** Those whose answer has not entered yet. */
  get size(): number {
    return this.#all.size
  }

  /** How many to an origin are not answered yet. */
  busy(origin: string): number {
    return this.#byOrigin.get(origin) ?? 0
  }

  add(flight: Flight): void {
    this.#all.add(flight)
    this.#byOrigin.set(flight.job.origin, this.busy(flight.job.origin) + 1)
  }

  /** Takes an answer; gives those that may enter now, as `release` does. */
  land(flight: Flight, answer: Draft, inOrder: boolean): ReadonlyArray<Draft> {
    flight.answer = answer
    const { origin } = flight.job
    const busy = this.busy(origin) - 1
    if (busy === 0) this.#byOrigin.delete(origin)
    else this.#byOrigin.set(origin, busy)
    if (!inOrder && this.#held === 0) {
      this.#all.delete(flight)
      return [answer]
    }
    this.#held++
    return this.release(inOrder)
  }

  /** Gives the answers that may enter: all there are, or `inOrder` only those with none before them missing. */
  release(inOrder: boolean): ReadonlyArray<Draft> {
    if (this.#held === 0) return none
    const answers: Array<Draft> = []
    for (const one of this.#all) {
      if (one.answer !== undefined) {
        this.#all.delete(one)
        answers.push(one.answer)
      } else if (inOrder) break
    }
    this.#held -= answers.length
    return answers
  }

  cancelAll(): void {
    for (const { cancel } of this.#all) cancel()
  }
}

const none: ReadonlyArray<never> = []
