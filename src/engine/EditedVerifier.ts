import { type Draft, decode, type Entry, encodeUnhashed, genesis, type Row } from "../core/Entry.ts"
import { type RunStarted, runStarted, timerFired } from "../core/entries.ts"
import { holdsErased } from "../core/erase/mark.ts"
import { iso } from "../core/Instant.ts"
import { limits } from "../core/limits.ts"
import type { Head } from "../log/EventLog.ts"
import {
  differs,
  type Edit,
  entryReader,
  inputOf,
  missing,
  type Rules,
  same,
  type Unsound,
  unsoundAt,
  type Verdict,
} from "./Verifier.ts"
import { WorldState } from "./World.ts"

/** Whether the first row of a log says that it was edited. */
export const isEdited = (first: Row): boolean => editsOf(first).length > 0

const editsOf = (first: Row): ReadonlyArray<Edit> => {
  if (first.type !== runStarted.type || !first.data.startsWith('{"edited":[')) return []
  try {
    const { edited } = decode(first).data as Partial<RunStarted>
    return Array.isArray(edited) ? edited : []
  } catch {
    return [] // What cannot be read is no mark; the row is found wrong a moment later.
  }
}

/**
 * Asks of a log that was edited what can still be asked: every hash, the order, the shape of every entry, every timer; and of each turn that
 * was left whole whether it is what the rules make in a world that is folded from the entries as they are.
 *
 * Such a log is never called sound: whoever erased something could have put something else in its place. What was erased may have counted in
 * turns that were left whole (a queue that was full), so one that comes out otherwise is told, and is no proof of anything.
 */
export class EditedVerifier {
  readonly #world: WorldState
  readonly #entryOf: ReturnType<typeof entryReader>
  #last: Head = { seq: 0, at: 0, hash: genesis }
  #edits: ReadonlyArray<Edit> = []
  /** Rows of the turn at hand; its outcomes have been looked at, but not yet held against the rules. */
  #turn: Array<Row> = []
  #turns = 0
  #passedOver = 0
  #otherwise = 0
  #first: Unsound | undefined

  constructor(rules: Rules) {
    this.#world = new WorldState(rules.machines)
    this.#entryOf = entryReader(rules)
  }

  take(row: Row, matches: boolean): Unsound | undefined {
    const { seq } = row
    const next = this.#last.seq + this.#turn.length + 1
    if (seq !== next) return unsoundAt(next, missing(next, seq))
    if (!matches) return unsoundAt(seq, `entry ${seq} does not match its hash`)
    if (seq === 1) this.#edits = editsOf(row)
    const found = row.kind === "input" ? this.#takeTurn() : this.#outOfPlace(row)
    this.#turn.push(row)
    return found
  }

  end(): Verdict {
    const found = this.#takeTurn()
    if (found !== undefined) return found
    const { at, hash, seq } = this.#last
    const told = this.#edits.map((edit) => `edited on ${iso(edit.at)}, ${edit.entries} entries erased`)
    return {
      _tag: "Edited",
      problem: told.join("; "),
      entries: seq,
      digest: hash,
      at,
      edits: this.#edits,
      turns: this.#turns,
      passedOver: this.#passedOver,
      otherwise: this.#otherwise,
      ...(this.#first === undefined ? {} : { first: this.#first }),
    }
  }

  /** What an outcome can be seen to be wrong in without the rules. */
  #outOfPlace({ at, cause, seq, type }: Row): Unsound | undefined {
    const input = this.#turn[0]
    if (input === undefined || this.#turn.length > limits.turnEntriesMax)
      return unsoundAt(seq, `entry ${seq} (${type}) is an outcome that no rule makes`)
    if (at !== input.at)
      return unsoundAt(seq, `entry ${seq} (${type}) is not at its turn's instant: ${at}, not ${input.at}`)
    if (cause >= seq)
      return unsoundAt(seq, `entry ${seq} (${type}) follows from entry ${cause}, which is not before it`)
    return undefined
  }

  #takeTurn(): Unsound | undefined {
    const turn = this.#turn
    const [first] = turn
    if (first === undefined) return undefined
    this.#turn = []
    this.#turns++
    const placed = inputOf(first, this.#world, this.#last.at, this.#entryOf)
    if ("_tag" in placed) return placed
    if (first.type === timerFired.type) {
      const made = rowOf(placed.input, placed.at, first.seq, 0)
      if (!same(first, first.data, made)) return differs(first, made, this.#last.hash)
    }
    const entries: Array<Entry> = []
    for (const row of turn) {
      const entry = this.#entryOf(row)
      if ("_tag" in entry) return entry
      entries.push(entry)
    }
    const whole = !turn.some(({ data, subject }) => holdsErased(data) || holdsErased(subject))
    if (!whole) this.#passedOver++
    const found = this.#walk(turn, entries, whole)
    if (found !== undefined) return found
    this.#last = turn[turn.length - 1] ?? first
    return undefined
  }

  /** Folds a turn as it is recorded; of a whole one each reaction is held against what comes after. */
  #walk(turn: ReadonlyArray<Row>, entries: ReadonlyArray<Entry>, whole: boolean): Unsound | undefined {
    const expected: Array<{ readonly draft: Draft; readonly cause: number }> = []
    let comparing = whole
    const comesOut = (found: Unsound): void => {
      comparing = false
      this.#otherwise++
      this.#first ??= found
    }
    for (const [i, entry] of entries.entries()) {
      const row = turn[i] as Row
      const wanted = expected[i - 1]
      if (comparing && i > 0) {
        if (wanted === undefined)
          comesOut(unsoundAt(row.seq, `entry ${row.seq} (${row.type}) is an outcome that no rule makes`))
        else {
          const made = rowOf(wanted.draft, row.at, row.seq, wanted.cause, "outcome")
          if (!same(row, encodeUnhashed(entry).data, made)) comesOut(differs(row, made, this.#last.hash))
        }
      }
      try {
        this.#world.evolve(entry)
      } catch (error) {
        return unsoundAt(row.seq, `entry ${row.seq} (${row.type}) cannot be folded: ${String(error)}`)
      }
      if (comparing) this.#react(entry, expected, i, comesOut)
    }
    const left = expected[entries.length - 1]
    if (comparing && left !== undefined)
      comesOut(unsoundAt(this.#last.seq + turn.length + 1, `${left.draft.type} is missing at the end of a turn`))
    return undefined
  }

  /** What follows from an entry, which is the turn's outcome of this number, is added to what is expected of it. */
  #react(
    entry: Entry,
    expected: Array<{ readonly draft: Draft; readonly cause: number }>,
    outcome: number,
    comesOut: (found: Unsound) => void,
  ): void {
    try {
      for (const { run } of this.#world.reactorsOf(entry.type))
        for (const draft of run(entry)) expected.push({ draft, cause: draft.cause ?? entry.seq })
      if (expected.length === outcome)
        for (const { run } of this.#world.enders)
          for (const draft of run()) expected.push({ draft, cause: draft.cause })
    } catch (error) {
      comesOut(unsoundAt(entry.seq, `the rules fail on entry ${entry.seq} (${entry.type}): ${String(error)}`))
    }
  }
}

const rowOf = (draft: Draft, at: number, seq: number, cause: number, kind: "input" | "outcome" = "input") =>
  encodeUnhashed({
    seq,
    at,
    cause: draft.cause ?? cause,
    kind,
    type: draft.type,
    subject: draft.subject,
    data: draft.data,
  })
