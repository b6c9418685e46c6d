import { clockMachine } from "../clock/clock.machine.ts"
import { timersMachine } from "../clock/timers.machine.ts"
import type { Draft, Entry } from "../core/Entry.ts"
import type { Machine, World } from "../core/Machine.ts"
import { runMachine } from "./run.machine.ts"

// biome-ignore lint/suspicious/noExplicitAny: machines of different slices stand in one list
export type AnyMachine = Machine<any>

interface Reactor {
  readonly machine: string
  readonly run: (entry: Entry<unknown>) => ReadonlyArray<Draft>
}

/** The machines of every run, offered each entry before the others. */
const coreMachines: ReadonlyArray<AnyMachine> = [runMachine, clockMachine, timersMachine]

/**
 * The state of a run: a fold of its log. Which machines make it up is stated once, in order, and is part of the rules.
 */
export class WorldState implements World {
  at = 0
  readonly #slices = new Map<AnyMachine, unknown>()
  readonly #evolvers = new Map<string, Array<(entry: Entry<unknown>) => void>>()
  readonly #reactors = new Map<string, Array<Reactor>>()

  constructor(machines: ReadonlyArray<AnyMachine>) {
    for (const machine of [...coreMachines, ...machines]) {
      const slice = machine.initial()
      this.#slices.set(machine, slice)
      for (const { type, run } of machine.evolve) add(this.#evolvers, type, (entry) => run(slice, entry))
      for (const { type, run } of machine.react)
        add(this.#reactors, type, { machine: machine.name, run: (entry) => run(this, entry, slice) })
    }
  }

  get seed() {
    return this.slice(runMachine).seed
  }

  get settings() {
    return this.slice(runMachine).settings
  }

  get flags() {
    return this.slice(runMachine).flags
  }

  slice<S>(machine: Machine<S>): S {
    return this.#slices.get(machine) as S
  }

  /** Changes the state by one entry; no rule runs. */
  evolve(entry: Entry<unknown>): void {
    this.at = entry.at
    const evolvers = this.#evolvers.get(entry.type)
    if (evolvers !== undefined) for (let i = 0; i < evolvers.length; i++) evolvers[i]?.(entry)
  }

  /** The rules that answer this type of entry, in the machines' listed order. */
  reactorsOf(type: string): ReadonlyArray<Reactor> {
    return this.#reactors.get(type) ?? none
  }
}

const none: ReadonlyArray<Reactor> = []

const add = <A>(lists: Map<string, Array<A>>, type: string, item: A) => {
  const list = lists.get(type)
  if (list === undefined) lists.set(type, [item])
  else list.push(item)
}
