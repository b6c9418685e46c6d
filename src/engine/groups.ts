import * as Either from "effect/Either"
import { chained, type Draft, type OpenRow, type Row } from "../core/Entry.ts"
import type { EventLog, Head, LogUnavailable } from "../log/EventLog.ts"
import type { Waiting } from "./inbox.ts"
import type { EngineStopped } from "./outside.ts"
import type { Made, Place, RuleFailed } from "./turn.ts"

/** An input with the entries of its turn, as they lie in a group. */
export interface Taken {
  readonly waiting: Waiting
  readonly from: number
  readonly to: number
}

/** The input at which a rule threw. */
export interface Poisoned {
  readonly input: Draft
  readonly at: number
  readonly error: RuleFailed
  readonly waiting: Waiting | undefined
}

/** Turns that go into the log together, and where it ends then. Their rows get their hashes as they are written. */
export interface Group {
  readonly made: ReadonlyArray<Made<OpenRow>>
  readonly taken: ReadonlyArray<Taken>
  readonly end: Place
  /** What came after them. */
  readonly poisoned: Poisoned | undefined
}

/** Tells everybody whose input is in a group that nobody knows whether it is in the log. */
export const lose = ({ poisoned, taken }: Pick<Group, "poisoned" | "taken">, why: EngineStopped): void => {
  for (const { waiting } of taken) waiting.lost(why)
  poisoned?.waiting?.lost(why)
}

/** Who hears of groups. */
export interface Hears {
  /** A group is in the log. */
  readonly written: (group: Group, head: Head) => void
  /** The log has failed: the group at which it did, and all after it, are not in it. */
  readonly failed: (why: LogUnavailable, groups: ReadonlyArray<Group>) => void
  /** A group that was written beside the caller has ended, so there is room for another. */
  readonly free: () => void
}

/** Writes groups in their order: big ones on the log's own thread, while the next are made and handed over, as many as it takes. */
export class Groups {
  readonly #log: typeof EventLog.Service
  readonly #hears: Hears
  /** The newest row in the log; undefined before this engine's first. */
  #last: OpenRow | undefined
  readonly #hashBefore: string
  /** Groups that the log has and is not done with, the oldest first. */
  readonly #writing: Array<Group> = []
  /** The group behind these, which the log has not taken yet. */
  #held: Group | undefined
  /** A rule has thrown over the world, and what is told of that has not come yet. */
  #broken = false
  #awaiting: Array<() => void> = []

  constructor(log: typeof EventLog.Service, hash: string, hears: Hears) {
    this.#log = log
    this.#hashBefore = hash
    this.#hears = hears
  }

  /** The hash of a row in the log; of none, the one before this engine's first. */
  readonly hashOf = (row: Row | undefined): string => {
    if (row === undefined) return this.#hashBefore
    return this.#log.packed?.hashAt(row.seq) ?? row.hash
  }

  /** Whether the world is not what the log says: a group is not in it yet, or the world has to be made anew. */
  get busy(): boolean {
    return this.#writing.length > 0 || this.#held !== undefined || this.#broken
  }

  /**
   * Whether the next group has to wait: one is held already, it would be made over a world that cannot be trusted, or somebody
   * wants to see the world as it is in the log.
   */
  get full(): boolean {
    const last = this.#writing.at(-1)
    return this.#held !== undefined || last?.poisoned !== undefined || (last !== undefined && this.#awaiting.length > 0)
  }

  /** Calls `then` once the world is what the log says, or never will be. */
  whenWritten(then: () => void): void {
    if (this.busy) this.#awaiting.push(then)
    else then()
  }

  /** Nothing more will be written: whoever waits is called. */
  giveUp(): void {
    for (const then of this.#awaiting.splice(0)) then()
  }

  /** Takes a group; not while it is full. After a poisoned one: what is told of it, over the world made anew. */
  add(group: Group): void {
    this.#broken = false
    this.#held = group
    this.#writeHeld()
  }

  /** Writes the held group, or hands it over behind those that are being written, if that can be done now. */
  #writeHeld(): void {
    const group = this.#held
    if (group === undefined) return
    const alone = this.#writing.length === 0
    if (!alone && !(group.made.length > 0 && this.#give(group, undefined))) return
    this.#held = undefined
    if (alone) this.#write(group)
  }

  #write(group: Group): void {
    const { made } = group
    if (made.length === 0) {
      this.#broken = true
      this.#hears.written(group, this.#headAt(group.end))
      return
    }
    const rows = rowsOf(group)
    // A packed log makes hashes late: to ask it for one before each group would have them made here, one by one.
    if (this.#log.packed === undefined) {
      let hash = this.hashOf(this.#last)
      if (this.#give(group, hash)) return
      for (const row of rows) hash = chained(row, hash).hash
    }
    this.#writing.push(group)
    this.#end(group, this.#log.append(rows))
  }

  /** Hands a group to the log's own thread, if that takes it: behind this hash, or behind the groups that are being written. */
  #give(group: Group, previous: string | undefined): boolean {
    const written = (result: Either.Either<void, LogUnavailable>) => {
      if (this.#writing[0] !== group) return // It was told with one before it, which has failed.
      this.#end(group, result)
      this.#hears.free()
    }
    const given = this.#log.appendBehind?.(rowsOf(group), previous, written) === true
    if (given) this.#writing.push(group)
    return given
  }

  /** The oldest group that is being written has come to its end. */
  #end(group: Group, result: Either.Either<void, LogUnavailable>): void {
    if (Either.isLeft(result)) {
      const lost = [...this.#writing.splice(0), ...(this.#held === undefined ? [] : [this.#held])]
      this.#held = undefined
      this.#hears.failed(result.left, lost)
      return
    }
    this.#writing.shift()
    this.#broken = group.poisoned !== undefined
    this.#last = group.made[group.made.length - 1]?.row
    // Whoever hears of it may ask whether all is in the log: what is held counts until it is written itself.
    this.#hears.written(group, this.#headAt(group.end))
    this.#writeHeld()
    if (!this.busy) for (const then of this.#awaiting.splice(0)) then()
  }

  #headAt({ seq, at }: Place): Head {
    return new GroupHead(seq, at, this.#last, this.hashOf)
  }
}

/** A log that makes hashes late is only asked for one when somebody looks at the head's. */
class GroupHead implements Head {
  readonly seq: number
  readonly at: number
  readonly #last: OpenRow | undefined
  readonly #hashOf: (row: Row | undefined) => string

  constructor(seq: number, at: number, last: OpenRow | undefined, hashOf: (row: Row | undefined) => string) {
    this.seq = seq
    this.at = at
    this.#last = last
    this.#hashOf = hashOf
  }

  get hash(): string {
    return this.#hashOf(this.#last)
  }
}

const rowsOf = ({ made }: Group): ReadonlyArray<OpenRow> => made.map(({ row }) => row)
