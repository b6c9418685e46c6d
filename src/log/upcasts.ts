import type { JsonObject } from "../core/canonical.ts"
import type { Entry } from "../core/Entry.ts"

/**
 * Makes newer data out of the data of an older entry.
 *
 * Pure and total. It tells the older shape by its fields and returns data that is newer already as it is, because a log that
 * was written over years holds both.
 */
export type Upcast = (data: JsonObject) => JsonObject

/** An upcaster over a table: by type of entry, its upcasts, oldest first. */
export const makeUpcaster =
  (table: ReadonlyMap<string, ReadonlyArray<Upcast>>) =>
  (entry: Entry): Entry => {
    const upcasts = table.get(entry.type)
    if (upcasts === undefined) return entry
    const data = upcasts.reduce((older, newer) => newer(older), entry.data)
    return data === entry.data ? entry : { ...entry, data }
  }

/** What has changed since format 1: nothing yet. Each line added here comes with a kept old recording. */
const shipped: ReadonlyMap<string, ReadonlyArray<Upcast>> = new Map()

/** Every entry that is read from a log goes through here before it reaches `evolve`. */
export const upcast = makeUpcaster(shipped)
