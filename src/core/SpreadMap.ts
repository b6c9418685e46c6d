import { keyHash } from "./keyHash.ts"

/**
 * Things by a key, of which there may be a million. It has no order.
 *
 * A `Map` that is full makes room for twice as many, and puts all it has there at once: 10 ms for 100,000 keys, and every caller waits.
 * This is many maps once it is large, each of which makes room for its own (docs/performance.md).
 */
export class SpreadMap<V> {
  // Not `#private`: whoever compares two of them is to see what they hold.
  private maps: Array<Map<string, V>> = [new Map()]
  private count = 0

  get size(): number {
    return this.count
  }

  get(key: string): V | undefined {
    return this.mapOf(key).get(key)
  }

  has(key: string): boolean {
    return this.mapOf(key).has(key)
  }

  set(key: string, value: V): void {
    const map = this.mapOf(key)
    const before = map.size
    map.set(key, value)
    if (map.size === before) return
    this.count++
    if (this.count === spreadFrom && this.maps.length === 1) this.spread()
  }

  /** Whether it was there. */
  delete(key: string): boolean {
    const gone = this.mapOf(key).delete(key)
    if (gone) this.count--
    return gone
  }

  *values(): Generator<V> {
    for (const map of this.maps) yield* map.values()
  }

  private mapOf(key: string): Map<string, V> {
    return this.maps[this.maps.length === 1 ? 0 : shareOf(key)] as Map<string, V>
  }

  private spread(): void {
    const [all] = this.maps as [Map<string, V>]
    this.maps = Array.from({ length: shares }, () => new Map())
    for (const [key, value] of all) this.mapOf(key).set(key, value)
  }
}

/** Into how many maps it is spread, a power of two, and from how many keys on: fewer are moved in a third of a millisecond. */
const shares = 256
const spreadFrom = 4_096

const shareOf = (key: string): number => keyHash(key) & (shares - 1)
