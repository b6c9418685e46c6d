import * as Either from "effect/Either"
import { chained, type Draft, type OpenRow, type Row } from "../core/Entry.ts"
import type { EventLog, Head, LogUnavailable } from "../log/EventLog.ts"
import type { Waiting } from "./inbox.ts"
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

/** Who hears of groups. */
export interface Hears {
  /** A group is in the log. */
  readonly written: (group: Group, head: Head) => void
  /** The log has failed: the group at which it did, and all after it, are not in it. */
  readonly failed: (why: LogUnavailable, groups: ReadonlyArray<Group>) => void
  /** A group that was written beside the caller has ended, so there is room for another. */
  readonly free: () => void
}

/** Writes groups in their order: a big one on the log's own thread, while the next one is made and handed over. */
export class Groups {
  readonly #log: typeof EventLog.Service
  readonly #hears: Hears
  /** The newest row in the log; undefined before this engine's first. */
  #last: OpenRow | undefined
  readonly #hashBefore: string
  #writing: Group | undefined
  #held: Group | undefined
  /** Whether the log has the held group already, behind the one that is being written. */
  #heldGiven = false
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
    return this.#writing !== undefined || this.#held !== undefined || this.#broken
  }

  /**
   * Whether the next group has to wait: one is held already, it would be made over a world that cannot be trusted, or somebody
   * wants to see the world as it is in the log.
   */
  get full(): boolean {
    return (
      this.#held !== undefined ||
      this.#writing?.poisoned !== undefined ||
      (this.#writing !== undefined && this.#awaiting.length > 0)
    )
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
    if (this.#writing === undefined) this.#write(group)
    else {
      this.#held = group
      this.#heldGiven = group.made.length > 0 && this.#give(group, undefined)
    }
  }

  #write(group: Group): void {
    const { made } = group
    if (made.length === 0) {
      this.#broken = true
      this.#hears.written(group, this.#headAt(group.end))
      return
    }
    this.#writing = group
    const rows = rowsOf(group)
    // A packed log makes hashes late: to ask it for one before each group would have them made here, one by one.
    if (this.#log.packed === undefined) {
      let hash = this.hashOf(this.#last)
      if (this.#give(group, hash)) return
      for (const row of rows) hash = chained(row, hash).hash
    }
    this.#end(group, this.#log.append(rows))
  }

  /** Hands a group to the log's own thread, if that takes it: behind this hash, or behind the group that is being written. */
  #give(group: Group, previous: string | undefined): boolean {
    const written = (result: Either.Either<void, LogUnavailable>) => {
      if (this.#writing !== group) return // It was told with the one before, which has failed.
      this.#end(group, result)
      this.#hears.free()
    }
    return this.#log.appendBehind?.(rowsOf(group), previous, written) === true
  }

  #end(group: Group, result: Either.Either<void, LogUnavailable>): void {
    const held = this.#held
    this.#writing = undefined
    if (Either.isLeft(result)) {
      this.#held = undefined
      this.#hears.failed(result.left, held === undefined ? [group] : [group, held])
      return
    }
    this.#broken = group.poisoned !== undefined
    this.#last = group.made[group.made.length - 1]?.row
    // Whoever hears of it may ask whether all is in the log: what is held counts until it is written itself.
    this.#hears.written(group, this.#headAt(group.end))
    this.#held = undefined
    if (held !== undefined && this.#heldGiven) this.#writing = held
    else if (held !== undefined) this.#write(held)
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
