import { HashedPlaces } from "../../core/packed/HashedPlaces.ts"
import { Places } from "../../core/packed/Places.ts"

/**
 * For each key (a number, a parent call) what has it, newest first, so that a list of one key costs the same however many others there are.
 * Things go by their index among all of their kind. A chain may hold things of another key: each is to be looked at.
 */
export interface Chains {
  /** A key's newest. */
  readonly newest: HashedPlaces
  /** The next older one of the same key; -1 where there is none. Outlasts what is gone. */
  readonly older: Places
}

export const noChains = (): Chains => ({ newest: new HashedPlaces(), older: new Places() })

/**
 * Puts something into its key's chain; nowhere while it has none. Costs what is newer there, which is nothing but for what gets its key
 * late.
 */
export const link = ({ newest, older }: Chains, key: string, index: number): void => {
  while (older.length <= index) older.push(-1)
  if (key === "") return
  let newer = -1
  let here = newest.get(key) ?? -1
  while (here > index) {
    newer = here
    here = older.at(here) ?? -1
  }
  older.set(index, here)
  if (newer === -1) newest.set(key, index)
  else older.set(newer, index)
}

export const unlink = (chains: Chains): void => {
  chains.newest.clear()
  chains.older.clear()
}
