import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"

/** Something that must end by an instant of the host's monotonic clock. */
export interface Deadline {
  readonly due: number
}

/** Watches over deadlines. */
export interface Deadlines<A extends Deadline> {
  readonly add: (one: A) => void
  readonly remove: (one: A) => void
}

/**
 * Watches over many deadlines with one sleeping fibre: racing a sleep against each request would cost as much as the request
 * itself (docs/performance.md). `expired` gets each that was not removed in time, which is no longer watched then.
 */
export const makeDeadlines = <A extends Deadline>(options: {
  readonly now: () => number
  readonly run: (effect: Effect.Effect<void>) => Fiber.RuntimeFiber<void>
  readonly expired: (one: A) => void
}): Deadlines<A> => {
  const { expired, now, run } = options
  const watched = new Set<A>()
  let sleeper: Fiber.RuntimeFiber<void> | undefined
  let until = Number.POSITIVE_INFINITY

  const sleepUntil = (due: number) => {
    sleeper?.unsafeInterruptAsFork(FiberId.none)
    until = due
    sleeper = run(Effect.map(Effect.sleep(Math.max(1, Math.ceil(due - now()))), wake))
  }
  const wake = () => {
    sleeper = undefined
    until = Number.POSITIVE_INFINITY
    const at = now()
    for (const one of watched)
      if (one.due <= at) {
        watched.delete(one)
        expired(one)
      }
    let next = Number.POSITIVE_INFINITY
    for (const { due } of watched) next = Math.min(next, due)
    if (next < until) sleepUntil(next)
  }
  return {
    add: (one) => {
      watched.add(one)
      if (one.due < until) sleepUntil(one.due)
    },
    remove: (one) => watched.delete(one),
  }
}
