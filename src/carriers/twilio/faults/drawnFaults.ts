import type { Entry } from "../../../core/Entry.ts"
import type { FaultDrawn } from "./entries.ts"

/** What is known of faults besides the settings. */
export interface Faults {
  /** How many draws each matcher had. */
  readonly draws: Map<string, number>
  /** Requests whose answer will never arrive, by their seq, until it is made. */
  readonly unheard: Set<number>
}

export const noFaults = (): Faults => ({ draws: new Map(), unheard: new Set() })

/** Counts draws, and remembers a request whose answer will not arrive. */
export const countDraws = ({ draws, unheard }: Faults, { cause, data }: Entry<FaultDrawn>): void => {
  for (const { matcher, n } of data.draws) draws.set(matcher, n + 1)
  if (data.action !== undefined && "drop" in data.action && data.action.drop === "answer") unheard.add(cause)
}
