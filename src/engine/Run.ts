import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import { clockMachine } from "../clock/clock.machine.ts"
import { type Pace, parsePace, rate } from "../clock/pace.ts"
import { makeRunClock, type RunClock } from "../clock/RunClock.ts"
import { canonical, type JsonObject } from "../core/canonical.ts"
import type { Draft } from "../core/Entry.ts"
import { runResumed, runStarted } from "../core/entries.ts"
import { iso } from "../core/Instant.ts"
import { limits } from "../core/limits.ts"
import type { EventLog, Head, LogUnavailable } from "../log/EventLog.ts"
import { isEdited } from "./EditedVerifier.ts"
import { Engine } from "./Engine.ts"
import { type NotFoldable, worldOfLog } from "./fold.ts"
import { type EngineOptions, EngineStopped, type OrderFailed, type WayOut } from "./outside.ts"
import type { Snapshot } from "./snapshot.ts"
import type { AnyMachine, WorldState } from "./World.ts"

/** The version of the rules that a log names. Raised when old logs need a behaviour flag to stay what they are. */
export const rulesVersion = 1

/** The format of entries that a log names. */
export const entryFormat = 1

/** Behaviour flags a new run has in force. */
export const flagsNow: ReadonlyArray<number> = []

/** Where a run that never looks at the host's clock begins, unless it is told: 2026-01-01T00:00:00Z. */
export const defaultStart = 1_767_225_600_000

export interface RunOptions<E, R> {
  readonly log: typeof EventLog.Service
  /** In the order they are offered entries; the same for every run of these rules. */
  readonly machines: ReadonlyArray<AnyMachine>
  /** Made for the run's own clock. */
  readonly wayOut: (clock: RunClock) => Effect.Effect<WayOut, E, R>
  /** Of a new log; a resumed one keeps its own. */
  readonly seed: number
  /** Whether a log with another seed is refused. */
  readonly seedAsked: boolean
  /** In force from here on, secrets replaced by names. */
  readonly settings: JsonObject
  readonly templates: Readonly<Record<string, string>>
  /** Undefined: the pace ordered last, or `real`. */
  readonly pace: Pace | undefined
  /** First instant of a new run; by default the host's now, or `defaultStart` where host time never enters. */
  readonly start?: number | undefined
  /** Opens the newest snapshot that these rules can use; the left says why there is none. */
  readonly snapshot?: () => Either.Either<Snapshot, string>
}

/** The log is of a run with another seed than the one asked for. */
export class OtherSeed extends Data.TaggedError("OtherSeed")<{
  readonly log: string
  readonly asked: number
  readonly found: number
}> {
  override get message() {
    return `${this.log} was started with seed ${this.found}, not ${this.asked}; leave --seed out, or choose another --db`
  }
}

/** A run cannot begin or go on as it is told; nothing was written of it. */
export class RunRefused extends Data.TaggedError("RunRefused")<{ readonly reason: string }> {
  override get message() {
    return this.reason
  }
}

/** One log, one world, one clock. */
export interface Run {
  readonly engine: Engine
  readonly clock: RunClock
  readonly log: typeof EventLog.Service
  readonly seed: number
  /** Whether the log held a run before. */
  readonly resumed: boolean
  /** The entry up to which a snapshot saved the folding; 0 without one. */
  readonly snapshotSeq: number
}

/**
 * Starts a run, or goes on with the one its log holds, for as long as the scope lasts. Nothing is shared between runs.
 *
 * What was in flight is sent again as the same attempt; timers that came due meanwhile fire at once, in order.
 */
export const makeRun = <E, R>(
  options: RunOptions<E, R>,
): Effect.Effect<
  Run,
  E | LogUnavailable | NotFoldable | EngineStopped | OrderFailed | OtherSeed | RunRefused,
  R | Scope.Scope
> =>
  Effect.gen(function* () {
    const { log, settings, templates } = options
    const clock = yield* makeRunClock
    const wayOut = yield* options.wayOut(clock)
    const head = yield* log.head
    const resumed = head.seq > 0
    if (resumed) yield* refuseEdited(log)
    const { world, snapshotSeq } = yield* worldOfLog(options)
    if (resumed && options.seedAsked && world.seed !== options.seed)
      return yield* new OtherSeed({ log: log.place, asked: options.seed, found: world.seed })
    const { advanceTo, offset, pace: ordered } = world.slice(clockMachine)
    const pace =
      options.pace ?? (ordered === undefined ? { _tag: "real" as const } : Either.getOrThrow(parsePace(ordered)))
    const follows = rate(pace) > 0
    const hostNow = clock.hostNow()
    const first = resumed ? head.at : (options.start ?? (follows ? hostNow : defaultStart))
    // An advance that was cut short goes on from where it was; the host's clock is followed again when it has arrived.
    const held = advanceTo !== undefined
    const anchor = resumed && follows && !held ? Math.max(first, hostNow + (offset ?? first - hostNow)) : first
    const inForce = {
      flags: flagsNow,
      ...(follows ? { offset: anchor - hostNow } : {}),
      rules: rulesVersion,
      settings,
      templates,
    }
    const begun = resumed
      ? runResumed.draft("", inForce)
      : runStarted.draft("", { ...inForce, format: entryFormat, seed: options.seed })
    yield* refuseTooLarge(begun)
    if (resumed) yield* refuseOtherStart(log, options.start)
    clock.set(first, { _tag: "paused" })
    const rebuild = Effect.map(worldOfLog(options), (built) => built.world)
    const engine = yield* makeEngine({ log, clock, rebuild, outside: wayOut, pace }, world, head)
    yield* engine.submit(begun)
    clock.set(Math.max(anchor, engine.head.at), held ? { _tag: "paused" } : pace)
    wayOut.begin((answer) => engine.offer(answer), engine.world)
    engine.wake()
    return { engine, clock, log, seed: engine.world.seed, resumed, snapshotSeq }
  })

/** What was erased cannot be gone on from: its requests, waits and answers would be those of nobody. */
const refuseEdited = (log: typeof EventLog.Service): Effect.Effect<void, LogUnavailable | RunRefused> =>
  Effect.flatMap(log.read(0, 1), ([first]) =>
    first !== undefined && isEdited(first)
      ? new RunRefused({
          reason: `${log.place} was edited (ringback erase), so no run goes on from it; look into it with ringback log, show, at and trace, and begin a new log with another --db`,
        })
      : Effect.void,
  )

/** The engine over a world that has been folded up to `head`. It stops with the scope; whatever waits then is told so. */
const makeEngine = (options: EngineOptions, world: WorldState, head: Head): Effect.Effect<Engine, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.map(Effect.runtime<never>(), (runtime) => new Engine(options, world, head, runtime)),
    (engine) => Effect.sync(() => engine.stop(new EngineStopped({ reason: "the run is over" }))),
  )

/** Settings and templates have to fit into one entry. */
const refuseTooLarge = ({ data }: Draft): Effect.Effect<void, RunRefused> => {
  const bytes = Buffer.byteLength(canonical(data))
  return bytes + 1_000 > limits.entryBytesMax
    ? Effect.fail(
        new RunRefused({
          reason: `settings and templates take ${bytes} bytes as JSON, and at most ${limits.entryBytesMax - 1_000} can be kept; shorten the lists of numbers`,
        }),
      )
    : Effect.void
}

const refuseOtherStart = (log: typeof EventLog.Service, start: number | undefined) =>
  Effect.flatMap(log.read(0, 1), ([row]) =>
    start === undefined || row === undefined || row.at === start
      ? Effect.void
      : Effect.fail(
          new RunRefused({
            reason: `${log.place} begins at ${iso(row.at)}, not ${iso(start)}; leave --start out, or choose another --db`,
          }),
        ),
  )
