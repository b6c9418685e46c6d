/**
 * A map that stays small: an entry is forgotten a while after it was set, and the one used longest ago when there are too many.
 *
 * Units   `keepMs` and every `now` are ms of one clock
 * Cost    a constant amount of work for each call but `entries`
 */
export class Bounded<K, V> {
  readonly #max: number
  readonly #keepMs: number
  /** In the order of use, oldest first. */
  readonly #kept = new Map<K, { readonly value: V; readonly until: number }>()

  constructor({ max, keepMs }: { readonly max: number; readonly keepMs: number }) {
    this.#max = max
    this.#keepMs = keepMs
  }

  get size(): number {
    return this.#kept.size
  }

  get(key: K, now: number): V | undefined {
    const found = this.#kept.get(key)
    if (found === undefined) return undefined
    this.#kept.delete(key)
    if (found.until <= now) return undefined
    this.#kept.set(key, found)
    return found.value
  }

  set(key: K, value: V, now: number): void {
    this.#kept.delete(key)
    this.#kept.set(key, { value, until: now + this.#keepMs })
    if (this.#kept.size <= this.#max) return
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest)
      return
    }
  }

  /** Whether there was one. */
  delete(key: K): boolean {
    return this.#kept.delete(key)
  }

  /** What is kept still, used longest ago first. */
  entries(now: number): ReadonlyArray<readonly [key: K, value: V]> {
    return [...this.#kept].flatMap(([key, { value, until }]) => (until <= now ? [] : [[key, value] as const]))
  }
}
