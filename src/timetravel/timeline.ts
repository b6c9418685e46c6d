import type { Entry, Kind } from "../core/Entry.ts"
import { timerFired } from "../core/entries.ts"
import { gist } from "./gist.ts"
import { type Lane, laneOf, lanes, type MarkState, stateOf } from "./marks.ts"

/** An entry as a timeline shows it. `at` virtual ms. */
export interface Mark {
  readonly seq: number
  readonly at: number
  /** The entry it follows from; 0 if none. */
  readonly cause: number
  readonly kind: Kind
  readonly type: string
  readonly subject: string
  readonly lane: Lane
  readonly state: MarkState
  /** What it says, in a few words, as it stands in the log: whoever shows it escapes it. */
  readonly gist: string
}

/** That a mark follows from another. `waited`: time has passed in between, because a timer was waited for. */
export interface Arrow {
  readonly from: number
  readonly to: number
  readonly waited: boolean
  readonly state: MarkState
}

/** Entries in swim lanes, with what follows from what: plain data, for the terminal, the pages and traces. */
export interface Timeline {
  /** Whose it is; undefined for all there is. */
  readonly subject: string | undefined
  readonly lanes: ReadonlyArray<Lane>
  /** In the order of the log. */
  readonly marks: ReadonlyArray<Mark>
  /** Between marks of this timeline; what follows from an entry that is not in it has none. */
  readonly arrows: ReadonlyArray<Arrow>
}

/** The timeline of these entries, which stand in the order of the log. */
export const timelineOf = (entries: ReadonlyArray<Entry<unknown>>, subject?: string): Timeline => {
  const marks = entries.map(markOf)
  const there = new Set(marks.map(({ seq }) => seq))
  return {
    subject,
    lanes,
    marks,
    arrows: marks
      .filter(({ cause, seq }) => cause !== seq && there.has(cause))
      .map(({ cause, seq, state, type }) => ({ from: cause, to: seq, waited: type === timerFired.type, state })),
  }
}

const markOf = (entry: Entry<unknown>): Mark => {
  const { at, cause, kind, seq, subject, type } = entry
  return { seq, at, cause, kind, type, subject, lane: laneOf(entry), state: stateOf(entry), gist: gist(entry as Entry) }
}
