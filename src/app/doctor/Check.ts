import type * as Effect from "effect/Effect"

/**
 * What a look at one thing has found: `ok`; `warn`, something that may surprise later; `fail`, something that keeps Ringback from working.
 */
export interface Finding {
  readonly state: "ok" | "warn" | "fail"
  /** What was found, in one line. */
  readonly found: string
  /** What to do about it, a line or more; always there unless all is well. */
  readonly fix?: string
}

/** Something that `ringback doctor` looks at. It changes nothing, fails with nothing, and takes seconds at most. */
export interface Check {
  /** A word or two: `Node`, `port 8080`, `log`. */
  readonly about: string
  readonly look: Effect.Effect<Finding>
}

export const ok = (found: string): Finding => ({ state: "ok", found })
export const warn = (found: string, fix: string): Finding => ({ state: "warn", found, fix })
export const fail = (found: string, fix: string): Finding => ({ state: "fail", found, fix })
