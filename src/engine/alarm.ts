import type { RunClock } from "../clock/RunClock.ts"

/**
 * One wait on the run's clock, after which the engine looks again.
 *
 * A wait under way that ends sooner than the one asked for stays: looking once too often costs less than a new fibre after
 * each group of turns (docs/performance.md).
 */
export class Alarm {
  readonly #clock: RunClock
  readonly #ring: () => void
  /** When the wait under way ends, on the host's monotonic clock. */
  #ends = Number.POSITIVE_INFINITY

  constructor(clock: RunClock, ring: () => void) {
    this.#clock = clock
    this.#ring = ring
  }

  /** Rings in at most so many host ms; `undefined`: not at all. */
  set(hostMs: number | undefined): void {
    const ends = hostMs === undefined ? undefined : this.#clock.hostMonotonic() + hostMs
    if (ends !== undefined && ends >= this.#ends) return
    this.#ends = ends ?? Number.POSITIVE_INFINITY
    this.#clock.wake(hostMs, () => {
      this.#ends = Number.POSITIVE_INFINITY
      this.#ring()
    })
  }
}
