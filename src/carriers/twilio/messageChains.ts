/**
 * For each number its messages, newest first, so that a list of one number costs the same however many others there are.
 * Messages go by their index among all.
 */
export interface Chains {
  /** A number's newest message. */
  readonly newest: Map<string, number>
  /** The next older one of the same number; -1 where there is none. Outlasts a message that is gone. */
  readonly older: Array<number>
}

export const noChains = (): Chains => ({ newest: new Map(), older: [] })

/**
 * Puts a message into its number's chain; nowhere while it has no number. Costs what is newer there, which is nothing but
 * for a message that gets its number late.
 */
export const link = ({ newest, older }: Chains, number: string, index: number): void => {
  while (older.length <= index) older.push(-1)
  if (number === "") return
  let newer = -1
  let here = newest.get(number) ?? -1
  while (here > index) {
    newer = here
    here = older[here] ?? -1
  }
  older[index] = here
  if (newer === -1) newest.set(number, index)
  else older[newer] = index
}

export const unlink = (chains: Chains): void => {
  chains.newest.clear()
  chains.older.length = 0
}
