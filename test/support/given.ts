import { assertLeft, assertRight, deepStrictEqual, strictEqual } from "@effect/vitest/utils"
import type * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { rules } from "../../src/app/rules.ts"
import { type Draft, type Entry, genesis, type Kind } from "../../src/core/Entry.ts"
import { type Made, runTurn } from "../../src/engine/turn.ts"
import { type AnyMachine, WorldState } from "../../src/engine/World.ts"

/** A decider's given, when, then: a state, a command, and the drafts or the refusal it decides on. */
export const given =
  <S, C, E, R>(decide: (state: S, command: C) => Either.Either<ReadonlyArray<E>, R>) =>
  (state: S) => ({
    when: (command: C) => {
      const outcome = decide(state, command)
      return {
        // biome-ignore lint/suspicious/noThenProperty: given, when, then; nothing awaits it
        then: (...events: ReadonlyArray<E>) => assertRight(outcome, events),
        refused: (reason: R) => assertLeft(outcome, reason),
      }
    },
  })

/** Something that happened: a draft, and when and how it entered the log; at 0 and as an input unless it says. */
export type Fact = Draft & { readonly at?: number; readonly kind?: Kind }

/** A fact at an instant. */
export const at = (ms: number, draft: Draft): Fact => ({ ...draft, at: ms })

/** A world in which something has happened, and the turn that happened last. */
export interface Stage {
  readonly world: WorldState
  /** The last turn's entries, its input first. */
  readonly made: ReadonlyArray<Made>
  /** Runs one turn; the stage is then where that turn left the world. */
  readonly when: (input: Fact) => Stage
  /**
   * Checks the outcomes of the last turn, all of them and in order. Of a draft that names a cause the cause is checked too.
   */
  readonly then: (...drafts: ReadonlyArray<Draft>) => void
}

/**
 * A machine's given, when, then. What is given is folded, no rule runs over it: entry number n has seq n.
 *
 * Besides the machines named, the world has only those of every run (run, clock, timers). Every entry a turn makes is
 * checked against the schema of its type.
 */
export const givenEntries = (
  machine: AnyMachine | ReadonlyArray<AnyMachine>,
  ...entries: ReadonlyArray<Fact>
): Stage => {
  const machines: ReadonlyArray<AnyMachine> = Array.isArray(machine) ? machine : [machine as AnyMachine]
  const world = new WorldState(machines)
  let last = 0
  for (const [i, { aside: _, at: when = last, cause = 0, data, kind = "input", subject, type }] of entries.entries()) {
    last = when
    world.evolve({ seq: i + 1, at: when, cause, kind, type, subject, data })
  }
  return stage(world, entries.length, [])
}

const stage = (world: WorldState, seq: number, made: ReadonlyArray<Made>): Stage => ({
  world,
  made,
  when: ({ at: when = world.at, kind: _, ...input }) => {
    const next: Array<Made> = []
    const head = runTurn(world, { seq, at: world.at, hash: genesis }, input, when, next)
    for (const { entry } of next) checkShape(entry)
    return stage(world, head.seq, next)
  },
  // biome-ignore lint/suspicious/noThenProperty: given, when, then; nothing awaits it
  then: (...drafts) => {
    const outcomes = made.slice(1).map(({ entry }) => entry)
    deepStrictEqual(outcomes.map(shown), drafts.map(shown))
    for (const [i, { cause }] of drafts.entries()) if (cause !== undefined) strictEqual(outcomes[i]?.cause, cause)
  },
})

const shown = ({ data, subject, type }: { type: string; subject: string; data: unknown }) => ({ type, subject, data })

/** Checks an entry's data against the schema of its type. */
export const checkShape = ({ data, type }: Entry<unknown>): void => {
  const known = rules.entryTypes.find((each) => each.type === type)
  if (known === undefined) throw new Error(`${type} is no type of entry`)
  Schema.decodeUnknownSync(known.schema as Schema.Schema<unknown>, { onExcessProperty: "error" })(data)
}
