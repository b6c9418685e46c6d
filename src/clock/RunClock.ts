import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import { limits } from "../core/limits.ts"
import { type Pace, rate } from "./pace.ts"

/**
 * The virtual clock of one run: an anchor and the host's monotonic time since, times the pace.
 *
 * A stepped host clock is not followed while running: only the monotonic reading counts. Paces with rate 0 never look at
 * the host. The engine is the only one that moves it.
 */
export interface RunClock {
  /** Virtual ms since the Unix epoch. */
  readonly now: () => number
  readonly pace: () => Pace
  /** Goes on from `at` at this pace. */
  readonly set: (at: number, pace: Pace) => void
  /** Virtual minus host wall time, for paces that follow the host; undefined for those that never look at it. */
  readonly offset: () => number | undefined
  /** The host's wall clock in ms: read when a run starts or resumes, never while it goes. */
  readonly hostNow: () => number
  /** The host's monotonic clock in ms, for quiet periods and time-outs. */
  readonly hostMonotonic: () => number
  /**
   * Calls back once after so many host ms, or after `limits.waitMsMax` if that is sooner; the caller looks again.
   * A new wait replaces the one before; `undefined` only cancels.
   */
  readonly wake: (hostMs: number | undefined, then: () => void) => void
}

/** Makes a run's clock over the host's `Clock` service; it stands paused at 0 until it is set. */
export const makeRunClock: Effect.Effect<RunClock> = Effect.gen(function* () {
  const host = yield* Effect.clock
  const runtime = yield* Effect.runtime<never>()
  const runCallback = Runtime.runCallback(runtime)
  const hostMonotonic = () => Number(host.unsafeCurrentTimeNanos()) / 1_000_000
  const hostNow = () => host.unsafeCurrentTimeMillis()

  let anchor = 0
  let anchoredAt = 0
  let current: Pace = { _tag: "paused" }
  let cancel: (() => void) | undefined

  const now = () => {
    const speed = rate(current)
    return speed === 0 ? anchor : anchor + Math.floor((hostMonotonic() - anchoredAt) * speed)
  }
  return {
    now,
    pace: () => current,
    set: (at, pace) => {
      anchor = at
      current = pace
      anchoredAt = rate(pace) === 0 ? 0 : hostMonotonic()
    },
    offset: () => (rate(current) === 0 ? undefined : now() - hostNow()),
    hostNow,
    hostMonotonic,
    wake: (hostMs, then) => {
      cancel?.()
      cancel = undefined
      if (hostMs === undefined) return
      const wait = runCallback(host.sleep(Duration.millis(Math.min(hostMs, limits.waitMsMax))), {
        onExit: (exit) => {
          if (exit._tag === "Success") {
            cancel = undefined
            then()
          }
        },
      })
      cancel = () => wait()
    },
  }
})
