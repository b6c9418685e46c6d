import * as Either from "effect/Either"

/**
 * How virtual time moves against the host's.
 *
 * `real` and `times` follow it; `paused` stands still and moves only by step and advance; `fast` jumps to the next due
 * timer as soon as the run is settled.
 */
export type Pace =
  | { readonly _tag: "real" }
  | { readonly _tag: "times"; readonly n: number }
  | { readonly _tag: "paused" }
  | { readonly _tag: "fast" }

const timesMax = 1_000_000

/** Reads `real`, `<n>x` (1 to 1,000,000), `paused`, `fast`; the left says what was expected. */
export const parsePace = (text: string): Either.Either<Pace, string> => {
  if (text === "real" || text === "paused" || text === "fast") return Either.right({ _tag: text })
  const times = /^([1-9][0-9]{0,6})x$/.exec(text)
  const n = times === null ? 0 : Number(times[1])
  return n >= 1 && n <= timesMax
    ? Either.right({ _tag: "times", n })
    : Either.left(`expected real, paused, fast or <n>x with n from 1 to ${timesMax}, found ${JSON.stringify(text)}`)
}

export const formatPace = (pace: Pace): string => (pace._tag === "times" ? `${pace.n}x` : pace._tag)

/** Virtual ms per host ms; 0 where host time never enters. */
export const rate = (pace: Pace): number => (pace._tag === "real" ? 1 : pace._tag === "times" ? pace.n : 0)

/** What the run looks like to whoever decides how it goes on. */
export interface Standing {
  readonly pace: Pace
  /** Virtual now. */
  readonly now: number
  /** When the next timer is due, if any is set. */
  readonly due: number | undefined
  /** Nothing queued, nothing in flight, for as long as the quiet period asks. */
  readonly settled: boolean
  /** Where an advance under way ends. */
  readonly advanceTo: number | undefined
  /** Due instants still to be stepped to. */
  readonly stepsLeft: number
}

/** How the run goes on once everything queued has been taken. */
export type Move =
  /** Timers are due: fire them. */
  | { readonly _tag: "Fire" }
  /** Set the clock to this instant; timers due then fire next. `step` says that this uses up one step. */
  | { readonly _tag: "Jump"; readonly to: number; readonly step: boolean }
  /** The advance has reached its end. */
  | { readonly _tag: "Arrive"; readonly at: number }
  /** A step was asked for and no timer is left to step to. */
  | { readonly _tag: "NothingToStep" }
  /** The clock brings the next timer in this many host ms. */
  | { readonly _tag: "Wait"; readonly hostMs: number }
  /** Whatever is in flight has to come back first. */
  | { readonly _tag: "AwaitSettled" }
  /** Only something from outside can bring this run on. */
  | { readonly _tag: "Idle" }

/**
 * Decides how the run goes on. Pure: the engine carries it out.
 *
 * An advance and a step behave as `fast` does, so the same entries come about whichever way the clock is moved.
 */
export const nextMove = (run: Standing): Move => {
  const { due, now, advanceTo } = run
  if (due !== undefined && due <= now) return { _tag: "Fire" }
  if (advanceTo !== undefined) {
    if (!run.settled) return { _tag: "AwaitSettled" }
    return due !== undefined && due <= advanceTo
      ? { _tag: "Jump", to: due, step: false }
      : { _tag: "Arrive", at: Math.max(advanceTo, now) }
  }
  if (run.stepsLeft > 0) {
    if (!run.settled) return { _tag: "AwaitSettled" }
    return due === undefined ? { _tag: "NothingToStep" } : { _tag: "Jump", to: due, step: true }
  }
  switch (run.pace._tag) {
    case "fast":
      if (due === undefined) return { _tag: "Idle" }
      return run.settled ? { _tag: "Jump", to: due, step: false } : { _tag: "AwaitSettled" }
    case "paused":
      return { _tag: "Idle" }
    case "real":
    case "times":
      return due === undefined ? { _tag: "Idle" } : { _tag: "Wait", hostMs: Math.ceil((due - now) / rate(run.pace)) }
  }
}
