/** One field in which what was made differs from what was recorded. */
export interface Difference {
  /** The recorded exchange; of a callback that nobody recorded the one before it, 0 without one. */
  readonly n: number
  /** Virtual ms. */
  readonly at: number
  readonly what: "answer" | "callback"
  /** The request in a few words. */
  readonly title: string
  /** `status`, `body.error_code`, `params.MessageStatus`; of a callback that is missing or one too many `callback`. */
  readonly field: string
  readonly recorded: string
  readonly made: string
}

/** An exchange that was not compared, and why; 0: what comes before the first. */
export interface LeftOut {
  readonly n: number
  readonly reason: string
}

/** How the simulator fares beside a recording. */
export interface Comparison {
  /** Answers and callbacks that were compared, and how many of those differ in nothing. */
  readonly answers: { readonly compared: number; readonly same: number }
  readonly callbacks: { readonly compared: number; readonly same: number }
  readonly fields: number
  readonly differences: ReadonlyArray<Difference>
  readonly leftOut: ReadonlyArray<LeftOut>
}

/** The share of answers and callbacks that differ in nothing, in hundredths of a percent; 0 where nothing was compared. */
export const likeness = ({ answers, callbacks }: Comparison): number => {
  const compared = answers.compared + callbacks.compared
  return compared === 0 ? 0 : Math.floor(((answers.same + callbacks.same) * 10_000) / compared)
}
