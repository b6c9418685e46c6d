import type * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import { limits } from "../core/limits.ts"
import { type Deadline, makeDeadlines } from "./deadlines.ts"
import type { Job, WireQueue } from "./wireQueue.ts"

/**
 * Ends the waiting of requests that could not be sent within `limits.wireWaitMsMax` of host time: what waits for an endpoint
 * that never answers would otherwise be without bound. Waiting counts only while virtual time follows the host's.
 *
 * Gives what is called whenever the queue or the pace may have changed.
 */
export const makeWaits = (options: {
  readonly queue: WireQueue
  /** Whether virtual time follows the host's. */
  readonly follows: () => boolean
  readonly now: () => number
  readonly run: (effect: Effect.Effect<void>) => Fiber.RuntimeFiber<void>
  readonly expired: (job: Job) => void
}): (() => void) => {
  const { expired, follows, now, queue, run } = options
  let watching = false
  let following: number | undefined
  const look = () => {
    if (follows()) following ??= now()
    else following = undefined
    const since = watching ? undefined : queue.since
    if (since === undefined || following === undefined) return
    watching = true
    deadlines.add({ due: Math.max(since, following) + limits.wireWaitMsMax })
  }
  const deadlines = makeDeadlines<Deadline>({
    now,
    run,
    expired: () => {
      watching = false
      const late = now() - limits.wireWaitMsMax
      if (follows() && following !== undefined && following <= late)
        for (const job of queue.takeSince(late)) expired(job)
      look()
    },
  })
  return look
}
