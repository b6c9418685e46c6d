/** A figure beside its floor, or, where there is none, beside a note. */
export interface Figure {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly floor?: number
  /** Ours over the floor in each pair of neighbouring rounds: median, least, most. */
  readonly ratio?: readonly [number, number, number]
  readonly note?: string
  /** What the ratio, or for a start the difference in ms, should reach. */
  readonly reach: string
  readonly reached: boolean
}

/** What the whole run was asked for. */
export interface Wanted {
  readonly quick: boolean
}

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/**
 * Measures by turns, so that what drifts on the machine meets both: floor, ours, ours, floor, floor, ours …
 * Each pair of neighbours gives one ratio.
 */
export const alternate = async (
  rounds: number,
  floor: (round: number) => Promise<number>,
  ours: (round: number) => Promise<number>,
): Promise<{ readonly floor: ReadonlyArray<number>; readonly ours: ReadonlyArray<number> }> => {
  const found = { floor: [] as Array<number>, ours: [] as Array<number> }
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) found.floor.push(await floor(round))
    found.ours.push(await ours(round))
    if (round % 2 === 1) found.floor.push(await floor(round))
  }
  return found
}

export const figure = (
  about: Pick<Figure, "name" | "unit" | "reach">,
  found: { readonly floor: ReadonlyArray<number>; readonly ours: ReadonlyArray<number> },
  reached: (ratio: number, difference: number) => boolean,
): Figure => {
  const ratios = found.ours.map((value, i) => value / (found.floor[i] as number))
  const differences = found.ours.map((value, i) => value - (found.floor[i] as number))
  const ratio = median(ratios)
  return {
    ...about,
    ours: median(found.ours),
    floor: median(found.floor),
    ratio: [ratio, Math.min(...ratios), Math.max(...ratios)],
    reached: reached(ratio, median(differences)),
  }
}
