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

/** The page that begins there, of what fits. */
export const pageOf = <Item extends { readonly sid: string }>(
  { all }: Collection<Item>,
  start: PageStart,
  size: number,
  fits: (item: Item) => boolean,
): Page<Item> => {
  const step = start._tag === "Before" ? 1 : -1
  let skip = start._tag === "Newest" ? start.skip : 0
  const found: Array<Item> = []
  for (
    let i = start._tag === "Newest" ? all.length - 1 : start.place + step;
    i >= 0 && i < all.length && found.length <= size;
    i += step
  ) {
    const item = all[i]
    if (item === undefined || !fits(item)) continue
    if (skip > 0) skip--
    else found.push(item)
  }
  const more = found.length > size
  const items = found.slice(0, size)
  if (start._tag === "Before") return { items: items.reverse(), older: true, newer: more }
  return { items, older: more, newer: start._tag === "After" || (start.skip > 0 && all.length > 0) }
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
