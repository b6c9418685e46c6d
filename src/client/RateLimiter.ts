import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { AccountRateLimited, NumberRateLimited, QueueFull } from "./errors.ts"
import { monotonicMs } from "./monotonic.ts"
import { RateLimits, type Rules, type Wait } from "./rateLimits.ts"

export interface LimiterOptions extends Rules {
  /** What becomes of a send for which there is no token now. */
  readonly onLimit: "wait" | "refuse"
  /** Sends that may wait at once. */
  readonly waitingMax: number
}

/** Lets sends go as the buckets allow. */
export interface RateLimiter {
  /** Succeeds when it may go; `hit` hears of a wait, or of a refusal, before it. Interrupting it gives its place up. */
  readonly take: (
    number: string | undefined,
    hit: (wait: Wait) => Effect.Effect<void>,
  ) => Effect.Effect<void, AccountRateLimited | NumberRateLimited | QueueFull>
  /** How many wait. */
  readonly waiting: () => number
}

/** Wakes those whose turn it is. */
interface Alarm {
  readonly at: number
  fiber: Fiber.RuntimeFiber<void> | undefined
}

/** Waits on Effect's Clock, with one fibre for all who wait. */
export const makeRateLimiter = ({ onLimit, waitingMax, ...rules }: LimiterOptions): RateLimiter => {
  const limits = new RateLimits(rules)
  let alarm: Alarm | undefined

  const ring = (mine: Alarm): Effect.Effect<void> =>
    Effect.flatMap(monotonicMs, (now) => {
      if (alarm !== mine) return Effect.void
      alarm = undefined
      for (const ticket of limits.release(now)) ticket.go()
      return setAlarm(now)
    })
  const setAlarm = (now: number): Effect.Effect<void> => {
    const at = limits.nextAt()
    const before = alarm
    if (before !== undefined && at !== undefined && before.at <= at) return Effect.void
    alarm = undefined
    const stopped = before?.fiber === undefined ? Effect.void : Fiber.interruptFork(before.fiber)
    if (at === undefined) return stopped
    const mine: Alarm = { at, fiber: undefined }
    alarm = mine
    return Effect.flatMap(
      Effect.forkDaemon(Effect.zipRight(Effect.sleep(Math.max(0, at - now)), ring(mine))),
      (fiber) => {
        mine.fiber = fiber
        return stopped
      },
    )
  }
  const waitFor = (number: string | undefined, now: number): Effect.Effect<void> =>
    Effect.suspend(() => {
      const ticket = limits.join(number, now)
      const turn = Effect.async<void>((resume) => {
        ticket.go = () => resume(Effect.void)
      })
      const gaveUp = Effect.flatMap(monotonicMs, (later) => {
        limits.leave(ticket)
        return setAlarm(later)
      })
      return Effect.zipRight(
        setAlarm(now),
        Effect.onInterrupt(turn, () => gaveUp),
      )
    })
  const refusedFor = ({ limit, ms }: Wait): Effect.Effect<never, AccountRateLimited | NumberRateLimited> => {
    const Refused = limit === "number" ? NumberRateLimited : AccountRateLimited
    const of = limit === "number" ? "of this number" : "in all"
    return Effect.fail(
      new Refused({ message: `the client's limit of messages ${of} is reached for ${ms} ms`, retryAfterMs: ms }),
    )
  }
  return {
    waiting: () => limits.waiting,
    take: (number, hit) =>
      Effect.flatMap(monotonicMs, (now): ReturnType<RateLimiter["take"]> => {
        const wait = limits.take(number, now)
        if (wait === undefined) return Effect.void
        if (onLimit === "refuse") return Effect.zipRight(hit(wait), refusedFor(wait))
        if (limits.waiting >= waitingMax)
          return Effect.zipRight(
            hit(wait),
            new QueueFull({ message: `${waitingMax} sends wait for the client's limits`, retryAfterMs: wait.ms }),
          )
        return Effect.zipRight(hit(wait), waitFor(number, now))
      }),
  }
}
