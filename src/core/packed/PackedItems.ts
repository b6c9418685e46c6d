import { type Columns, columnOf, isAt, valueAt } from "./columns.ts"
import { HashedPlaces } from "./HashedPlaces.ts"

/** An item while it is changed. */
export type Changing<Item> = { -readonly [Field in keyof Item]: Item[Field] }

/** How items are packed. */
export interface Layout<Item> {
  /** The field by which an item is known; never empty. */
  readonly key: keyof Item
  readonly fields: ReadonlyArray<keyof Item>
  /** An item from the columns of its fields: a literal, so that all of them have one shape. */
  readonly unpack: (columns: Columns<Item>, i: number) => Item
  /** Whether an item is about to change: it is not packed yet. */
  readonly moves: (item: Item) => boolean
}

/** Some items that follow each other, for a snapshot. */
export interface SavedBlock<Item> {
  /** Its places, those of items that are gone included. */
  readonly length: number
  readonly packed: Columns<Item> | undefined
  /** What is not packed: where, and what. A key that is empty is of one that is gone. */
  readonly loose: ReadonlyArray<number>
  readonly items: Columns<Item> | undefined
}

interface Block<Item> {
  packed: Columns<Item> | undefined
  /** What is not packed, or was changed or has gone (null) since. */
  loose: Array<Item | null | undefined> | undefined
  looseCount: number
  /** Of these those that move. */
  moving: number
}

const blockLength = 1024
/** Items of a block that was packed before which have changed since, before it is packed anew. */
const repackedFrom = 256
/** Blocks that one part of a snapshot holds. */
const savedTogether = 10

const newBlock = <Item>(): Block<Item> => ({
  packed: undefined,
  loose: undefined,
  looseCount: 0,
  moving: 0,
})

/**
 * Items in the order in which they came, by place and by key. Those that lie still are packed, a block of them at a time, in a fraction of
 * what objects take (docs/performance.md); reading one makes it anew. An item is changed by `change` alone.
 */
export class PackedItems<Item extends object> {
  readonly #layout: Layout<Item>
  readonly #blocks: Array<Block<Item>> = []
  readonly #places = new HashedPlaces((place, key) => this.#isAt(place, key))
  #length = 0

  constructor(layout: Layout<Item>) {
    this.#layout = layout
  }

  /** How many places there are, those of items that are gone included. */
  get length(): number {
    return this.#length
  }

  /** How many items there are. */
  get size(): number {
    return this.#places.size
  }

  at(place: number): Item | undefined {
    const block = this.#blocks[Math.floor(place / blockLength)]
    return block === undefined ? undefined : this.#itemOf(block, place % blockLength)
  }

  /** Whether there is an item at a place. */
  has(place: number): boolean {
    const block = this.#blocks[Math.floor(place / blockLength)]
    const i = place % blockLength
    const loose = block?.loose?.[i]
    if (loose !== undefined) return loose !== null
    return block?.packed !== undefined && !this.#isGone(block.packed, i)
  }

  /** One field of the item at a place, without making all of it. */
  value<Field extends keyof Item>(place: number, field: Field): Item[Field] | undefined {
    const block = this.#blocks[Math.floor(place / blockLength)]
    const i = place % blockLength
    const loose = block?.loose?.[i]
    if (loose !== undefined) return loose?.[field]
    const packed = block?.packed
    return packed === undefined || this.#isGone(packed, i) ? undefined : valueAt(packed[field], i)
  }

  get(key: string): Item | undefined {
    const place = this.#places.get(key)
    return place === undefined ? undefined : this.at(place)
  }

  /** Where an item lies. */
  placeOf(key: string): number | undefined {
    return this.#places.get(key)
  }

  /** Adds an item at the next place. One that had its key before is found by its place alone. */
  push(item: Item): void {
    if (this.#length % blockLength === 0) this.#blocks.push(newBlock())
    const block = this.#blocks[this.#blocks.length - 1] as Block<Item>
    block.loose ??= []
    block.loose.push(item)
    block.looseCount++
    this.#places.set(this.#keyOf(item), this.#length++)
    this.#moved(block, false, this.#layout.moves(item))
  }

  /** Changes the item of a key; false when there is none. */
  change(key: string, change: (item: Changing<Item>) => void): boolean {
    const place = this.#places.get(key)
    if (place === undefined) return false
    const block = this.#blocks[Math.floor(place / blockLength)] as Block<Item>
    const item = this.#loosened(block, place % blockLength)
    const moved = this.#layout.moves(item)
    change(item)
    this.#moved(block, moved, this.#layout.moves(item))
    return true
  }

  /** Takes the item of a key away; its place stays empty. */
  remove(key: string): void {
    const place = this.#places.get(key)
    if (place === undefined) return
    const block = this.#blocks[Math.floor(place / blockLength)] as Block<Item>
    const i = place % blockLength
    const item = this.#loosened(block, i)
    const loose = block.loose as Array<Item | null | undefined>
    this.#places.delete(key)
    loose[i] = null
    this.#moved(block, this.#layout.moves(item), false)
  }

  clear(): void {
    this.#blocks.length = 0
    this.#places.clear()
    this.#length = 0
  }

  /** The items with their keys, in the order in which they came. */
  *[Symbol.iterator](): Generator<readonly [key: string, item: Item]> {
    for (const item of this.values()) yield [this.#keyOf(item), item]
  }

  *values(): Generator<Item> {
    for (let place = 0; place < this.#length; place++) {
      const item = this.at(place)
      if (item !== undefined) yield item
    }
  }

  /** All of them for a snapshot, some blocks at a time. Shares what is packed: to be written at once. */
  *save(): Generator<ReadonlyArray<SavedBlock<Item>>> {
    for (let i = 0; i < this.#blocks.length; i += savedTogether)
      yield this.#blocks.slice(i, i + savedTogether).map((block, j) => this.#saved(block, i + j))
  }

  /** Adds items as they were saved to those before them, which fill their blocks. */
  load(blocks: ReadonlyArray<SavedBlock<Item>>): void {
    for (const { items, length, loose, packed } of blocks) {
      const block: Block<Item> = { ...newBlock(), packed }
      for (const [j, i] of loose.entries()) {
        const item = items === undefined || this.#isGone(items, j) ? null : this.#layout.unpack(items, j)
        block.loose ??= []
        block.loose[i] = item
        block.looseCount++
        if (item !== null && this.#layout.moves(item)) block.moving++
      }
      this.#blocks.push(block)
      const begin = this.#length
      this.#length += length
      for (let place = begin; place < this.#length; place++) {
        const key = this.value(place, this.#layout.key) as string | undefined
        if (key !== undefined) this.#places.set(key, place)
      }
    }
  }

  #keyOf(item: Item): string {
    return item[this.#layout.key] as string
  }

  #isAt(place: number, key: string): boolean {
    const block = this.#blocks[Math.floor(place / blockLength)]
    const i = place % blockLength
    const loose = block?.loose?.[i]
    if (loose !== undefined) return loose !== null && this.#keyOf(loose) === key
    return block?.packed !== undefined && isAt(this.#keysOf(block.packed), i, key)
  }

  #itemOf({ loose, packed }: Block<Item>, i: number): Item | undefined {
    const item = loose?.[i]
    if (item !== undefined) return item ?? undefined
    return packed === undefined || this.#isGone(packed, i) ? undefined : this.#layout.unpack(packed, i)
  }

  #keysOf(columns: Columns<Item>) {
    return columns[this.#layout.key] as Parameters<typeof isAt>[0]
  }

  #isGone(columns: Columns<Item>, i: number): boolean {
    return isAt(this.#keysOf(columns), i, "")
  }

  /** The item of a key that is known, taken out of what is packed. */
  #loosened(block: Block<Item>, i: number): Item {
    const item = this.#itemOf(block, i) as Item
    if (block.loose?.[i] !== undefined) return item
    block.loose ??= []
    block.loose[i] = item
    block.looseCount++
    return item
  }

  /** An item of a block moves now, or no longer: the block is packed once it is full and all of it lies still. */
  #moved(block: Block<Item>, before: boolean, now: boolean): void {
    block.moving += Number(now) - Number(before)
    if (block.moving > 0 || block.looseCount < (block.packed === undefined ? blockLength : repackedFrom)) return
    const items = Array.from({ length: blockLength }, (_, i) => this.#itemOf(block, i))
    Object.assign(block, newBlock(), { packed: this.#columnsOf(items) })
  }

  /** The columns of items; undefined: of none. Those that are gone are told by an empty key, and share what else they have with another. */
  #columnsOf(items: ReadonlyArray<Item | undefined>): Columns<Item> | undefined {
    const some = items.find((item) => item !== undefined)
    if (some === undefined) return undefined
    const { fields, key } = this.#layout
    const valuesOf = (field: keyof Item) => items.map((item) => (item ?? some)[field])
    const keys = items.map((item) => (item === undefined ? "" : item[key]))
    return Object.fromEntries(
      fields.map((field) => [field, columnOf<unknown>(field === key ? keys : valuesOf(field))]),
    ) as unknown as Columns<Item>
  }

  #saved({ loose = [], packed }: Block<Item>, n: number): SavedBlock<Item> {
    const places: Array<number> = []
    for (let i = 0; i < loose.length; i++) if (loose[i] !== undefined) places.push(i)
    const items = this.#columnsOf(places.map((i) => loose[i] ?? undefined))
    return { length: Math.min(blockLength, this.#length - n * blockLength), packed, loose: places, items }
  }
}
