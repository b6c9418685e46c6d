/**
 * Places by keys, which lie elsewhere: where a `Map` holds each key and a word for each of its parts, this has eight bytes for a place.
 *
 * `isAt` says whether a place has a key. Without it keys of the same 32 bits of hash have one place together: what is found by it is to
 * be looked at.
 */
export class HashedPlaces {
  readonly #isAt: (place: number, key: string) => boolean
  /** Slots of two: the hash of a key, and its place from 1 on; 0: nobody's, -1: nobody's any more. */
  #slots = new Int32Array(2 * slotsMin)
  /** Slots that are not nobody's: those of keys, and those of keys that are gone. */
  #used = 0
  #size = 0
  /** The key that was found or given last: within a turn it is asked for again and again. */
  #lastKey: string | undefined
  #lastPlace: number | undefined

  constructor(isAt: (place: number, key: string) => boolean = () => true) {
    this.#isAt = isAt
  }

  /** How many keys there are. */
  get size(): number {
    return this.#size
  }

  get(key: string): number | undefined {
    if (key === this.#lastKey) return this.#lastPlace
    const slot = this.#slotOf(key, hashOf(key))
    const told = this.#slots[slot + 1] as number
    if (told === nobodys) return undefined
    this.#lastKey = key
    this.#lastPlace = told - 1
    return this.#lastPlace
  }

  /** Gives a key a place: a new one, or another one than it had. */
  set(key: string, place: number): void {
    const hash = hashOf(key)
    const slot = this.#slotOf(key, hash)
    const isNew = this.#slots[slot + 1] === nobodys
    this.#slots[slot] = hash
    this.#slots[slot + 1] = place + 1
    this.#lastKey = key
    this.#lastPlace = place
    if (!isNew) return
    this.#size++
    this.#used++
    if (this.#used * 2 * 4 > this.#slots.length * 3) this.#grow()
  }

  delete(key: string): void {
    const slot = this.#slotOf(key, hashOf(key))
    if (this.#slots[slot + 1] === nobodys) return
    this.#slots[slot + 1] = gone
    this.#size--
    this.#lastKey = undefined
  }

  clear(): void {
    this.#slots = new Int32Array(2 * slotsMin)
    this.#used = 0
    this.#size = 0
    this.#lastKey = undefined
  }

  /** The slot that a key has, or would get. */
  #slotOf(key: string, hash: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = (hash << 1) & mask; ; slot = (slot + 2) & mask) {
      const told = slots[slot + 1] as number
      if (told === nobodys || (told !== gone && slots[slot] === hash && this.#isAt(told - 1, key))) return slot
    }
  }

  /** Into as many slots as the keys that are left need. */
  #grow(): void {
    const before = this.#slots
    let count = slotsMin
    while (count < this.#size * 2) count *= 2
    const slots = new Int32Array(2 * count)
    const mask = slots.length - 1
    for (let from = 0; from < before.length; from += 2) {
      const told = before[from + 1] as number
      if (told === nobodys || told === gone) continue
      const hash = before[from] as number
      let slot = (hash << 1) & mask
      while (slots[slot + 1] !== nobodys) slot = (slot + 2) & mask
      slots[slot] = hash
      slots[slot + 1] = told
    }
    this.#slots = slots
    this.#used = this.#size
  }
}

const slotsMin = 8
const nobodys = 0
const gone = -1

/** What of a key is hashed: its end, which is where SIDs and numbers differ. */
const hashedCharacters = 16

const hashOf = (key: string): number => {
  let hash = key.length
  for (let i = Math.max(0, key.length - hashedCharacters); i < key.length; i++)
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  // Nearby keys differ in a few bits of it: they are spread over all of them.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return hash ^ (hash >>> 15)
}
