import { clockChanged, runResumed, runStarted } from "../core/entries.ts"
import { evolves, type Machine } from "../core/Machine.ts"

/** What the log knows of the clock: enough to go on after a restart. */
export interface ClockSlice {
  /** The pace ordered last, if any was; a start's own pace is the command line's. */
  pace: string | undefined
  /** Virtual minus host ms when the clock last followed the host. */
  offset: number | undefined
  /** Where an advance under way ends. */
  advanceTo: number | undefined
}

export const clockMachine: Machine<ClockSlice> = {
  name: "clock",
  initial: () => ({ pace: undefined, offset: undefined, advanceTo: undefined }),
  evolve: [
    evolves(runStarted, (clock, { data }) => {
      clock.offset = data.offset
    }),
    evolves(runResumed, (clock, { data }) => {
      clock.offset = data.offset ?? clock.offset
    }),
    evolves(clockChanged, (clock, { at, data }) => {
      // A second advance never cuts the first one short.
      if ("advance_ms" in data) clock.advanceTo = Math.max(clock.advanceTo ?? at, at + data.advance_ms)
      else {
        if ("pace" in data) clock.pace = data.pace
        else clock.advanceTo = undefined
        clock.offset = data.offset ?? clock.offset
      }
    }),
  ],
  react: [],
}
