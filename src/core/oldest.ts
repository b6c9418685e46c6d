interface Walk<K, V> {
  readonly entries: IterableIterator<[K, V]>
  entry: [K, V] | undefined
}

const walks = new WeakMap<object, Walk<unknown, unknown>>()

/**
 * The entry that a map has had longest, to be looked at. Its value is an object by which it is known: none other takes its place.
 *
 * Why   a fresh iterator passes over everything that was ever taken out and not yet swept up: where the oldest go one by one, that is as much
 *       as is left. The one that is kept here is live, and stands where the oldest is
 */
export const oldestOf = <K, V>(map: ReadonlyMap<K, V>): readonly [key: K, value: V] | undefined => {
  const walk = (walks.get(map) as Walk<K, V> | undefined) ?? begun(map)
  for (;;) {
    const { entry } = walk
    if (entry !== undefined && map.has(entry[0]) && map.get(entry[0]) === entry[1]) return entry
    const { done, value } = walk.entries.next()
    if (done === true) {
      // What comes later has to be walked anew: an iterator that has ended stays so.
      walks.delete(map)
      return undefined
    }
    walk.entry = value
  }
}

/** Takes out the entry that a map has had longest, whatever it holds. */
export const dropOldest = (map: Map<unknown, unknown>): void => {
  const oldest = oldestOf(map)
  if (oldest === undefined) return
  map.delete(oldest[0])
  const walk = walks.get(map)
  if (walk !== undefined) walk.entry = undefined
}

const begun = <K, V>(map: ReadonlyMap<K, V>): Walk<K, V> => {
  const walk: Walk<K, V> = { entries: map.entries(), entry: undefined }
  walks.set(map, walk)
  return walk
}
