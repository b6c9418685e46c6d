/** A figure beside its floor, or, where there is none, beside a note. */
export interface Figure {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly floor?: number
  /** Ours over the floor in each pair of neighbouring rounds: median, least, most. */
  readonly ratio?: readonly [number, number, number]
  /** Process time of all threads for one of what is counted, in µs: the medians of ours and of the floor. */
  readonly cpuUs?: readonly [ours: number, floor: number]
  readonly note?: string
  /** What the ratio, or for a start the difference in ms, should reach. */
  readonly reach: string
  readonly reached: boolean
}

/** What the whole run was asked for. */
export interface Wanted {
  readonly quick: boolean
}

/** What one of so many takes. */
export const each = (us: number | undefined, count: number): number | undefined => (us === undefined ? us : us / count)

/** What one round showed. */
export interface Measured {
  readonly value: number
  /** Process time of all threads for one of what is counted, in µs; undefined where this system does not tell. */
  readonly cpuUs: number | undefined
}

/** Rounds of both, in the order in which they were measured. */
export interface Rounds {
  readonly floor: ReadonlyArray<Measured>
  readonly ours: ReadonlyArray<Measured>
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
  floor: (round: number) => Promise<Measured>,
  ours: (round: number) => Promise<Measured>,
): Promise<Rounds> => {
  const found = { floor: [] as Array<Measured>, ours: [] as Array<Measured> }
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) found.floor.push(await floor(round))
    found.ours.push(await ours(round))
    if (round % 2 === 1) found.floor.push(await floor(round))
  }
  return found
}

export const figure = (
  about: Pick<Figure, "name" | "unit" | "reach">,
  found: Rounds,
  reached: (ratio: number, difference: number) => boolean,
): Figure => {
  const [ours, floor] = [valuesOf(found.ours), valuesOf(found.floor)]
  const ratios = ours.map((value, i) => value / (floor[i] as number))
  const differences = ours.map((value, i) => value - (floor[i] as number))
  const ratio = median(ratios)
  const [oursUs, floorUs] = [cpuOf(found.ours), cpuOf(found.floor)]
  return {
    ...about,
    ours: median(ours),
    floor: median(floor),
    ratio: [ratio, Math.min(...ratios), Math.max(...ratios)],
    ...(oursUs === undefined || floorUs === undefined ? {} : { cpuUs: [oursUs, floorUs] as const }),
    reached: reached(ratio, median(differences)),
  }
}

const valuesOf = (rounds: ReadonlyArray<Measured>) => rounds.map(({ value }) => value)

/** The median; undefined where any round does not know it. */
const cpuOf = (rounds: ReadonlyArray<Measured>): number | undefined => {
  const known = rounds.flatMap(({ cpuUs }) => (cpuUs === undefined ? [] : [cpuUs]))
  return known.length < rounds.length ? undefined : median(known)
}
