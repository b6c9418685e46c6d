const ends: Array<() => unknown> = []

/**
 * Has something done when the file of tests that runs now has run, the last first. Files share their modules, so a hook beside a helper's
 * functions would be one of the first file that imports it alone.
 */
export const atEndOfFile = (end: () => unknown): void => {
  ends.push(end)
}

/** Does what is to be done at the end of a file. */
export const endFile = async (): Promise<void> => {
  for (const end of ends.splice(0).reverse()) await end()
}
