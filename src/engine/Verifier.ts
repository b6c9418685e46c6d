import type * as Schema from "effect/Schema"
import { nextTimer, type Timer, timersMachine } from "../clock/timers.machine.ts"
import { canonical } from "../core/canonical.ts"
import {
  type Draft,
  decode,
  type Entry,
  genesis,
  hashOf,
  type OpenRow,
  type Row,
  type UnhashedRow,
} from "../core/Entry.ts"
import {
  outboundAnswered,
  outboundFailed,
  type RunStarted,
  runStarted,
  timerFired,
  turnFailed,
} from "../core/entries.ts"
import { onceAsked } from "../core/onceAsked.ts"
import type { Head } from "../log/EventLog.ts"
import { upcast as shipped } from "../log/upcasts.ts"
import { type Difference, differenceOf } from "./difference.ts"
import { firing } from "./drafts.ts"
import { shaped } from "./shaped.ts"
import { type Made, runUnhashedTurn } from "./turn.ts"
import { type AnyMachine, WorldState } from "./World.ts"

/** What verify says of a log. */
export type Verdict =
  | { readonly _tag: "Sound"; readonly entries: number; readonly digest: string; readonly at: number }
  | {
      /** Something was erased; all hashes, places, shapes and timers are right. */
      readonly _tag: "Edited"
      /** Why it is not called sound. */
      readonly problem: string
      readonly entries: number
      readonly digest: string
      readonly at: number
      readonly edits: ReadonlyArray<Edit>
      readonly turns: number
      /** Turns of which something was erased: they cannot be worked out again. */
      readonly passedOver: number
      /** Turns that were left whole, and that the rules make otherwise without what was erased; the first of them. */
      readonly otherwise: number
      readonly first?: Unsound
    }
  | {
      readonly _tag: "Unsound"
      /** The entry that is not what it should be. */
      readonly seq: number
      readonly problem: string
      /** For an outcome: the column, or the path into `data`, and both values. */
      readonly difference?: Difference
    }

/** One editing of a log: when, in host ms since the epoch, and how many entries something was erased of. */
export type Edit = NonNullable<RunStarted["edited"]>[number]

/** The rules a log is held against. */
export interface Rules {
  /** In the order they are offered entries. */
  readonly machines: ReadonlyArray<AnyMachine>
  /** Every type of entry there is: an input of another type or shape was never written by these rules. */
  readonly entryTypes: ReadonlyArray<{ readonly type: string; readonly schema: Schema.Schema.AnyNoContext }>
  /** Makes an entry of an older shape one of today's; by default the shipped upcasts. */
  readonly upcast?: (entry: Entry) => Entry
}

export type Unsound = Extract<Verdict, { _tag: "Unsound" }>

/**
 * Asks whether a log is what these rules make of its inputs: checks every hash, feeds outer inputs and answers in their
 * places, derives timers, and compares every entry byte for byte. No snapshot is read and no code of the log is run.
 */
export class Verifier {
  readonly #world: WorldState
  readonly #upcast: (entry: Entry) => Entry
  /** The newest row that was found right, as it is recorded. */
  #last: Head = { seq: 0, at: 0, hash: genesis }
  /** Outcomes that the rules have made and the log has yet to show. */
  #made: Array<Made<OpenRow>> = []
  #next = 0

  readonly #entryOf: ReturnType<typeof entryReader>

  constructor(rules: Rules) {
    this.#world = new WorldState(rules.machines)
    this.#upcast = rules.upcast ?? shipped
    this.#entryOf = entryReader(rules)
  }

  /**
   * Takes the next row; the verdict is there as soon as one is not what it should be. `matches`: whether it matches its hash
   * behind the row before. Then it need not be worked out here: a row that is made of the same columns has the same one.
   */
  take(row: Row, matches: boolean): Unsound | undefined {
    const seq = this.#last.seq + 1
    if (row.seq !== seq) return unsoundAt(seq, missing(seq, row.seq))
    const expected = this.#made[this.#next]
    if (!matches) return this.#altered(row)
    if (expected === undefined) return this.#takeInput(row)
    return this.#hold(row, expected.row)
  }

  /** Says what the log as a whole is, when all its rows have been taken. */
  end(): Verdict {
    const missing = this.#made[this.#next]
    const { seq, at, hash } = this.#last
    return missing === undefined
      ? { _tag: "Sound", entries: seq, digest: hash, at }
      : {
          _tag: "Unsound",
          seq: missing.row.seq,
          problem: `the log ends inside a turn: entry ${missing.row.seq} (${missing.row.type}) is missing`,
        }
  }

  /** Holds a row against the one the rules make. One of an older shape is held after its upcast, its hash as it is. */
  #hold(row: Row, made: UnhashedRow): Unsound | undefined {
    if (!same(row, row.data, made) && !same(row, this.#upcasted(row), made)) return differs(row, made, this.#last.hash)
    this.#next++
    this.#last = row
    return undefined
  }

  /** The data of a row of an older shape as it would be today. */
  #upcasted(row: Row): string | undefined {
    try {
      const entry = decode(row)
      const today = this.#upcast(entry)
      return today === entry ? undefined : canonical(today.data)
    } catch {
      return undefined // A row that cannot be read has no newer shape.
    }
  }

  #takeInput(row: Row): Unsound | undefined {
    const { seq } = row
    const placed = inputOf(row, this.#world, this.#last.at, this.#entryOf)
    if ("_tag" in placed) return placed
    this.#made = []
    this.#next = 0
    try {
      runUnhashedTurn(this.#world, this.#last, placed.input, placed.at, this.#made)
    } catch (error) {
      return unsoundAt(
        seq,
        `the rules fail on entry ${seq} (${row.type}): ${error instanceof Error ? error.message : error}`,
      )
    }
    return this.#hold(row, (this.#made[0] as Made<OpenRow>).row)
  }

  /** A row that does not match its hash; for an outcome with the field that differs from what the rules make. */
  #altered(row: Row): Unsound {
    const problem = `entry ${row.seq} does not match its hash`
    const expected = this.#made[this.#next]
    return expected === undefined
      ? { _tag: "Unsound", seq: row.seq, problem }
      : { ...differs(row, expected.row, this.#last.hash), problem }
  }
}

export const missing = (seq: number, found: number): string =>
  `entry ${seq} is missing; the log goes on with entry ${found}`

export const unsoundAt = (seq: number, problem: string): Unsound => ({ _tag: "Unsound", seq, problem })

/** Reads rows as entries of known types and shapes, each brought to today's. */
export const entryReader = ({ entryTypes, upcast = shipped }: Rules) => {
  const isShaped = new Map(entryTypes.map((each) => [each.type, onceAsked(() => shaped(each.schema))]))
  return (row: Row): Entry | Unsound => {
    const { kind, seq } = row
    try {
      const entry = upcast(decode(row))
      return isShaped.get(entry.type)?.()(entry.data) === true
        ? entry
        : unsoundAt(seq, `entry ${seq} is an ${kind} of no known type and shape: ${entry.type.slice(0, 100)}`)
    } catch (error) {
      return unsoundAt(seq, `entry ${seq} (${row.type}) cannot be read: ${String(error)}`)
    }
  }
}

/** The input that a row is, and when it enters; unsound where nothing like it may come. Of a timer that fires: the one that is due. */
export const inputOf = (
  row: Row,
  world: WorldState,
  lastAt: number,
  entryOf: ReturnType<typeof entryReader>,
): Unsound | { readonly input: Draft; readonly at: number } => {
  const { seq } = row
  if (row.kind !== "input") return unsoundAt(seq, `entry ${seq} (${row.type}) is an outcome that no rule makes`)
  if ((seq === 1) !== (row.type === runStarted.type))
    return unsoundAt(
      seq,
      seq === 1 ? `the log begins with ${row.type}, not ${runStarted.type}` : "the run starts twice",
    )
  if (row.at < lastAt) return unsoundAt(seq, `entry ${seq} is earlier than the one before: ${row.at} < ${lastAt}`)
  const timer = nextTimer(world.slice(timersMachine))
  if (row.type === timerFired.type)
    return timer === undefined
      ? unsoundAt(seq, `a timer fires at entry ${seq}, and none is set`)
      : { input: firing(timer), at: Math.max(timer.due, lastAt) }
  if (timer !== undefined && timer.due <= row.at && !isPoisoned(row, timer, lastAt))
    return unsoundAt(
      seq,
      `timer ${JSON.stringify(timer.key)} was due at ${timer.due}, before entry ${seq} (${row.type})`,
    )
  const echo = row.type === outboundAnswered.type || row.type === outboundFailed.type
  if (row.cause !== 0 && !echo)
    return unsoundAt(seq, `entry ${seq} (${row.type}) is an input with a cause: ${row.cause}`)
  const entry = entryOf(row)
  if ("_tag" in entry) return entry
  const { type, subject, data, cause } = entry
  return { input: { type, subject, data, cause }, at: row.at }
}

/** Whether a row tells that this very timer's turn failed: it enters in the place of the firing. */
const isPoisoned = (row: Row, timer: Timer, lastAt: number): boolean => {
  if (row.type !== turnFailed.type || row.at !== Math.max(timer.due, lastAt)) return false
  const { cause, data, subject, type } = firing(timer)
  try {
    return canonical(JSON.parse(row.data).input) === canonical({ cause, data, subject, type })
  } catch {
    return false // What cannot be read is no such entry; its shape is found wrong a moment later.
  }
}

/** Whether a row with this data instead of its own is the one that was made. */
export const same = (row: Row, data: string | undefined, made: UnhashedRow): boolean =>
  data === made.data &&
  row.at === made.at &&
  row.cause === made.cause &&
  row.type === made.type &&
  row.subject === made.subject &&
  row.kind === made.kind

export const differs = (recorded: Row, made: UnhashedRow, previous: string): Unsound => {
  const difference = differenceOf(recorded, made) ?? {
    field: "hash",
    recorded: recorded.hash,
    made: hashOf(made, previous),
  }
  return {
    _tag: "Unsound",
    seq: recorded.seq,
    problem: `entry ${recorded.seq} (${made.type}) is not what the rules make`,
    difference,
  }
}
