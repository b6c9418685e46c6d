import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import { clockMachine } from "../clock/clock.machine.ts"
import { formatPace, type Move, nextMove, type Pace, parsePace, rate } from "../clock/pace.ts"
import { nextTimer, timersMachine } from "../clock/timers.machine.ts"
import type { Draft, OpenRow } from "../core/Entry.ts"
import { type ApiRequested, apiResponded, clockChanged, turnFailed } from "../core/entries.ts"
import { limits } from "../core/limits.ts"
import type { Head } from "../log/EventLog.ts"
import { Alarm } from "./alarm.ts"
import { type Answer, Askers, answerOf, failureOf } from "./answers.ts"
import { advancing, failing, firing } from "./drafts.ts"
import { type Group, Groups, lose, type Poisoned, type Taken } from "./groups.ts"
import { Inbox, type Waiting } from "./inbox.ts"
import { type EngineOptions, EngineStopped, type OrderFailed } from "./outside.ts"
import { Pump } from "./Pump.ts"
import { encodeFor, type Made, type Place, RuleFailed, runUnhashedTurn } from "./turn.ts"
import type { WorldState } from "./World.ts"

interface Next {
  readonly input: Draft
  readonly at: number
  readonly waiting: Waiting | undefined
}

/** Turns between two looks at how long a group takes already. */
const turnsUnwatched = 16

const nothing = () => {}

/**
 * The single writer of a run: takes queued inputs, runs turns, commits as many as are waiting in one transaction, then
 * answers the waiters. Nothing is answered, sent or shown before it is committed.
 *
 * A plain object driven by callbacks: one host task per group of turns, no fibre per input (docs/performance.md).
 */
export class Engine {
  world: WorldState
  #head: Head
  /** Where the log will end once what has been made is in it. */
  #made: Place
  readonly #groups: Groups
  readonly #options: EngineOptions
  readonly #runFork: (effect: Effect.Effect<void>) => unknown
  readonly #inbox = new Inbox()
  #state: "running" | "rebuilding" | "stopped" = "running"
  #stoppedBy = new EngineStopped({ reason: "the run is over" })
  #stepsLeft = 0
  #lastActivity = 0
  readonly #pump: Pump
  readonly #alarm: Alarm
  #pace: Pace
  readonly #askers: Askers
  readonly #listeners = new Set<(made: ReadonlyArray<Made>) => void>()
  readonly #settling = new Set<(settled: Either.Either<void, EngineStopped>) => void>()
  readonly #stopping = new Set<(why: EngineStopped) => void>()

  constructor(options: EngineOptions, world: WorldState, head: Head, runtime: Runtime.Runtime<never>) {
    this.#options = options
    this.world = world
    this.#head = head
    this.#made = head
    this.#groups = new Groups(options.log, head.hash, {
      written: (group, end) => this.#written(group, end),
      failed: (why, groups) => this.#unwritten(new EngineStopped({ reason: why.message }), groups),
      free: () => this.wake(),
    })
    this.#askers = new Askers(this.#groups.hashOf)
    this.#runFork = Runtime.runFork(runtime)
    this.#pace = options.pace
    this.#alarm = new Alarm(options.clock, () => this.wake())
    this.#lastActivity = options.clock.hostMonotonic()
    this.#pump = new Pump({
      now: options.clock.hostMonotonic,
      ready: () => this.#state === "running" && !this.#groups.full,
      take: (until) => this.#takeGroup(until),
      queued: () => this.queued,
    })
  }

  /** The pace ordered last; an advance holds the clock without changing it. */
  get pace(): Pace {
    return this.#pace
  }

  /** Virtual now. */
  get now(): number {
    return Math.max(this.#options.clock.now(), this.#head.at)
  }

  /** Where the log ends as far as it is committed. */
  get head(): Head {
    return this.#head
  }

  /** Inputs that wait for their turn. */
  get queued(): number {
    return this.#inbox.size
  }

  /** Whether more inputs come than can be taken. */
  get full(): boolean {
    return this.#inbox.full(this.#options.clock.hostMonotonic)
  }

  /** Queues an input; `taken` gets its whole turn once it is in the log. Inputs already sent to the world are never refused. */
  offer(
    input: Waiting["input"],
    taken: (made: ReadonlyArray<Made>) => void = nothing,
    lost: (why: EngineStopped) => void = nothing,
  ) {
    if (this.#state === "stopped") return lost(this.#stoppedBy)
    this.#inbox.add({ input, taken, lost, since: this.#options.clock.hostMonotonic() })
    this.wake()
  }

  /** Queues an API request and answers with its `api.responded`, whichever turn that comes in. */
  ask(request: Draft<ApiRequested>, answer: (answer: Answer) => void, lost: (why: EngineStopped) => void) {
    this.offer(
      request,
      (made) => {
        for (const item of made)
          if (apiResponded.is(item.entry)) return answer(answerOf(item, item.entry, this.#groups.hashOf))
        const first = (made[0] as Made).entry
        if (turnFailed.is(first)) return lost(new EngineStopped({ reason: first.data.error }))
        this.#askers.add(first.seq, { answer, lost })
      },
      lost,
    )
  }

  /** Queues an order and waits until its turn is in the log. Fails when a rule threw at it. */
  submit(input: Waiting["input"]): Effect.Effect<ReadonlyArray<Made>, EngineStopped | OrderFailed> {
    return Effect.async((resume) =>
      this.offer(
        input,
        (made) => resume(failureOf(made) ?? Effect.succeed(made)),
        (why) => resume(Effect.fail(why)),
      ),
    )
  }

  /** Called after each commit with what was committed. The log never waits for a listener; it must not throw. */
  onCommitted(listener: (made: ReadonlyArray<Made>) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Called once, when the engine stops for a reason of its own. */
  onStopped(listener: (why: EngineStopped) => void): () => void {
    if (this.#state === "stopped") listener(this.#stoppedBy)
    this.#stopping.add(listener)
    return () => this.#stopping.delete(listener)
  }

  /**
   * Waits until the run is settled: nothing queued, in flight or due, for the quiet period; at pace `fast`, during an
   * advance and while steps are left, when these have come to their end.
   */
  readonly settled: Effect.Effect<void, EngineStopped> = Effect.async((resume) => {
    if (this.#state === "stopped") return resume(Effect.fail(this.#stoppedBy))
    this.wake()
    if (this.drain()) return resume(Effect.void)
    const settling = (settled: Either.Either<void, EngineStopped>) => resume(settled)
    this.#settling.add(settling)
    return Effect.sync(() => this.#settling.delete(settling))
  })

  /** Calls `then` once the world is what the log says: at that moment it may be shown. The left: it never will be. */
  whenWritten(then: (written: Either.Either<void, EngineStopped>) => void): void {
    const tell = () => then(this.#state === "stopped" ? Either.left(this.#stoppedBy) : Either.void)
    if (this.#state === "stopped") tell()
    else this.#groups.whenWritten(tell)
  }

  /** Waits until the world is what the log says: what it holds then may be shown. */
  readonly written: Effect.Effect<void, EngineStopped> = Effect.async((resume) => this.whenWritten(resume))

  /** Goes on at this pace from now. */
  setPace(pace: Pace): Effect.Effect<void, EngineStopped | OrderFailed> {
    return Effect.asVoid(
      this.submit((at) => clockChanged.draft("", { ...this.#offset(pace, at), pace: formatPace(pace) })),
    )
  }

  /**
   * Runs as `fast` up to `ms` from now, settling at each due instant, then goes on at the pace before. An advance that is
   * under way already is made longer, never shorter.
   */
  advance(ms: number): Effect.Effect<void, EngineStopped | OrderFailed> {
    return Effect.zipRight(this.submit(advancing(ms)), this.settled)
  }

  /**
   * Goes to the next `n` due instants, settling at each. Steps that find no timer are not taken. At a pace that follows the
   * host the clock then stands otherwise against it, which is told, so that a restart goes on from there.
   */
  step(n: number): Effect.Effect<void, EngineStopped | OrderFailed> {
    return Effect.suspend(() => {
      this.#stepsLeft += n
      return rate(this.#pace) === 0 ? this.settled : Effect.zipRight(this.settled, this.setPace(this.#pace))
    })
  }

  /** Takes no more input; what waits is told why. */
  stop(why: EngineStopped): void {
    if (this.#state === "stopped") return
    this.#state = "stopped"
    this.#stoppedBy = why
    this.#alarm.set(undefined)
    for (const { lost } of [...this.#inbox.takeAll(), ...this.#askers.takeAll()]) lost(why)
    for (const settling of this.#settling) settling(Either.left(why))
    this.#groups.giveUp()
    for (const stopping of this.#stopping) stopping(why)
  }

  /** Looks again at what is to be done; also called when the clock brings a timer. */
  wake(): void {
    this.#pump.wake()
  }

  /** Takes at once what would be taken in a moment; tells whether the run is settled then, so that there is nothing to wait for. */
  drain(): boolean {
    return this.#pump.drain()
  }

  /** Returns whether the run is settled after it. */
  #takeGroup(until: number): boolean {
    const made: Array<Made<OpenRow>> = []
    const taken: Array<Taken> = []
    let end = this.#made
    let move: Move = { _tag: "Fire" }
    let poisoned: Poisoned | undefined
    for (let turns = 0; made.length < limits.commitEntriesMax; turns++) {
      // Reading the host's clock costs a tenth of a small turn.
      if (turns % turnsUnwatched === turnsUnwatched - 1 && this.#options.clock.hostMonotonic() >= until) break
      const next = this.#next(end, made.length > 0, taken.length > 0)
      if ("move" in next) {
        move = next.move
        break
      }
      const { input, at, waiting } = next
      const from = made.length
      try {
        end = runUnhashedTurn(this.world, end, input, at, made, encodeFor(this.#options.log))
      } catch (error) {
        if (!(error instanceof RuleFailed)) throw error
        made.length = from
        poisoned = { input, at, error, waiting }
        break
      }
      if (input.type === clockChanged.type) this.#turnClock(at)
      if (waiting !== undefined) taken.push({ waiting, from, to: made.length })
    }
    this.#made = end
    if (made.length > 0 || poisoned !== undefined) this.#groups.add({ made, taken, end, poisoned })
    return this.#goOn(made.length >= limits.commitEntriesMax ? { _tag: "Fire" } : move)
  }

  /** The input whose turn it is; when nothing is due and nothing waits, what is to be done instead. */
  #next(end: Place, made: boolean, taken: boolean): Next | { readonly move: Move } {
    const { clock } = this.#options
    for (;;) {
      const now = Math.max(clock.now(), end.at)
      const timer = nextTimer(this.world.slice(timersMachine))
      if (timer !== undefined && timer.due <= now)
        return { input: firing(timer), at: Math.max(timer.due, end.at), waiting: undefined }
      const waiting = this.#inbox.take()
      if (waiting !== undefined)
        return { input: typeof waiting.input === "function" ? waiting.input(now) : waiting.input, at: now, waiting }
      const move = this.#nextMove(now, timer?.due, made)
      if (move._tag === "Jump" && !taken) {
        if (move.step) this.#stepsLeft--
        clock.set(move.to, clock.pace())
      } else if (move._tag === "NothingToStep") this.#stepsLeft = 0
      else if (move._tag === "Arrive" && !taken) {
        const arrived = clockChanged.draft("", { arrived: true, ...this.#offset(this.#pace, move.at) })
        return { input: arrived, at: move.at, waiting: undefined }
      } else return { move }
    }
  }

  /** `busy`: something has happened since the last commit, so the quiet period has not begun. */
  #nextMove(now: number, due: number | undefined, busy: boolean): Move {
    const { outside } = this.#options
    const quiet = outside.quietMs(this.world) === 0 || (!busy && !this.#groups.busy && this.#quietLeft() <= 0)
    return nextMove({
      pace: this.#pace,
      now,
      due,
      settled: quiet && outside.inFlight(this.world) === 0,
      advanceTo: this.world.slice(clockMachine).advanceTo,
      stepsLeft: this.#stepsLeft,
    })
  }

  #quietLeft(): number {
    const quiet = this.#options.outside.quietMs(this.world)
    return quiet === 0 ? 0 : quiet - (this.#options.clock.hostMonotonic() - this.#lastActivity)
  }

  /** Where the clock stands against the host's at `at`, for paces that follow it. */
  #offset(pace: Pace, at: number): { readonly offset?: number } {
    return rate(pace) === 0 ? {} : { offset: at - this.#options.clock.hostNow() }
  }

  /** Moves the clock as the world's clock says after a `clock.changed`; an advance holds it between its jumps. */
  #turnClock(at: number) {
    const { advanceTo, pace } = this.world.slice(clockMachine)
    if (pace !== undefined) this.#pace = Either.getOrThrow(parsePace(pace))
    this.#options.clock.set(at, advanceTo === undefined ? this.#pace : { _tag: "paused" })
  }

  /** A group is in the log: everybody who waits for it is told. */
  #written({ made, taken, poisoned }: Group, head: Head) {
    if (this.#state === "stopped") return lose({ taken, poisoned }, this.#stoppedBy)
    if (made.length > 0) {
      this.#head = head
      this.#lastActivity = this.#options.clock.hostMonotonic()
      for (const { waiting, from, to } of taken) waiting.taken(made.slice(from, to))
      this.#askers.answer(made)
      this.#options.outside.committed(made, this.world)
      for (const listener of this.#listeners) listener(made)
    }
    if (poisoned !== undefined) this.#recover(poisoned)
  }

  /** The log is gone: nobody is answered as if it were done. */
  #unwritten(why: EngineStopped, groups: ReadonlyArray<Group>) {
    for (const group of groups) lose(group, why)
    this.stop(why)
  }

  /** After a group: more at once, at a later instant, or when something comes from outside. Returns whether the run is settled. */
  #goOn(move: Move): boolean {
    if (this.#state !== "running") return false
    if (this.queued > 0 || move._tag === "Fire" || move._tag === "Jump" || move._tag === "Arrive") {
      this.wake()
      return false
    }
    const quietLeft = this.#quietLeft()
    const hostMs = move._tag === "Wait" ? move.hostMs : undefined
    const wait = quietLeft > 0 ? Math.min(quietLeft, hostMs ?? quietLeft) : hostMs
    this.#alarm.set(wait)
    if (quietLeft > 0 || this.#options.outside.inFlight(this.world) > 0 || this.#groups.busy) return false
    if (move._tag === "AwaitSettled") {
      // The quiet period has ended since the move was chosen.
      this.wake()
      return false
    }
    const settling = [...this.#settling]
    this.#settling.clear()
    for (const settle of settling) settle(Either.void)
    return true
  }

  /** A rule threw: its world is made again from the log, and one entry says what happened; the run goes on, unless it was stopped meanwhile. */
  #recover({ input, at, error, waiting }: Poisoned) {
    const stopped = () => this.#state === "stopped"
    if (stopped()) return waiting?.lost(this.#stoppedBy)
    this.#state = "rebuilding"
    this.#runFork(
      Effect.map(Effect.exit(this.#options.rebuild), (rebuilt) => {
        if (stopped()) return waiting?.lost(this.#stoppedBy)
        if (Exit.isFailure(rebuilt))
          return this.#stopAt(waiting, `after ${error.message}: ${Cause.pretty(rebuilt.cause).split("\n", 1)[0] ?? ""}`)
        this.world = rebuilt.value
        return this.#failTurn(input, at, error, waiting)
      }),
    )
  }

  #failTurn(input: Draft, at: number, error: RuleFailed, waiting: Waiting | undefined) {
    const made: Array<Made<OpenRow>> = []
    try {
      const failed = failing(input, error)
      const end = runUnhashedTurn(this.world, this.#head, failed, at, made, encodeFor(this.#options.log))
      this.#state = "running"
      this.#made = end
      const taken = waiting === undefined ? [] : [{ waiting, from: 0, to: made.length }]
      this.#groups.add({ made, taken, end, poisoned: undefined })
      this.#goOn({ _tag: "Fire" })
    } catch (second) {
      this.#stopAt(waiting, `${error.message}; and then ${String(second)}`)
    }
  }

  /** Stops at an input that cannot even be told as failed. */
  #stopAt(waiting: Waiting | undefined, reason: string) {
    const why = new EngineStopped({ reason })
    waiting?.lost(why)
    this.stop(why)
  }
}
