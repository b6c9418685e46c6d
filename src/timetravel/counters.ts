/** Names of counters; what comes beyond counts as `other`: statuses of a log that was altered must not use up the memory. */
const namesMax = 100
/** Entries between two that all counters are kept of. */
const keptEvery = 4_096
/** Different things an entry may do to the counters. */
const effectsMax = 65_535

interface Effect {
  readonly add: ReadonlyArray<readonly [counter: number, by: number]>
  readonly zero: ReadonlyArray<number>
}

/** Counters as they were at every entry: what each entry does to them, two bytes of it, and all of them now and then. */
export class Counters {
  readonly #names: Array<string> = []
  readonly #numbers = new Map<string, number>()
  readonly #effects: Array<Effect> = [{ add: [], zero: [] }]
  readonly #effectNumbers = new Map<string, number>([["", 0]])
  #codes = new Uint16Array(keptEvery)
  #entries = 0
  readonly #kept: Array<ReadonlyArray<number>> = [[]]
  readonly #now: Array<number> = []
  #add: Array<readonly [number, number]> = []
  #zero: Array<number> = []

  /** The entry at hand changes a counter. */
  add(name: string, by: number): void {
    this.#add.push([this.#number(name), by])
  }

  /** The entry at hand sets a counter, and all whose names begin with it and a dot, to nothing. */
  zero(name: string): void {
    for (const [i, known] of this.#names.entries())
      if (known === name || known.startsWith(`${name}.`)) this.#zero.push(i)
  }

  /** The entry at hand is over. */
  end(): void {
    const effect = { add: this.#add, zero: this.#zero }
    if (this.#entries === this.#codes.length) {
      const longer = new Uint16Array(this.#codes.length * 2)
      longer.set(this.#codes)
      this.#codes = longer
    }
    if (effect.add.length > 0 || effect.zero.length > 0) {
      this.#codes[this.#entries] = this.#code(effect)
      apply(this.#now, effect)
      this.#add = []
      this.#zero = []
    }
    this.#entries++
    if (this.#entries % keptEvery === 0) this.#kept.push([...this.#now])
  }

  /** Every counter that is not zero as it was at an entry, by name in order. */
  at(seq: number): ReadonlyMap<string, number> {
    const entries = Math.max(0, Math.min(seq, this.#entries))
    const from = Math.floor(entries / keptEvery)
    const counts = [...(this.#kept[from] ?? [])]
    for (let i = from * keptEvery; i < entries; i++) {
      const code = this.#codes[i] as number
      if (code !== 0) apply(counts, this.#effects[code] as Effect)
    }
    const named = counts.flatMap((count, i) => (count ? [[this.#names[i] ?? "", count] as const] : []))
    return new Map(named.sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #number(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    if (this.#names.length >= namesMax && name !== otherOf(name)) return this.#number(otherOf(name))
    this.#numbers.set(name, this.#names.length)
    return this.#names.push(name) - 1
  }

  #code(effect: Effect): number {
    const key = `${effect.add.map(([counter, by]) => `${counter}${by < 0 ? "" : "+"}${by}`).join()} ${effect.zero.join()}`
    const known = this.#effectNumbers.get(key)
    if (known !== undefined) return known
    if (this.#effects.length > effectsMax) throw new Error(`entries do more than ${effectsMax} things to the counters`)
    this.#effectNumbers.set(key, this.#effects.length)
    return this.#effects.push(effect) - 1
  }
}

/** The counter of what has no counter of its own. */
const otherOf = (name: string): string => name.replace(/\..*$/s, ".other")

const apply = (counts: Array<number>, { add, zero }: Effect): void => {
  for (const counter of zero) counts[counter] = 0
  for (const [counter, by] of add) counts[counter] = (counts[counter] ?? 0) + by
}
