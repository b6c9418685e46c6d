import { limits } from "../core/limits.ts"

/** What is pumped. Times are host ms, monotonic. */
export interface Pumped {
  readonly now: () => number
  /** Whether anything can be taken now. */
  readonly ready: () => boolean
  /** Takes a group, until then at most; tells whether the run is settled after it. */
  readonly take: (until: number) => boolean
  /** Inputs that wait. */
  readonly queued: () => number
}

/**
 * When the engine works: in the next turn of the host's loop after it was woken, and, while inputs wait, for as long as everything
 * else had the process since the last time. Else reading and refusing what comes too fast would leave nothing for what was taken.
 */
export class Pump {
  readonly #pumped: Pumped
  /** Whether there may be something to take, and whether the host was asked for a turn to take it in. */
  #wanted = false
  #scheduled = false
  /** When the last turn was done. */
  #doneAt = 0

  constructor(pumped: Pumped) {
    this.#pumped = pumped
  }

  /** There may be something to take. */
  wake(): void {
    this.#wanted = true
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  /**
   * Takes what waits here and now, for one who would only wait for it: a turn of the host's loop for each of many requests costs
   * as much as they do. Tells whether the run is settled then; if not, there is something to wait for. Does nothing while the host
   * has had no turn for long.
   */
  drain(): boolean {
    const { now } = this.#pumped
    const until = this.#doneAt + limits.engineShareMsMax
    let settled = false
    while (this.#canTake && now() < until) settled = this.#take(until)
    return settled
  }

  get #canTake(): boolean {
    return this.#wanted && this.#pumped.ready()
  }

  #take(until: number): boolean {
    this.#wanted = false
    return this.#pumped.take(until)
  }

  readonly #turn = () => {
    this.#scheduled = false
    const { now, queued } = this.#pumped
    const began = now()
    const until = began + Math.min(began - this.#doneAt, limits.engineShareMsMax)
    while (this.#canTake) {
      this.#take(now() + limits.engineShareMsMax)
      if (queued() === 0 || now() >= until) break
    }
    this.#doneAt = now()
  }
}
