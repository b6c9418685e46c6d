import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { Pace } from "../clock/pace.ts"
import type { RunClock } from "../clock/RunClock.ts"
import type { Draft } from "../core/Entry.ts"
import type { EventLog, LogUnavailable } from "../log/EventLog.ts"
import type { NotFoldable } from "./fold.ts"
import type { Made } from "./turn.ts"
import type { WorldState } from "./World.ts"

/** The engine takes nothing more; the reason is for people. What was not answered before may or may not be in the log. */
export class EngineStopped extends Data.TaggedError("EngineStopped")<{ readonly reason: string }> {
  override get message() {
    return this.reason
  }
}

/** A rule threw at this order: it left nothing but `turn.failed`, and the run goes on. */
export class OrderFailed extends Data.TaggedError("OrderFailed")<{ readonly type: string; readonly reason: string }> {
  override get message() {
    return `${this.type} was not carried out: ${this.reason}`
  }
}

/** What reaches out of the run: told of every committed group, asked what is still on its way. */
export interface Outside {
  /** Wire requests whose answer has not entered yet, uncommitted ones included. */
  readonly inFlight: (world: WorldState) => number
  /** A group is in the log: send what it asks to send. */
  readonly committed: (made: ReadonlyArray<Made>, world: WorldState) => void
  /** Host ms without anything happening before the run counts as settled, as things stand; 0: none. */
  readonly quietMs: (world: WorldState) => number
}

/** What reaches out of a run, and how it is begun once the engine stands. */
export interface WayOut extends Outside {
  readonly begin: (offer: (answer: Draft) => void, world: WorldState) => void
}

/** What an engine works with. */
export interface EngineOptions {
  readonly log: typeof EventLog.Service
  readonly clock: RunClock
  /** Makes the world of the log anew, after a rule has thrown. */
  readonly rebuild: Effect.Effect<WorldState, LogUnavailable | NotFoldable>
  readonly outside: Outside
  /** The pace in force; the clock itself is held until the run's first entry is in the log. */
  readonly pace: Pace
}
