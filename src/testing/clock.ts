import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { formatPace, parsePace } from "../clock/pace.ts"
import { nextTimer, timersMachine } from "../clock/timers.machine.ts"
import { formatDuration, iso, parseDuration } from "../core/Instant.ts"
import { limits } from "../core/limits.ts"
import type { Run } from "../engine/Run.ts"
import { calledFrom, RingbackError } from "./errors.ts"
import { promised } from "./promised.ts"
import type { Clock, Duration, Pace } from "./types.ts"
import type { Patience } from "./waiting.ts"

/** Virtual time that running to the end takes at most, unless a test says otherwise, and due instants it goes to. */
const endAtMost = "366d"
const instantsMax = 100_000

export const clockOf = (run: Run, patience: Patience): Clock => {
  const { engine } = run
  const due = (): number | undefined => nextTimer(engine.world.slice(timersMachine))?.due
  return {
    now: () => new Date(engine.now),
    pace: () => formatPace(engine.pace) as Pace,
    nextDue: () => {
      const at = due()
      return at === undefined ? null : new Date(at)
    },
    advance: function advance(by, options = {}) {
      return promised(
        calledFrom(advance),
        Effect.flatMap(readDuration("advance", by), (ms) => patience.settle(run, options, engine.advance(ms))),
      )
    },
    step: function step(n = 1, options = {}) {
      return promised(
        calledFrom(step),
        Number.isSafeInteger(n) && n > 0
          ? patience.settle(run, options, engine.step(n))
          : Effect.fail(new RingbackError(`step: expected a whole number from 1, found ${String(n)}`)),
      )
    },
    runToEnd: function runToEnd({ atMost = endAtMost, ...options } = {}) {
      return promised(
        calledFrom(runToEnd),
        Effect.gen(function* () {
          const until = engine.now + (yield* readDuration("atMost", atMost))
          yield* patience.settle(run, options, engine.settled)
          let steps = 0
          for (let next = due(); next !== undefined; next = due()) {
            if (next > until || steps++ === instantsMax) return yield* Effect.fail(endless(run, atMost, next))
            yield* patience.settle(run, options, engine.step(1))
          }
        }),
      )
    },
    setPace: function setPace(pace) {
      return promised(
        calledFrom(setPace),
        Effect.flatMap(
          Either.mapLeft(parsePace(pace), (why) => new RingbackError(`pace: ${why}`)),
          (wanted) => engine.setPace(wanted),
        ),
      )
    },
  }
}

const readDuration = (name: string, text: Duration): Effect.Effect<number, RingbackError> => {
  const ms = typeof text === "string" ? parseDuration(text) : undefined
  return ms === undefined || ms > limits.advanceMsMax
    ? Effect.fail(
        new RingbackError(
          `${name}: expected a duration such as 500ms, 30s, 5m, 1h30m or 2d, at most 100 years, found ${JSON.stringify(text)}`,
        ),
      )
    : Effect.succeed(ms)
}

const endless = ({ engine }: Run, atMost: Duration, next: number): RingbackError => {
  const { byKey } = engine.world.slice(timersMachine)
  return new RingbackError(
    `No end within ${formatDuration(parseDuration(atMost) ?? 0)} and ${instantsMax} due instants: it is ${iso(engine.now)}, and the next of ${byKey.size} timers is due ${iso(next)}.`,
  )
}
