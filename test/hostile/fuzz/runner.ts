import { type Random, randomOf } from "./random.ts"

/** A way in that hostile input takes. */
export interface Surface {
  readonly name: string
  /** Cases under way at once. */
  readonly atOnce: number
  readonly open: () => Promise<Rig>
}

export interface Rig {
  /** Makes one case and sees what comes of it: the input, and what is wrong if anything is. */
  readonly run: (random: Random) => Promise<Outcome>
  /** What is wrong after all cases, if anything is. */
  readonly end: () => Promise<string | undefined>
}

export interface Outcome {
  readonly input: string
  readonly problem?: string | undefined
}

export interface Finding {
  /** Number of the case; -1 for what was found after all. */
  readonly n: number
  readonly problem: string
  readonly input: string
}

/** Host ms after which a case counts as hanging: no measure of speed. */
const hangMs = 30_000
/** Findings after which it is enough. */
const findingsMax = 20

/** Runs cases `from`, `from + 1`, … of a seed. A case depends on seed, surface and number alone. */
export const fuzz = async (
  surface: Surface,
  { seed, cases, from = 0 }: { readonly seed: number; readonly cases: number; readonly from?: number },
): Promise<ReadonlyArray<Finding>> => {
  const rig = await surface.open()
  const findings: Array<Finding> = []
  let next = from
  const worker = async () => {
    while (next < from + cases && findings.length < findingsMax) {
      const n = next++
      const { input, problem } = await limited(rig, randomOf(`${seed} ${surface.name} ${n}`))
      if (problem !== undefined) findings.push({ n, problem, input })
    }
  }
  try {
    await Promise.all(Array.from({ length: surface.atOnce }, worker))
  } finally {
    const problem = await rig.end()
    if (problem !== undefined) findings.push({ n: -1, problem, input: "" })
  }
  return findings
}

const limited = async (rig: Rig, random: Random): Promise<Outcome> => {
  let timer: NodeJS.Timeout | undefined
  const hang = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => resolve({ input: "(the case that hangs)", problem: "hangs" }), hangMs)
  })
  const done = rig
    .run(random)
    .catch((error) => ({ input: "(not known)", problem: `throws ${error instanceof Error ? error.stack : error}` }))
  const outcome = await Promise.race([done, hang])
  clearTimeout(timer)
  return outcome
}

/** How a finding is told, with the command that makes it again. */
export const tellFinding = (surface: Surface, seed: number, { n, problem, input }: Finding): string =>
  n < 0
    ? `${surface.name}: after all cases of seed ${seed}: ${problem}`
    : `${surface.name}: ${problem}\n  again: npm run fuzz -- --surface ${surface.name} --seed ${seed} --from ${n} --cases 1\n  input: ${JSON.stringify(input.slice(0, 2_000))}`
