/** Options of every property: the same cases on every run and machine. A failing case is printed with its path. */
export const seeded = { fastCheck: { seed: 20_260_101 } } as const

/** The same with another number of cases. */
export const seededRuns = (numRuns: number) => ({ fastCheck: { ...seeded.fastCheck, numRuns } })
