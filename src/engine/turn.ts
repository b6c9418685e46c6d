import {
  chained,
  type Draft,
  type Entry,
  encodeUnhashed,
  type OpenRow,
  type Row,
  type UnhashedRow,
} from "../core/Entry.ts"
import { limits } from "../core/limits.ts"
import type { EventLog, Head } from "../log/EventLog.ts"
import type { WorldState } from "./World.ts"

/** One entry of a turn, with its stored form and what was told aside. The row's hash is empty where the log is packed. */
export interface Made<R extends UnhashedRow = Row> {
  readonly entry: Entry<unknown>
  readonly row: R
  readonly aside: string | undefined
}

/** A rule threw, or made a turn without end: a defect. The world it happened in can no longer be trusted. */
export class RuleFailed extends Error {
  override readonly name = "RuleFailed"
}

/**
 * Runs one turn: appends the input, then takes draft after draft: append, evolve, offer to the machines in their listed
 * order, queue what they answer. A reaction never sees the effect of a later entry. When no draft is left, the machines that
 * have something to do about what a turn leaves open are asked.
 *
 * Adds what it made to `made` and returns the new head. Throws `RuleFailed`; `made` then holds a partial turn.
 */
export const runTurn = (world: WorldState, head: Head, input: Draft, at: number, made: Array<Made>): Head => {
  const first = made.length
  const { seq } = runUnhashedTurn(world, head, input, at, made as Array<Made<OpenRow>>)
  let { hash } = head
  for (let i = first; i < made.length; i++) hash = chained((made[i] as Made<OpenRow>).row, hash).hash
  return { seq, at, hash }
}

/** The same turn without its hashes, for whoever knows them to be right already or has them made elsewhere. */
export const runUnhashedTurn = (
  world: WorldState,
  head: Place,
  input: Draft,
  at: number,
  made: Array<Made<OpenRow>>,
  encode: Encode = encodeUnhashed,
): Place => ({ seq: run(world, head, input, at, made, encode), at })

/** Makes an entry the row that is to be kept, but for its hash. */
export type Encode = (entry: Entry<unknown>) => OpenRow

/** How the entries of a turn are encoded for a log. */
export const encodeFor = ({ packed }: Pick<typeof EventLog.Service, "packed">): Encode =>
  packed === undefined ? encodeUnhashed : packed.encode

/** A head without its hash. */
export type Place = Pick<Head, "seq" | "at">

/** Returns the seq of the turn's last entry. */
const run = (
  world: WorldState,
  head: Place,
  input: Draft,
  at: number,
  made: Array<Made<OpenRow>>,
  encode: Encode,
): number => {
  if (at < head.at) throw new RuleFailed(`${input.type} would enter at ${at}, before the entry at ${head.at}`)
  const first = made.length
  const drafts: Array<Draft> = [input]
  const causes: Array<number> = [input.cause ?? 0]
  let { seq } = head
  for (let i = 0; i < drafts.length; i++) {
    const draft = drafts[i] as Draft
    const entry: Entry<unknown> = {
      seq: ++seq,
      at,
      cause: causes[i] as number,
      kind: i === 0 ? "input" : "outcome",
      type: draft.type,
      subject: draft.subject,
      data: draft.data,
    }
    let machine = "the log"
    try {
      made.push({ entry, row: encode(entry), aside: draft.aside })
      machine = "the world"
      world.evolve(entry)
      for (const reactor of world.reactorsOf(entry.type)) {
        machine = reactor.machine
        for (const answer of reactor.run(entry)) {
          drafts.push(answer)
          causes.push(answer.cause ?? entry.seq)
        }
      }
      if (i + 1 === drafts.length)
        for (const ender of world.enders) {
          machine = ender.machine
          for (const draft of ender.run()) {
            drafts.push(draft)
            causes.push(draft.cause)
          }
        }
    } catch (error) {
      throw new RuleFailed(`${machine} on ${draft.type}: ${describe(error)}`, { cause: error })
    }
    if (drafts.length > limits.turnEntriesMax)
      throw new RuleFailed(
        `a turn begun by ${input.type} is longer than ${limits.turnEntriesMax} entries; it ends in ${lastTypes(made, first)}`,
      )
  }
  return seq
}

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : String(error).slice(0, 500)

const lastTypes = (made: ReadonlyArray<Made<UnhashedRow>>, first: number): string =>
  made
    .slice(Math.max(first, made.length - 4))
    .map(({ entry }) => entry.type)
    .join(", ")
