import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Somebody who waits. */
interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/**
 * A clock of Effect's that goes to the next instant somebody waits for, as soon as nothing is left to do at this one. For what does
 * no input or output.
 */
export class VirtualClock {
  #now = 0
  /** Soonest last. */
  readonly #sleepers: Array<Sleeper> = []

  get now(): number {
    return this.#now
  }

  readonly clock: Clock.Clock = Object.assign(Object.create(Clock.make()) as Clock.Clock, {
    unsafeCurrentTimeMillis: () => this.#now,
    unsafeCurrentTimeNanos: () => BigInt(this.#now) * 1_000_000n,
    currentTimeMillis: Effect.sync(() => this.#now),
    currentTimeNanos: Effect.sync(() => BigInt(this.#now) * 1_000_000n),
    sleep: (duration: Duration.Duration) =>
      Effect.async<void>((resume) => {
        const sleeper: Sleeper = { at: this.#now + Duration.toMillis(duration), wake: () => resume(Effect.void) }
        this.#insert(sleeper)
        return Effect.sync(() => this.#sleepers.splice(this.#sleepers.indexOf(sleeper), 1))
      }),
  })

  /** Carries an effect out from instant to instant. */
  async run<A, E>(effect: Effect.Effect<A, E>): Promise<A> {
    let isOver = false
    const done = Effect.runPromise(Effect.withClock(effect, this.clock)).finally(() => {
      isOver = true
    })
    while (!isOver) {
      await new Promise((resolve) => setImmediate(resolve))
      const next = this.#sleepers.at(-1)
      if (next === undefined) continue
      this.#now = Math.max(this.#now, next.at)
      while ((this.#sleepers.at(-1)?.at ?? Number.POSITIVE_INFINITY) <= this.#now) this.#sleepers.pop()?.wake()
    }
    return done
  }

  #insert(sleeper: Sleeper): void {
    let [low, high] = [0, this.#sleepers.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sleepers[middle] as Sleeper).at > sleeper.at) low = middle + 1
      else high = middle
    }
    this.#sleepers.splice(low, 0, sleeper)
  }
}
