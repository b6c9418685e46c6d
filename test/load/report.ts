/** One figure of a part; with `bound` it is held to something. */
export interface Check {
  readonly what: string
  readonly value: string
  readonly bound: string
  readonly holds: boolean
}

/** What a part showed. */
export interface Outcome {
  readonly part: string
  readonly checks: ReadonlyArray<Check>
  /** Why it was not, or not wholly, run here. */
  readonly skipped?: string
  readonly seconds: number
}

/** What a part is asked for. */
export interface Wanted {
  /** Where its logs go; empty, its own. */
  readonly folder: string
  /** Host seconds of the stretch that is measured. */
  readonly seconds: number
  /** The short form of `npm test`: little of everything, and nothing depends on how fast the machine is. */
  readonly brief: boolean
}

export interface Part {
  readonly name: string
  readonly what: string
  /** Seconds of the long form unless others are asked for. */
  readonly seconds: number
  readonly run: (wanted: Wanted, checks: Checks) => Promise<void>
}

const shown = (value: number, unit: string): string => {
  const number =
    Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)))
  return unit === "" ? number : `${number} ${unit}`
}

/** Collects the figures of a part. */
export class Checks {
  readonly all: Array<Check> = []
  skipped: string | undefined
  readonly #brief: boolean

  constructor(brief: boolean) {
    this.#brief = brief
  }

  /** A figure that is held to nothing. */
  say(what: string, value: number | string, unit = ""): void {
    this.all.push({ what, value: typeof value === "number" ? shown(value, unit) : value, bound: "", holds: true })
  }

  atMost(what: string, value: number, most: number, unit = ""): void {
    this.all.push({ what, value: shown(value, unit), bound: `<= ${shown(most, unit)}`, holds: value <= most })
  }

  atLeast(what: string, value: number, least: number, unit = ""): void {
    this.all.push({ what, value: shown(value, unit), bound: `>= ${shown(least, unit)}`, holds: value >= least })
  }

  is(what: string, value: number | string, wanted: number | string): void {
    this.all.push({ what, value: String(value), bound: `= ${wanted}`, holds: value === wanted })
  }

  /** A bound on host time: held in the long form, told in the short one, which runs on machines that are busy. */
  within(what: string, ms: number, mostMs: number): void {
    if (this.#brief) this.say(what, ms, "ms")
    else this.atMost(what, ms, mostMs, "ms")
  }
}

/** Runs a part; an error that it throws is a check that does not hold. */
export const runPart = async (part: Part, wanted: Wanted): Promise<Outcome> => {
  const checks = new Checks(wanted.brief)
  const began = performance.now()
  try {
    await part.run(wanted, checks)
  } catch (error) {
    const value = (error as Error).stack ?? String(error)
    checks.all.push({ what: "runs to its end", value, bound: "yes", holds: false })
  }
  return {
    part: part.name,
    checks: checks.all,
    ...(checks.skipped === undefined ? {} : { skipped: checks.skipped }),
    seconds: Math.round((performance.now() - began) / 100) / 10,
  }
}

/** All outcomes as one table for people. */
export const table = (outcomes: ReadonlyArray<Outcome>): string => {
  const lines: Array<ReadonlyArray<string>> = [["part", "", "figure", "bound", ""]]
  for (const { checks, part, skipped } of outcomes) {
    for (const { bound, holds, value, what } of checks)
      lines.push([part, what, value, bound, holds ? "" : "DOES NOT HOLD"])
    if (skipped !== undefined) lines.push([part, `skipped: ${skipped}`, "", "", ""])
  }
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}

/** What does not hold, a line each. */
export const failuresOf = (outcomes: ReadonlyArray<Outcome>): ReadonlyArray<string> =>
  outcomes.flatMap(({ checks, part }) =>
    checks.filter(({ holds }) => !holds).map(({ bound, value, what }) => `${part}: ${what}: ${value}, not ${bound}`),
  )
