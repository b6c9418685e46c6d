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

/** What a machine does at the end of a turn. */
interface Ender {
  readonly machine: string
  readonly run: () => ReadonlyArray<Draft & { readonly cause: number }>
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
  /** The machines that do something at the end of a turn, in their listed order. */
  readonly enders: ReadonlyArray<Ender>

  /** A world before its first entry, or as it was saved. */
  constructor(machines: ReadonlyArray<AnyMachine>, saved?: SavedWorld) {
    this.at = saved?.at ?? 0
    const parts = saved === undefined ? undefined : new PartsInOrder(saved)
    const enders: Array<Ender> = []
    for (const machine of [...coreMachines, ...machines]) {
      const slice = parts === undefined ? machine.initial() : loaded(machine, parts.of(machine.name))
      this.#slices.set(machine, slice)
      for (const { type, run } of machine.evolve) add(this.#evolvers, type, (entry) => run(slice, entry))
      for (const { type, run } of machine.react)
        add(this.#reactors, type, { machine: machine.name, run: (entry) => run(this, entry, slice) })
      const { name, turnEnds } = machine
      if (turnEnds !== undefined) enders.push({ machine: name, run: () => turnEnds(this, slice) })
    }
    this.enders = enders
    parts?.end()
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

  /** Every slice by the name of its machine, to be looked at. */
  *slices(): Generator<readonly [machine: string, slice: unknown]> {
    for (const [{ name }, slice] of this.#slices) yield [name, slice]
  }

  /** The state as plain data, maps and sets, for a snapshot. It shares them with the world: to be written at once. */
  save(): SavedWorld {
    return { at: this.at, parts: this.#parts() }
  }

  *#parts(): Generator<SavedPart> {
    for (const [machine, slice] of this.#slices)
      for (const part of machine.snapshot === undefined ? [slice] : machine.snapshot.save(slice))
        yield [machine.name, part]
  }

  /** Whether entries of this type change any slice. */
  evolvesBy(type: string): boolean {
    return this.#evolvers.has(type)
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

/** Some of a slice, by the name of its machine. */
export type SavedPart = readonly [machine: string, part: unknown]

/** A world's state outside of it: the parts of each slice in their order, machine after machine. It may be walked once. */
export interface SavedWorld {
  readonly at: number
  readonly parts: Iterable<SavedPart>
}

/** Hands each machine its parts as they are asked for: what is made of them need not lie beside them all. */
class PartsInOrder {
  readonly #parts: Iterator<SavedPart>
  #next: SavedPart | undefined

  constructor({ parts }: SavedWorld) {
    this.#parts = parts[Symbol.iterator]()
    this.#advance()
  }

  #advance(): void {
    const { done, value } = this.#parts.next()
    this.#next = done === true ? undefined : value
  }

  /** What was saved of a machine; it has to be walked before the next one is asked for. */
  *of(machine: string): Generator<unknown> {
    while (this.#next?.[0] === machine) {
      const [, part] = this.#next
      this.#advance()
      yield part
    }
  }

  /** Throws when something is left: the parts are of other machines, or in another order. */
  end(): void {
    if (this.#next !== undefined) throw new Error(`a part of ${this.#next[0]} was saved out of order`)
  }
}

const loaded = (machine: AnyMachine, parts: Iterable<unknown>): unknown => {
  if (machine.snapshot !== undefined) return machine.snapshot.load(parts)
  const [slice] = parts
  return slice
}

const none: ReadonlyArray<Reactor> = []

const add = <A>(lists: Map<string, Array<A>>, type: string, item: A) => {
  const list = lists.get(type)
  if (list === undefined) lists.set(type, [item])
  else list.push(item)
}
