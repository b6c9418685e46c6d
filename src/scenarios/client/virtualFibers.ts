import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Scheduler, Task } from "effect/Scheduler"

/* What lets fibres live on virtual time: they go on only when they are told to, and sleep until somebody wakes them. */

/** Fibres take their turns in the order in which they became ready, when `run` is called and not before. */
export class Turns implements Scheduler {
  readonly #ready: Array<Task> = []

  /** Whether any fibre could go on. */
  get any(): boolean {
    return this.#ready.length > 0
  }

  /** Nobody else waits for the turn. */
  shouldYield(): false {
    return false
  }

  scheduleTask(task: Task): void {
    this.#ready.push(task)
  }

  /** Lets all fibres go on until each of them waits for something. */
  run(): void {
    for (let task = this.#ready.shift(); task !== undefined; task = this.#ready.shift()) task()
  }
}

interface Sleeper {
  /** Virtual ms. */
  readonly due: number
  readonly wake: () => void
}

/** Effect's Clock on virtual time. It moves nothing: whoever moves the time asks when the next is due, and wakes who is. */
export class VirtualClock implements Clock.Clock {
  readonly [Clock.ClockTypeId]: Clock.ClockTypeId = Clock.ClockTypeId
  readonly currentTimeMillis: Effect.Effect<number>
  readonly currentTimeNanos: Effect.Effect<bigint>
  readonly #now: () => number
  /** By when they are due, then by when they fell asleep. */
  readonly #sleepers: Array<Sleeper> = []

  /** `now` in virtual ms. */
  constructor(now: () => number) {
    this.#now = now
    this.currentTimeMillis = Effect.sync(now)
    this.currentTimeNanos = Effect.sync(() => this.unsafeCurrentTimeNanos())
  }

  unsafeCurrentTimeMillis(): number {
    return this.#now()
  }

  unsafeCurrentTimeNanos(): bigint {
    return BigInt(this.#now()) * 1_000_000n
  }

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    return Effect.async((resume) => {
      const sleeper = { due: this.#now() + Math.ceil(Duration.toMillis(duration)), wake: () => resume(Effect.void) }
      this.#sleepers.splice(this.#sleepers.findLastIndex(({ due }) => due <= sleeper.due) + 1, 0, sleeper)
      return Effect.sync(() => {
        const at = this.#sleepers.indexOf(sleeper)
        if (at >= 0) this.#sleepers.splice(at, 1)
      })
    })
  }

  /** When the next sleeper is due, virtual ms; undefined: nobody sleeps, or for ever. */
  get due(): number | undefined {
    const due = this.#sleepers[0]?.due
    return due === Number.POSITIVE_INFINITY ? undefined : due
  }

  /** Wakes all who are due; tells whether anybody was. */
  wake(): boolean {
    const later = this.#sleepers.findIndex(({ due }) => due > this.#now())
    const woken = this.#sleepers.splice(0, later < 0 ? this.#sleepers.length : later)
    for (const { wake } of woken) wake()
    return woken.length > 0
  }
}
