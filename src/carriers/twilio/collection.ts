import type { Chains } from "./chains.ts"

/**
 * Things of one kind, in order of creation.
 *
 * What was removed leaves its place empty, so that a page token that names it stays good.
 */
export interface Collection<Item extends { readonly sid: string }> {
  readonly all: Array<Item | undefined>
  /** Places by SID, also of what was removed. */
  readonly places: Map<string, number>
}

export const noItems = <Item extends { readonly sid: string }>(): Collection<Item> => ({ all: [], places: new Map() })

export const addItem = <Item extends { readonly sid: string }>({ all, places }: Collection<Item>, item: Item): void => {
  places.set(item.sid, all.length)
  all.push(item)
}

export const itemOf = <Item extends { readonly sid: string }>(
  { all, places }: Collection<Item>,
  sid: string,
): Item | undefined => {
  const place = places.get(sid)
  return place === undefined ? undefined : all[place]
}

export const removeItem = <Item extends { readonly sid: string }>(
  { all, places }: Collection<Item>,
  sid: string,
): void => {
  const place = places.get(sid)
  if (place !== undefined) all[place] = undefined
}

/** What is there, oldest first. */
export const itemsOf = <Item extends { readonly sid: string }>({ all }: Collection<Item>): ReadonlyArray<Item> =>
  all.filter((item) => item !== undefined)

/** What is there, newest first; of all, or of those older than a place. */
export function* newestItems<Item extends { readonly sid: string }>(
  { all }: Collection<Item>,
  before = all.length,
): Generator<Item> {
  for (let i = before - 1; i >= 0; i--) {
    const item = all[i]
    if (item !== undefined) yield item
  }
}

/** Where a page begins: at the newest some way down, right after (older than) or right before (newer than) a place. */
export type PageStart =
  | { readonly _tag: "Newest"; readonly skip: number }
  | { readonly _tag: "After"; readonly place: number }
  | { readonly _tag: "Before"; readonly place: number }

/** A page, newest first, and whether older ones follow and newer ones come before. */
export interface Page<Item> {
  readonly items: ReadonlyArray<Item>
  readonly older: boolean
  readonly newer: boolean
}

/** What a list is limited to: those of one key. */
export interface Among {
  readonly chains: Chains
  readonly key: string
}

/** The page that begins there, of what fits; `among` names chains that hold all that does. Costs what it walks over. */
export const pageOf = <Item extends { readonly sid: string }>(
  { all }: Collection<Item>,
  start: PageStart,
  size: number,
  fits: (item: Item) => boolean,
  among?: Among,
): Page<Item> => {
  let skip = start._tag === "Newest" ? start.skip : 0
  const found: Array<Item> = []
  for (const i of placesFrom(all, start, fits, among)) {
    const item = all[i]
    if (item === undefined || !fits(item)) continue
    if (skip > 0) skip--
    else if (found.push(item) > size) break
  }
  const more = found.length > size
  const items = found.slice(0, size)
  if (start._tag === "Before") return { items: items.reverse(), older: true, newer: more }
  return { items, older: more, newer: start._tag === "After" || (start.skip > 0 && all.length > 0) }
}

/** The places a page looks at, from its start on. */
const placesFrom = <Item>(
  all: ReadonlyArray<Item | undefined>,
  start: PageStart,
  fits: (item: Item) => boolean,
  among: Among | undefined,
): Iterable<number> => {
  const below = start._tag === "Newest" ? all.length : start.place
  if (start._tag === "Before")
    return among === undefined ? upwards(below + 1, all.length) : newerThan(among, below).reverse()
  if (among === undefined) return downwards(below - 1)
  const there = all[below]
  const first = there !== undefined && fits(there) ? among.chains.older.at(below) : among.chains.newest.get(among.key)
  return chain(among.chains, first, below)
}

function* upwards(from: number, end: number): Generator<number> {
  for (let i = from; i < end; i++) yield i
}

function* downwards(from: number): Generator<number> {
  for (let i = from; i >= 0; i--) yield i
}

/** A chain newest first, of what is below a place. */
function* chain({ older }: Chains, first = -1, below = Number.MAX_SAFE_INTEGER): Generator<number> {
  for (let i = first; i >= 0; i = older.at(i) ?? -1) if (i < below) yield i
}

const newerThan = ({ chains, key }: Among, place: number): Array<number> => {
  const newer: Array<number> = []
  for (const i of chain(chains, chains.newest.get(key))) {
    if (i <= place) break
    newer.push(i)
  }
  return newer
}

/** Items that follow each other, for a snapshot; those that were removed go by their SIDs alone. */
export interface SavedItems<Item> {
  readonly sids: ReadonlyArray<string>
  readonly items: ReadonlyArray<Item | undefined>
}

/** Items that one part of a snapshot holds. */
const savedTogether = 10_000

/** All items in their order, some at a time. */
export function* saveItems<Item extends { readonly sid: string }>({
  all,
  places,
}: Collection<Item>): Generator<SavedItems<Item>> {
  const sids = [...places.keys()]
  for (let i = 0; i < all.length; i += savedTogether)
    yield { sids: sids.slice(i, i + savedTogether), items: all.slice(i, i + savedTogether) }
}

/** Adds items as they were saved to those before them. */
export const loadItems = <Item extends { readonly sid: string }>(
  { all, places }: Collection<Item>,
  { items, sids }: SavedItems<Item>,
): void => {
  for (let i = 0; i < items.length; i++) {
    places.set(sids[i] as string, all.length)
    all.push(items[i])
  }
}
